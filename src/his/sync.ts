import { entrustedIds, entrustNumbers, takeBackNumbers, type TakenBack } from '../booking/index.ts';
import { addDays, shanghaiDate, type Clock } from '../platform/clock.ts';
import type { Db, Tx } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import type { Random } from '../platform/random.ts';
import { findSessions, getHospital } from '../schedule/index.ts';
import { HisRefused, HisUnknown, type HisClient } from './client.ts';
import type { NumbersReply } from './protocol.ts';
import { addWorkItems, claimRevision } from './store.ts';

export type HisContext = { db: Db; clock: Clock; random: Random };
export type HisLink = { hospital_id: string; client: HisClient };

const actor = 'system:his';
const days_ahead = 60;

/** The sessions whose master is the HIS, each with the id the HIS knows it by: `门诊代码:日期:午别`. */
export async function hisSchedules(
  ctx: HisContext,
  hospital_id: string,
): Promise<{ session_id: string; schedule_id: string }[]> {
  const today = shanghaiDate(ctx.clock.now());
  const [hospital, sessions] = await Promise.all([
    getHospital(ctx, { hospital_id }),
    findSessions(ctx, { hospital_id, from: today, to: addDays(today, days_ahead) }),
  ]);
  const codes = new Map(hospital.services.map((service) => [service.id, service.code]));
  return sessions
    .filter((session) => session.master === 'his')
    .map((session) => ({
      session_id: session.id,
      schedule_id: `${codes.get(session.healthcare_service_id)}:${session.service_date}:${session.period}`,
    }));
}

/**
 * Brings one session in line with the HIS: entrusted numbers become ours to publish, recalled ones
 * become 作废 and are handed back. A recalled number that somebody here has booked is not handed
 * back; it goes on the work list. Nobody can buy a number in between, because the HIS sells it only
 * after it was handed back. Safe to repeat at any time.
 * @throws HisUnknown when the HIS does not answer; nothing is lost, the next round finishes it.
 */
export async function syncSchedule(
  ctx: HisContext,
  link: HisLink,
  schedule: { session_id: string; schedule_id: string },
): Promise<TakenBack> {
  const reply = await link.client.numbers(schedule.schedule_id);
  const at = ctx.clock.now();
  const taken = await ctx.db.tx(async (tx) => {
    const place = { hospital_id: link.hospital_id, ...schedule, revision: reply.revision, at };
    const isNew = await claimRevision(tx, place);
    return isNew ? apply(tx, ctx, place, reply) : { voided: [], conflicts: [] };
  });
  await answerRecalls(ctx, link, schedule.session_id, reply);
  return taken;
}

async function apply(
  tx: Tx,
  ctx: HisContext,
  place: { hospital_id: string; session_id: string; at: Date },
  reply: NumbersReply,
): Promise<TakenBack> {
  const { session_id, at } = place;
  const ours = reply.numbers.filter(
    (one) => one.owner === 'platform' && one.recall_reason === null,
  );
  await entrustNumbers(tx, {
    session_id,
    numbers: ours.map(({ number_id, sequence }) => ({ his_id: number_id, sequence })),
    at,
    actor,
  });
  const entrusted = new Set(await entrustedIds(tx, session_id));
  const taken: TakenBack = { voided: [], conflicts: [] };
  for (const number of reply.numbers) {
    if (!entrusted.has(number.number_id)) continue;
    if (number.owner === 'platform' && number.recall_reason === null) continue;
    const reason = number.recall_reason ?? '医院系统已收回';
    const one = await takeBackNumbers(tx, {
      session_id,
      his_ids: [number.number_id],
      reason,
      at,
      actor,
    });
    taken.voided.push(...one.voided);
    taken.conflicts.push(...one.conflicts);
  }
  await addWorkItems(
    tx,
    taken.conflicts.map((conflict) => ({
      id: newId(ctx),
      hospital_id: place.hospital_id,
      kind: 'taken-back-but-booked',
      number_id: conflict.his_id,
      appointment_id: conflict.appointment_id,
      reason: '医院系统要求收回，但本平台已有患者预约，请联系医院确定由谁就诊',
      created_at: at,
    })),
  );
  return taken;
}

/** Hands back what is void here and says no to the rest; what is not heard is asked again next round. */
async function answerRecalls(
  ctx: HisContext,
  link: HisLink,
  session_id: string,
  reply: NumbersReply,
): Promise<void> {
  const recalled = reply.numbers.filter((one) => one.recall_reason !== null);
  if (recalled.length === 0) return;
  const kept = new Set(await entrustedIds(ctx.db, session_id));
  for (const { number_id } of recalled)
    await link.client.returned({ number_id, accepted: !kept.has(number_id) });
}

/** Syncs every HIS session of a hospital; a schedule the HIS does not answer for waits for the next round. */
export async function syncHis(ctx: HisContext, link: HisLink): Promise<{ failed: string[] }> {
  const failed: string[] = [];
  for (const schedule of await hisSchedules(ctx, link.hospital_id)) {
    try {
      await syncSchedule(ctx, link, schedule);
    } catch (error) {
      if (!(error instanceof HisUnknown || error instanceof HisRefused)) throw error;
      failed.push(schedule.schedule_id);
    }
  }
  return { failed };
}
