import { SmsRefused } from '../identity/index.ts';
import { FieldCryptoError } from '../platform/crypto/index.ts';
import type { Body } from './channels/types.ts';
import { retryAt, sendableFrom, tries_max, try_lost_seconds } from './rules.ts';
import { dropGrants } from './store-contacts.ts';
import {
  claimDue,
  noteOutcomes,
  parkForMorning,
  wakeForDay,
  type ClaimedMessage,
  type Outcome,
} from './store-queue.ts';
import { sealedAs, type NotifyContext } from './types.ts';

type SendContext = Pick<NotifyContext, 'db' | 'clock' | 'fields' | 'sms' | 'messengers'>;

const claim_size = 200;
const at_once_max = 8;
/** So that a big draw's messages leave room for stopping the server between rounds. */
const claims_a_round = 25;
/** WeChat's word for: this person allowed no further message of this template. */
export const grant_used_up = 'wechat_43101';

/**
 * Sends what is due, those with an hour to confirm by first; at night only what is urgent or rings
 * nowhere. A try is noted before the other side is asked and its outcome after, so a crash in between
 * repeats the message under the same key and never loses it.
 * @returns how many messages were taken over.
 */
export async function sendMessages(ctx: SendContext): Promise<number> {
  const now = ctx.clock.now();
  const from = sendableFrom(now);
  if (from > now) await parkForMorning(ctx.db, from);
  else await wakeForDay(ctx.db, now);
  let sent = 0;
  for (let claim = 0; claim < claims_a_round; claim++) {
    const at = ctx.clock.now();
    const night = sendableFrom(at) > at;
    const lost_at = new Date(at.getTime() + try_lost_seconds * 1000);
    const due = await claimDue(ctx.db, { at, lost_at, limit: claim_size, night });
    if (due.length === 0) break;
    const outcomes = await tryAll(ctx, due);
    await noteOutcomes(ctx.db, outcomes, ctx.clock.now());
    await forgetGrants(ctx, due, outcomes);
    sent += outcomes.filter((outcome) => outcome.state === 'sent').length;
  }
  return sent;
}

async function tryAll(ctx: SendContext, due: ClaimedMessage[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const left = due.values();
  const worker = async (): Promise<void> => {
    for (const message of left) outcomes.push(await tryOne(ctx, message));
  };
  await Promise.all(Array.from({ length: at_once_max }, worker));
  return outcomes;
}

async function tryOne(ctx: SendContext, message: ClaimedMessage): Promise<Outcome> {
  const { id, tries } = message;
  const outcome = { id, tries, due_at: null, failure: null };
  if (message.is_over) return { ...outcome, state: 'failed', failure: 'too_late' };
  try {
    await handOver(ctx, message);
    return { ...outcome, state: 'sent' };
  } catch (error) {
    // Codes only: a gateway's own words may quote the phone.
    if (error instanceof FieldCryptoError && error.reason === 'destroyed')
      return { ...outcome, state: 'failed', failure: 'erased' };
    if (error instanceof SmsRefused) return { ...outcome, state: 'failed', failure: error.reason };
    const failure = 'gateway_error';
    if (tries >= tries_max) return { ...outcome, state: 'failed', failure };
    return {
      ...outcome,
      state: 'queued',
      due_at: retryAt(ctx.clock.now(), tries, message),
      failure,
    };
  }
}

async function handOver(ctx: SendContext, message: ClaimedMessage): Promise<void> {
  const { id: key, channel, tries } = message;
  const to = ctx.fields.open(message.sealed_to, sealedAs.message_to);
  const body = bodyOf(ctx, message);
  if (channel === 'sms') {
    const template = { kind: body.kind, values: body.values };
    return ctx.sms.send({ key, to, text: body.text, template, tries });
  }
  const messenger = ctx.messengers?.[channel];
  if (!messenger) throw new SmsRefused('no_gateway');
  return messenger.send({ key, to, body, tries });
}

function bodyOf(ctx: SendContext, message: ClaimedMessage): Body {
  return JSON.parse(ctx.fields.open(message.sealed_body, sealedAs.message_body)) as Body;
}

async function forgetGrants(
  ctx: SendContext,
  due: ClaimedMessage[],
  outcomes: Outcome[],
): Promise<void> {
  const used_up = new Set(
    outcomes.filter(({ failure }) => failure === grant_used_up).map(({ id }) => id),
  );
  const refused = due
    .filter(({ id }) => used_up.has(id))
    .map((message) => ({
      to_index: message.to_index,
      template: bodyOf(ctx, message).wechat ?? '',
    }));
  await dropGrants(ctx.db, refused);
}
