import { Problem } from '../../platform/problem.ts';
import { quoteCancel } from '../../payment/index.ts';
import { getHospital, getSessions } from '../../schedule/index.ts';
import { refused } from '../errors.ts';
import { cancelDeadline, isLateCancel } from '../limits/deadline.ts';
import { rulesOn } from '../limits/read-rules.ts';
import type { Rung } from '../limits/rule-set.ts';
import { undo_minutes_max } from '../rules.ts';
import { selectVisitFacts, type VisitFacts } from '../store-visits.ts';
import { readMyVisit, type Visit } from '../visits.ts';
import { checkInUntil, type WaitingContext } from './check-in.ts';

/** From so long before the number's time it is worth being there. */
const arrive_minutes = 30;

/** What giving the visit back now would mean, before anybody does it; fen and ISO 8601. */
type CancelTerms = {
  /** `now` costs nothing; `late` counts; `window`: not by phone any more; `over`: not at all. */
  may: 'now' | 'late' | 'window' | 'over';
  /** Until when it is `now`. */
  free_until: string;
  undo_minutes: number;
  /** What counted ones lead to, by the hospital's rules of today; none where there is no ladder. */
  ladder: Rung[];
  first_free_in_days: number;
  paid_fen: number;
  back_fen: number;
  kept_fen: number;
};

/** Where to go, when, and what cancelling means: what a visit's page says besides the visit. */
export type VisitGuide = {
  visit: Visit;
  hospital_id: string;
  department_id: string;
  hospital_phone: string;
  campus_address: string;
  place: string;
  /** Nothing of it is named in calendars and shared texts. */
  sensitive: boolean;
  /** An internet clinic (互联网门诊): nobody has to come. */
  internet: boolean;
  arrive_from: string;
  check_in_until: string;
  cancel: CancelTerms;
};

/** The guide to one visit of a patient the account may act for. @throws Problem booking/visit-unknown. */
export async function visitGuide(
  ctx: WaitingContext,
  input: { appointment_id: string; account_id: string },
): Promise<VisitGuide> {
  const visit = await readMyVisit(ctx, input);
  const [facts, [session]] = await Promise.all([
    selectVisitFacts(ctx.db, visit.appointment_id),
    getSessions(ctx, [visit.session_id]),
  ]);
  if (!facts || !session) throw refused('visit-unknown');
  const [hospital, cancel] = await Promise.all([
    getHospital(ctx, session),
    cancelTerms(ctx, facts),
  ]);
  const until = checkInUntil(session, facts.check_in);
  const campus = hospital.campuses.find(({ id }) => id === session.campus_id);
  const from = Date.parse(visit.starts_at) - arrive_minutes * 60_000;
  return {
    visit,
    hospital_id: session.hospital_id,
    department_id: session.department_id,
    hospital_phone: hospital.phone,
    campus_address: campus?.address || hospital.address,
    place: session.place,
    sensitive: session.sensitive,
    internet: session.mode === 'internet',
    arrive_from: new Date(from).toISOString(),
    check_in_until: until.toISOString(),
    cancel,
  };
}

async function cancelTerms(ctx: WaitingContext, visit: VisitFacts): Promise<CancelTerms> {
  const at = ctx.clock.now();
  const [{ ladders }, money] = await Promise.all([
    rulesOn(ctx, visit),
    quoteCancel(ctx.db, { appointment_id: visit.appointment_id, at }),
  ]);
  return {
    may: mayCancel(visit, at),
    free_until: cancelDeadline(visit).until.toISOString(),
    undo_minutes: undo_minutes_max,
    ladder: ladders.late_cancel,
    first_free_in_days: ladders.first_free_in_days,
    ...money,
  };
}

/** The same judgement as the cancellation itself makes. */
function mayCancel(visit: VisitFacts, at: Date): CancelTerms['may'] {
  if ((visit.status !== 'held' && visit.status !== 'booked') || at >= visit.starts_at)
    return 'over';
  try {
    return isLateCancel(visit, at) ? 'late' : 'now';
  } catch (error) {
    if (error instanceof Problem) return 'window';
    throw error;
  }
}
