import { remoteUntil } from '../booking/index.ts';
import { getHospital, getSessions } from '../schedule/index.ts';
import { Problem } from '../platform/problem.ts';
import { announceDraw, type DrawContext } from './announce.ts';
import { nothingToDraw, sessionUnknown } from './errors.ts';
import { planFor } from './store.ts';

/**
 * Announces a draw of these sessions at once, under the plan of the first: for a clinic day whose
 * hour of announcement is still to come. All must be drawn clinics of one hospital, group and day.
 * @throws Problem release/session-unknown, nothing-to-draw, too-late-to-draw.
 */
export async function announceNow(
  ctx: DrawContext,
  input: { hospital_id: string; session_ids: string[]; actor: string },
): Promise<string> {
  const sessions = await getSessions(ctx, input.session_ids);
  const [first] = sessions;
  const same = sessions.every(
    (session) =>
      session.hospital_id === input.hospital_id && session.service_date === first?.service_date,
  );
  if (!first || !same || sessions.length !== input.session_ids.length)
    throw new Problem(sessionUnknown);
  const plans = await Promise.all(
    sessions.map((session) => planFor(ctx.db, session.healthcare_service_id, session.service_date)),
  );
  const [plan] = plans;
  const internet = sessions.some(({ mode }) => mode === 'internet');
  if (!plan?.draw_rhythm || internet || plans.some((one) => one?.draw_group !== plan.draw_group))
    throw new Problem(nothingToDraw);
  const hospital = await getHospital(ctx, { hospital_id: input.hospital_id });
  return announceDraw(ctx, {
    hospital_id: input.hospital_id,
    hospital_code: hospital.code,
    draw_group: plan.draw_group,
    service_date: first.service_date,
    session_ids: input.session_ids,
    rhythm: plan.draw_rhythm,
    rules: plan.draw_rules,
    kind: 'first',
    latest_confirm: remoteUntil(first.service_date),
    actor: input.actor,
  });
}
