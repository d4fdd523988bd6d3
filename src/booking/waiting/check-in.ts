import { shanghaiDate, shanghaiInstant } from '../../platform/clock.ts';
import type { Idempotency } from '../../platform/idempotency.ts';
import { Problem } from '../../platform/problem.ts';
import type { Secrets } from '../../platform/secrets.ts';
import { mayActFor } from '../../identity/index.ts';
import { getHospital, getSessions, type SessionView } from '../../schedule/index.ts';
import { arrive } from '../arrive.ts';
import { notToday, refused } from '../errors.ts';
import type { BookingContext } from '../for-account.ts';
import type { RuleSet } from '../limits/rule-set.ts';
import { selectVisitFacts } from '../store-visits.ts';
import { isCheckInCode } from './check-in-code.ts';
import { checkInOver, codeWrong, otherCampus } from './errors.ts';

export type WaitingContext = BookingContext & { secrets: Secrets };

/**
 * Until when a visit is checked in by phone: the hour of the half-day by the rule it was booked under,
 * else the end of the session. Afterwards the desk decides.
 */
export function checkInUntil(
  session: Pick<SessionView, 'service_date' | 'period' | 'ends_at'>,
  check_in: RuleSet['check_in'] | null,
): Date {
  const latest = check_in?.[session.period] ?? null;
  if (latest === null) return session.ends_at;
  const until = shanghaiInstant(session.service_date, latest);
  return until < session.ends_at ? until : session.ends_at;
}

/**
 * 手机签到: a patient's account checks in by the code on the hospital's screens, which shows that
 * somebody is there. Whose visit it is shows the document, which staff see before the visit ends.
 * @throws Problem booking/visit-unknown, not-today, check-in-code, other-campus, check-in-over, and as
 * `step`.
 */
export async function checkInByCode(
  ctx: WaitingContext,
  input: { account_id: string; appointment_id: string; code: string; idempotency: Idempotency },
): Promise<void> {
  const visit = await selectVisitFacts(ctx.db, input.appointment_id);
  if (!visit || !(await mayActFor(ctx.db, input.account_id, visit.patient_id)))
    throw refused('visit-unknown');
  const at = ctx.clock.now();
  if (visit.service_date !== shanghaiDate(at)) throw new Problem(notToday);
  const [session] = await getSessions(ctx, [visit.session_id]);
  if (!session) throw refused('visit-unknown');
  await assertHere(ctx, session, { code: input.code, at });
  if (at > checkInUntil(session, visit.check_in)) throw new Problem(checkInOver);
  await arrive(ctx, visit, {
    appointment_id: input.appointment_id,
    actor: `account:${input.account_id}`,
    detail: { by: 'code' },
    idempotency: input.idempotency,
  });
}

async function assertHere(
  ctx: WaitingContext,
  session: SessionView,
  given: { code: string; at: Date },
): Promise<void> {
  if (isCheckInCode(ctx.secrets, session.campus_id, given)) return;
  const { campuses } = await getHospital(ctx, session);
  const here = campuses.find(({ id }) => isCheckInCode(ctx.secrets, id, given));
  if (!here) throw new Problem(codeWrong);
  const there = campuses.find(({ id }) => id === session.campus_id);
  throw new Problem(
    otherCampus,
    {},
    {
      message: `您现在在${here.name}，这个号要在${session.campus_name}就诊${there?.address ? `（${there.address}）` : ''}。来不及的话，请联系医院。`,
    },
  );
}
