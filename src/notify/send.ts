import { SmsRefused } from '../identity/index.ts';
import { retryAt, sendableFrom, tries_max, try_lost_seconds } from './rules.ts';
import {
  claimDue,
  noteOutcomes,
  parkForMorning,
  wakeForDay,
  type ClaimedSms,
  type Outcome,
} from './store-sms.ts';
import { sealedAs, type NotifyContext } from './types.ts';

type SendContext = Pick<NotifyContext, 'db' | 'clock' | 'fields' | 'sms'>;

const claim_size = 200;
const at_once_max = 8;
/** So that a big draw's messages leave room for stopping the server between rounds. */
const claims_a_round = 25;

/**
 * Sends what is due, those with an hour to confirm by first; at night nothing. A try is noted before
 * the gateway is asked and its outcome after, so a crash in between repeats the message under the
 * same key and never loses it.
 * @returns how many messages were taken over by the gateway.
 */
export async function sendMessages(ctx: SendContext): Promise<number> {
  const now = ctx.clock.now();
  const from = sendableFrom(now);
  if (from > now) {
    await parkForMorning(ctx.db, from);
    return 0;
  }
  await wakeForDay(ctx.db, now);
  let sent = 0;
  for (let claim = 0; claim < claims_a_round; claim++) {
    const at = ctx.clock.now();
    if (sendableFrom(at) > at) break;
    const lost_at = new Date(at.getTime() + try_lost_seconds * 1000);
    const due = await claimDue(ctx.db, { at, lost_at, limit: claim_size });
    if (due.length === 0) break;
    const outcomes = await tryAll(ctx, due);
    await noteOutcomes(ctx.db, outcomes, ctx.clock.now());
    sent += outcomes.filter((outcome) => outcome.state === 'sent').length;
  }
  return sent;
}

async function tryAll(ctx: SendContext, due: ClaimedSms[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  const left = due.values();
  const worker = async (): Promise<void> => {
    for (const message of left) outcomes.push(await tryOne(ctx, message));
  };
  await Promise.all(Array.from({ length: at_once_max }, worker));
  return outcomes;
}

async function tryOne(ctx: SendContext, message: ClaimedSms): Promise<Outcome> {
  const { id, tries } = message;
  const outcome = { id, tries, due_at: null, failure: null };
  if (message.is_over) return { ...outcome, state: 'failed', failure: 'too_late' };
  try {
    await ctx.sms.send({
      key: id,
      to: ctx.fields.open(message.sealed_to, sealedAs.sms_to),
      text: ctx.fields.open(message.sealed_text, sealedAs.sms_text),
    });
    return { ...outcome, state: 'sent' };
  } catch (error) {
    // Codes only: a gateway's own words may quote the phone.
    if (error instanceof SmsRefused) return { ...outcome, state: 'failed', failure: error.reason };
    const failure = 'gateway_error';
    if (tries >= tries_max) return { ...outcome, state: 'failed', failure };
    return { ...outcome, state: 'queued', due_at: retryAt(ctx.clock.now(), tries), failure };
  }
}
