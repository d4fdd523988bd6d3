import type { SmsSender } from '../identity/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db.ts';
import type { Random } from '../platform/random.ts';
import type { Messengers, WechatSignIn } from './channels/types.ts';

/** What this module's routes and its sending need. */
export type NotifyContext = {
  db: Db;
  clock: Clock;
  random: Random;
  fields: FieldCrypto;
  sms: SmsSender;
  /** The other ways this installation has; one that is missing is not offered. */
  messengers?: Messengers;
  wechat?: WechatSignIn | undefined;
};

/** The contexts fields are sealed under. */
export const sealedAs = {
  title: 'notify.notice.sealed_title',
  text: 'notify.notice.sealed_text',
  message_to: 'notify.message.to',
  message_body: 'notify.message.body',
  contact: 'notify.contact.to',
} as const;

/**
 * Seals what is told of a patient under the patient's own key, so that it ends with it; under the
 * installation's for somebody who has none.
 */
export function sealFor(
  fields: FieldCrypto,
  patient_id: string,
): (plain: string, context: string) => string {
  const own = fields.persons.read([patient_id]).size === 1;
  return (plain, context) =>
    Buffer.from(
      own ? fields.sealFor(patient_id, plain, context) : fields.seal(plain, context),
    ).toString('hex');
}

export type MessageState = 'queued' | 'waiting_for_morning' | 'sent' | 'failed';
