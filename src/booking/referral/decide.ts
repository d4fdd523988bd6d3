import type { Clock } from '../../platform/clock.ts';
import type { Db, Tx } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import type { Idempotency } from '../../platform/idempotency.ts';
import { appendEvents, type NewEvent } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import type { Random } from '../../platform/random.ts';
import { lockDirectStock, openNumber, type DirectStock } from '../direct/store-direct.ts';
import { bookWithin } from '../direct/take-within.ts';
import type { ByStaff, DirectContext } from '../direct/types.ts';
import { refused } from '../errors.ts';
import { step } from '../step.ts';
import { referralDecided, referralNotOwn, referralUnknown } from './errors.ts';
import type { ReferralRefusal } from './rules.ts';
import {
  decideReferralRow,
  expireReferralRows,
  selectReferral,
  type Expired,
  type Referral,
} from './store.ts';

/**
 * The office's one tap (转诊办): gives a number, the kept one while there is one and else one beside the
 * session's own, or refuses with a reason that sender and patient read.
 * @throws Problem booking/referral-unknown, referral-decided, referral-not-own, session-day, over, stopped.
 */
export async function decideReferral(
  ctx: DirectContext,
  input: ByStaff & { referral_id: string; refusal: ReferralRefusal | null },
): Promise<{ state: 'given' | 'refused'; appointment_id: string | null }> {
  const row = await selectReferral(ctx.db, input);
  if (!row) throw new Problem(referralUnknown);
  if (row.state !== 'asked') throw new Problem(referralDecided);
  if (row.sent_by === input.actor) throw new Problem(referralNotOwn);
  const { actor, refusal, referral_id } = input;
  const at = ctx.clock.now();
  return ctx.db.tx(async (tx) => {
    // The stock first, as whoever sends locks it.
    const stock = await lockDirectStock(tx, row.session_id);
    if (!stock) throw refused('session-unknown');
    if ((await selectReferral(tx, input))?.state !== 'asked') throw new Problem(referralDecided);
    const appointment_id =
      refusal === null ? await giveNumber(tx, ctx, { row, stock, actor }) : null;
    const state = refusal === null ? 'given' : 'refused';
    const decision = { referral_id, actor, at, state, appointment_id, refusal } as const;
    const decided = await decideReferralRow(tx, decision);
    if (!decided) throw new Problem(referralDecided);
    await appendEvents(tx, ctx, decisionEvents(row, { ...decision, ...decided }));
    return { state, appointment_id };
  });
}

async function giveNumber(
  tx: Tx,
  ctx: DirectContext,
  given: { row: Referral; stock: DirectStock; actor: string },
): Promise<string> {
  const { row, stock, actor } = given;
  const at = ctx.clock.now();
  if (stock.state === 'stopped') throw refused('stopped');
  if (stock.ends_at <= at) throw refused('over');
  const { id: referral_id, session_id, patient_id } = row;
  const opened = { session_id, pool: 'referral', quota_of: null, at, actor } as const;
  const { slot_id } = await openNumber(tx, { ...opened, slot_id: newId(ctx) });
  const visit = await bookWithin(tx, ctx, {
    ...{ actor, session_id, slot_id, patient_id, pools: ['referral'] },
    detail: { referral_id },
    idempotency: { scope: 'referral', key: referral_id, fingerprint: '' },
  });
  return visit.appointment_id;
}

function decisionEvents(
  row: Referral,
  decision: {
    version: number;
    actor: string;
    state: 'given' | 'refused' | 'withdrawn';
    appointment_id: string | null;
  },
): NewEvent[] {
  const { id: referral_id, session_id, institution_id, reason, urgency } = row;
  const { appointment_id, actor, version, state: outcome } = decision;
  const about = {
    hospital_id: row.hospital_id,
    subject: `referral:${referral_id}`,
    person_id: row.patient_id,
    actor,
  };
  const decided: NewEvent = {
    ...about,
    name: 'booking.referral.decided',
    version: appointment_id === null ? version : version - 1,
    payload: { referral_id, session_id, outcome },
  };
  if (appointment_id === null) return [decided];
  const facts = { referral_id, institution_id, session_id, reason, urgency };
  const payload = { ...facts, appointment_id, within_quota: false };
  return [decided, { ...about, name: 'booking.referral.given', version, payload }];
}

/**
 * The sender takes a referral back: one that waits is withdrawn, one that has its number gives it
 * back as its patient could, so that it counts in the quota no more.
 * @throws Problem booking/referral-unknown, also when somebody else sent it; referral-decided, begun,
 * not-now.
 */
export async function withdrawReferral(
  ctx: DirectContext,
  input: ByStaff & { referral_id: string; idempotency: Idempotency },
): Promise<void> {
  const row = await selectReferral(ctx.db, input);
  if (row?.sent_by !== input.actor) throw new Problem(referralUnknown);
  const { actor, referral_id, idempotency } = input;
  if (row.appointment_id !== null) {
    await step(ctx, 'cancel', {
      appointment_id: row.appointment_id,
      ...{ actor, idempotency, before_start: true, detail: { reason: 'referral-withdrawn' } },
    });
    return;
  }
  await ctx.db.tx(async (tx) => {
    const nothing = { appointment_id: null, refusal: null };
    const at = ctx.clock.now();
    const decision = { referral_id, actor, at, state: 'withdrawn', ...nothing } as const;
    const decided = await decideReferralRow(tx, decision);
    if (!decided) throw new Problem(referralDecided);
    await appendEvents(tx, ctx, decisionEvents(row, { ...decision, ...decided }));
  });
}

/** Ends referrals whose session is over or stopped; nobody waits for an answer that cannot come. */
export async function expireReferrals(ctx: {
  db: Db;
  clock: Clock;
  random: Random;
}): Promise<number> {
  return ctx.db.tx(async (tx) => {
    const expired = await expireReferralRows(tx, ctx.clock.now());
    await appendEvents(tx, ctx, expired.map(expiredEvent));
    return expired.length;
  });
}

export function expiredEvent(one: Expired): NewEvent {
  return {
    name: 'booking.referral.decided',
    hospital_id: one.hospital_id,
    subject: `referral:${one.id}`,
    version: one.version,
    person_id: one.patient_id,
    actor: 'system:booking',
    payload: { referral_id: one.id, session_id: one.session_id, outcome: 'expired' },
  };
}
