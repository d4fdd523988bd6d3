import { fastClinics } from '../booking/index.ts';
import { shanghaiDate, type Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { recommendationUnknown } from './errors.ts';
import { plansOf } from './store.ts';
import {
  decideRecommendation,
  hospitalsToReview,
  insertRecommendations,
  markReviewed,
} from './store-plan.ts';

type RecommendContext = { db: Db; clock: Clock; random: Random };

/**
 * Once a month proposes for the draw the clinics in order that sold out in under ten minutes in at
 * least three of their last five sessions. It proposes; a person decides.
 */
export async function recommendMonthly(ctx: RecommendContext): Promise<void> {
  const now = ctx.clock.now();
  const month = `${shanghaiDate(now).slice(0, 7)}-01`;
  for (const hospital_id of await hospitalsToReview(ctx.db, month)) {
    const drawn = new Set(
      (await plansOf(ctx.db, hospital_id))
        .filter((plan) => plan.method === 'draw')
        .map((plan) => plan.healthcare_service_id),
    );
    const fast = await fastClinics(ctx.db, { hospital_id, before: now });
    const rows = fast
      .filter((clinic) => !drawn.has(clinic.healthcare_service_id))
      .map((clinic) => ({ ...clinic, id: newId(ctx), hospital_id, month }));
    await ctx.db.tx(async (tx) => {
      await markReviewed(tx, hospital_id, month);
      const made = rows.length > 0 ? await insertRecommendations(tx, rows) : [];
      await appendEvents(
        tx,
        ctx,
        made.map((row) => ({
          name: 'release.recommendation.made' as const,
          hospital_id,
          subject: `recommendation:${row.id}`,
          version: 1,
          actor: 'system:release',
          payload: {
            recommendation_id: row.id,
            healthcare_service_id: row.healthcare_service_id,
            fast_sessions: row.fast_sessions,
          },
        })),
      );
    });
  }
}

/**
 * A person's answer to a recommendation. Taking it changes nothing yet: the change of plan is then
 * proposed, announced seven days ahead and approved by a second person.
 * @throws Problem release/recommendation-unknown.
 */
export async function answerRecommendation(
  ctx: RecommendContext,
  input: { id: string; hospital_id: string; take: boolean; actor: string },
): Promise<void> {
  const state = input.take ? 'taken' : 'declined';
  await ctx.db.tx(async (tx) => {
    const row = await decideRecommendation(tx, {
      id: input.id,
      hospital_id: input.hospital_id,
      state,
      decided_by: input.actor,
      at: ctx.clock.now(),
    });
    if (!row) throw new Problem(recommendationUnknown);
    await appendEvents(tx, ctx, [
      {
        name: 'release.recommendation.answered',
        hospital_id: input.hospital_id,
        subject: `recommendation:${row.id}`,
        version: 2,
        actor: input.actor,
        payload: { recommendation_id: row.id, state },
      },
    ]);
  });
}
