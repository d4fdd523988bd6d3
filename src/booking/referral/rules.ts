import { addDays } from '../../platform/clock.ts';
import { addMonths } from '../direct/rules.ts';

/** Why primary care sends a patient. */
export const referralReasons = ['unclear', 'worse', 'beyond', 'procedure', 'specialist'] as const;
export type ReferralReason = (typeof referralReasons)[number];

/** How soon the patient should be seen; an emergency is never referred by appointment. */
export const urgencies = ['routine', 'soon', 'urgent'] as const;
export type Urgency = (typeof urgencies)[number];

/** Why the hospital's office (转诊办) does not take a patient. */
export const referralRefusals = ['local', 'other_department', 'emergency', 'full'] as const;
export type ReferralRefusal = (typeof referralRefusals)[number];

export type ReferralState = 'asked' | 'given' | 'refused' | 'expired' | 'withdrawn';

/** The span a quota is counted in, by clinic days. */
export type Per = 'week' | 'month';

/** So many days ahead a patient is sent. */
export const referral_days_ahead = 28;

/** A quota in force; `numbers` null: the clinic has none of its own (any more). */
export type Quota = {
  scope_id: string;
  department_id: string;
  healthcare_service_id: string | null;
  version: number;
  per: Per;
  numbers: number | null;
};

/**
 * Under which quota a session's referrals count: the clinic's own where there is one, else the
 * department's, else none; `scope_id` then is the department's.
 */
export function quotaFor(
  quotas: readonly Quota[],
  session: { department_id: string; healthcare_service_id: string },
): { scope_id: string; quota: { per: Per; numbers: number } | null } {
  for (const scope_id of [session.healthcare_service_id, session.department_id]) {
    const found = quotas.find((one) => one.scope_id === scope_id);
    if (found && found.numbers !== null)
      return { scope_id, quota: { per: found.per, numbers: found.numbers } };
  }
  return { scope_id: session.department_id, quota: null };
}

/** The week (Monday to Sunday) or month a clinic day lies in; `to` is the first day after it. */
export function spanOf(per: Per, service_date: string): { from: string; to: string } {
  if (per === 'month') {
    const from = `${service_date.slice(0, 7)}-01`;
    return { from, to: addMonths(from, 1) };
  }
  const weekday = new Date(`${service_date}T00:00:00Z`).getUTCDay();
  const from = addDays(service_date, -((weekday + 6) % 7));
  return { from, to: addDays(from, 7) };
}

/** What a quota gives in a month: a week belongs to the month of its Monday. */
export function quotaInMonth(quota: { per: Per; numbers: number }, month: string): number {
  if (quota.per === 'month') return quota.numbers;
  const { from, to } = spanOf('month', `${month}-01`);
  let mondays = 0;
  for (let day = from; day < to; day = addDays(day, 1))
    if (spanOf('week', day).from === day) mondays++;
  return quota.numbers * mondays;
}
