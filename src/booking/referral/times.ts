import { addDays, shanghaiDate } from '../../platform/clock.ts';
import { Problem } from '../../platform/problem.ts';
import { findSessions, type SessionView } from '../../schedule/index.ts';
import { freeDirect } from '../direct/store-direct.ts';
import type { DirectContext } from '../direct/types.ts';
import { referrerUnknown } from './errors.ts';
import { quotaFor, referral_days_ahead, spanOf } from './rules.ts';
import { receives, type BySender } from './send.ts';
import { usedByDay } from './store.ts';
import { institutionOf, selectQuotas } from './store-institutions.ts';

const times_max = 200;

export type ReferralTime = {
  session: SessionView;
  /** Numbers kept for referrals that are left. */
  free: number;
  /** What is left of the institution's quota on that day; null where none was set. */
  left: number | null;
  /** Whether a referral gets its number at once; else the office decides. */
  at_once: boolean;
};

/**
 * Where an institution can send a patient in the coming weeks: clinics that keep numbers for
 * referrals or gave the institution a quota, the soonest first.
 * @throws Problem booking/referrer-unknown.
 */
export async function referralTimes(
  ctx: DirectContext,
  input: BySender,
): Promise<{ institution_name: string; times: ReferralTime[] }> {
  const institution = await institutionOf(ctx.db, input);
  if (!institution) throw new Problem(referrerUnknown);
  const now = ctx.clock.now();
  const from = shanghaiDate(now);
  const to = addDays(from, referral_days_ahead);
  const [sessions, quotas, used] = await Promise.all([
    findSessions(ctx, { hospital_id: input.hospital_id, from, to }),
    selectQuotas(ctx.db, [institution.id]),
    // A span may have begun before today and end after the last day shown.
    usedByDay(ctx.db, { institution_id: institution.id, from: addDays(from, -31), to: addDays(to, 31) }), // prettier-ignore
  ]);
  const open = sessions.filter((session) => receives(session, now));
  const free = await freeDirect(ctx.db, {
    session_ids: open.map((session) => session.id),
    pools: ['referral'],
    at: now,
  });
  const kept = new Map(free.map((one) => [one.session_id, one.free]));
  const times = open.flatMap((session): ReferralTime[] => {
    const { scope_id, quota } = quotaFor(quotas, session);
    const reserved = kept.get(session.id) ?? 0;
    if (quota === null && reserved === 0) return [];
    const span = quota && spanOf(quota.per, session.service_date);
    const taken = used
      .filter((one) => one.scope_id === scope_id)
      .filter((one) => span && one.service_date >= span.from && one.service_date < span.to)
      .reduce((sum, one) => sum + one.used, 0);
    const left = quota && Math.max(0, quota.numbers - taken);
    return [{ session, free: reserved, left, at_once: reserved > 0 && (left ?? 0) > 0 }];
  });
  times.sort((a, b) => a.session.starts_at.getTime() - b.session.starts_at.getTime());
  return { institution_name: institution.name, times: times.slice(0, times_max) };
}
