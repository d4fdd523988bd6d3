import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db, Tx } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import type { Random } from '../platform/random.ts';
import { sealedAs } from './sealing.ts';
import { insertMessage, newestMessages } from './store.ts';

/** Puts a message into the outgoing box, in the transaction it tells of. */
export async function queueMessage(
  tx: Tx,
  source: { clock: Clock; random: Random; fields: FieldCrypto },
  message: { channel: 'sms' | 'wechat' | 'voice'; to: string; text: string },
): Promise<void> {
  await insertMessage(tx, {
    id: newId(source),
    channel: message.channel,
    sealed_to: source.fields.seal(message.to, sealedAs.message_to),
    sealed_text: source.fields.seal(message.text, sealedAs.message_text),
    at: source.clock.now(),
  });
}

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
