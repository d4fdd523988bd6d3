import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db, Queryable } from '../platform/db.ts';
import type { Random } from '../platform/random.ts';
import { sealedAs, sealMessage } from './sealing.ts';
import { insertMessage, newestMessages } from './store.ts';

/** How a code reaches a phone: as a short message, or read out by a call (语音验证码). */
export const codeChannels = ['sms', 'voice'] as const;
export type CodeChannel = (typeof codeChannels)[number];

/** Filed templates that carry a code; the demo's outbox keeps them apart from notices. */
const code_kinds = ['code', 'agree_code'];

/** The way to people's phones: a gateway of the installation, or the demo's outbox page. */
export type SmsSender = {
  /**
   * Sends one short message. `key` (a UUID) names it: a repeat under the same key must reach the
   * phone once. `template` names the sentence and its variable parts, for gateways that fill filed
   * templates in themselves; `tries` is 1 for the first try. Resolves when the gateway has taken it over.
   * @throws SmsRefused when trying again is of no use; any other error is tried again.
   */
  send(message: {
    key: string;
    to: string;
    text: string;
    template?: { kind: string; values: Record<string, string> };
    tries?: number;
    /** `voice` reads the sentence out in a call; left out, a short message. */
    channel?: CodeChannel;
  }): Promise<void>;
};

/** A message that will never be taken; `reason` is a short code without personal data. */
export class SmsRefused extends Error {
  readonly reason: string;

  constructor(reason: string) {
    super(`the message was refused: ${reason}`);
    this.name = 'SmsRefused';
    this.reason = reason;
  }
}

/** The demo's sender: messages appear at /outbox instead of on a phone. */
export function createOutboxSms(ctx: OutboxContext): SmsSender {
  return createOutboxSender(ctx, 'sms');
}

type OutboxContext = { db: Queryable; clock: Clock; random: Random; fields: FieldCrypto };

/** The demo's way out for any channel; the page names it beside each message. */
export function createOutboxSender(ctx: OutboxContext, usual: string): SmsSender {
  return {
    send: ({ key, to, text, template, channel = usual }) =>
      insertMessage(ctx.db, {
        id: key,
        channel,
        purpose: code_kinds.includes(template?.kind ?? '') ? 'code' : 'notice',
        ...sealMessage(ctx, { to, text }),
        at: ctx.clock.now(),
      }),
  };
}

/** An installation without a gateway: every message fails at once, and says so, instead of waiting. */
export const noSms: SmsSender = {
  send: () => Promise.reject(new SmsRefused('no_gateway')),
};

const outbox_page_size = 50;

/** The newest messages in clear, for the demo's outbox page only. */
export async function readOutbox(ctx: {
  db: Db;
  fields: FieldCrypto;
}): Promise<{ id: string; channel: string; to: string; text: string; created_at: Date }[]> {
  const rows = await newestMessages(ctx.db, outbox_page_size);
  return rows.map(({ id, channel, sealed_to, sealed_text, created_at }) => ({
    id,
    channel,
    to: ctx.fields.open(sealed_to, sealedAs.message_to),
    text: ctx.fields.open(sealed_text, sealedAs.message_text),
    created_at,
  }));
}
