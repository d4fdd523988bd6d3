import type { SmsSender } from '../identity/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db.ts';
import type { Random } from '../platform/random.ts';

/** What this module's routes and its sending need. */
export type NotifyContext = {
  db: Db;
  clock: Clock;
  random: Random;
  fields: FieldCrypto;
  sms: SmsSender;
};

/** The contexts fields are sealed under. */
export const sealedAs = {
  title: 'notify.notice.sealed_title',
  text: 'notify.notice.sealed_text',
  sms_to: 'notify.sms_message.to',
  sms_text: 'notify.sms_message.text',
} as const;

export type SmsState = 'queued' | 'waiting_for_morning' | 'sent' | 'failed';
