import { addDays, shanghaiDate, shanghaiInstant } from '../platform/clock.ts';
import type { DirectPools, SessionRow } from './types.ts';

/** Doctors' titles from low to high; other words (e.g. of nursing clinics) are not ranked. */
const titles = ['住院医师', '主治医师', '副主任医师', '主任医师'];

/** Whether a doctor may see people whose number promises `promised`: same title or higher. */
export function titleSuffices(title: string, promised: string): boolean {
  const wanted = titles.indexOf(promised);
  return wanted < 0 || titles.indexOf(title) >= wanted;
}

/** A change of a session is asked for a week ahead, else by this wall time of the day before. */
export const change_days = 7;
export const change_until = '16:00';
/** After so many stops without leave the outpatient office looks at the clinic. */
export const unannounced_max = 3;

/** In time; short notice, still before the afternoon of the day before; or late. */
export type Lateness = 'in_time' | 'short' | 'late';

/** How late a stop or substitution comes. It is a warning, never a refusal: patients must be told anyway. */
export function latenessOf(service_date: string, now: Date): Lateness {
  if (addDays(shanghaiDate(now), change_days) <= service_date) return 'in_time';
  return now < shanghaiInstant(addDays(service_date, -1), change_until) ? 'short' : 'late';
}

/** Every number set aside, of whatever pool. */
export function poolTotal(pools: DirectPools): number {
  return Object.values(pools).reduce((sum, numbers) => sum + numbers, 0);
}

export type StandingSession = SessionRow & { status: 'planned' | 'stopped' };

const instant = (value: string | Date): number => new Date(value).getTime();

/** Which column of a wished change is refused, and why. */
export type Refused = {
  column: keyof SessionRow | 'status';
  reason: string;
};

/**
 * What may not happen to a session that may have bookings: numbers and pools grow only, times, doctor,
 * owner and mode stay. An empty list means that the change harms nobody.
 */
export function harms(standing: StandingSession, wished: SessionRow): Refused[] {
  const refused: Refused[] = [];
  const refuse = (column: Refused['column'], reason: string): void =>
    void refused.push({ column, reason });
  const apart = '请先停诊，再另排出诊';
  if (standing.status === 'stopped') refuse('status', '这个出诊已停诊；请先在排班页恢复');
  if (instant(standing.starts_at) !== instant(wished.starts_at))
    refuse('starts_at', `已排出诊的开始时间不能改；${apart}`);
  if (instant(standing.ends_at) !== instant(wished.ends_at))
    refuse('ends_at', `已排出诊的结束时间不能改；${apart}`);
  if (standing.practitioner_id !== null && standing.practitioner_id !== wished.practitioner_id)
    refuse('practitioner_id', `已排出诊的医生不能换；${apart}`);
  if (standing.master !== wished.master) refuse('master', `已排出诊的号源归属不能改；${apart}`);
  if (standing.mode !== wished.mode) refuse('mode', `已排出诊的出诊方式不能改；${apart}`);
  const more = wished.numbers - standing.numbers;
  if (more < 0) refuse('numbers', `号源总数只能增加（现有 ${standing.numbers} 个）；减少请停诊`);
  if (wished.patient_bookings_max < standing.patient_bookings_max)
    refuse('patient_bookings_max', `每人限约只能增加（现为 ${standing.patient_bookings_max}）`);
  refused.push(...harmedPools(standing.direct_pools, wished.direct_pools, more));
  return refused;
}

function harmedPools(standing: DirectPools, wished: DirectPools, more: number): Refused[] {
  const names = new Set([...Object.keys(standing), ...Object.keys(wished)]) as Set<
    keyof DirectPools
  >;
  for (const name of names) {
    if ((wished[name] ?? 0) < (standing[name] ?? 0))
      return [{ column: 'direct_pools', reason: '已排出诊的预留号只能增加，不能减少' }];
  }
  // A number already materialised has its pool, so only new numbers can be set aside.
  return poolTotal(wished) - poolTotal(standing) > Math.max(more, 0)
    ? [{ column: 'direct_pools', reason: '增加的预留号不能多于这次增加的号源数' }]
    : [];
}

/** Whether an update would change anything at all. */
export function sameSession(standing: StandingSession, wished: SessionRow): boolean {
  const pools = (of: DirectPools): string =>
    JSON.stringify(Object.entries(of).sort(([a], [b]) => (a < b ? -1 : 1)));
  return (
    harms(standing, wished).length === 0 &&
    standing.practitioner_id === wished.practitioner_id &&
    standing.room === wished.room &&
    standing.numbers === wished.numbers &&
    standing.patient_bookings_max === wished.patient_bookings_max &&
    pools(standing.direct_pools) === pools(wished.direct_pools)
  );
}
