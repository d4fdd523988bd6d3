import { addDays, shanghaiDate } from '../../platform/clock.ts';
import type { Db, Tx } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import type { Idempotency } from '../../platform/idempotency.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import { findSessions, getHospital, getSessions, type SessionView } from '../../schedule/index.ts';
import { refused } from '../errors.ts';
import { assertOpen } from './add-number.ts';
import { greenFrom, greenTo } from './errors.ts';
import { green_from, green_to, type GreenReason } from './rules.ts';
import {
  freeDirect,
  lockDirectStock,
  openNumber,
  selectSource,
  type SourceVisit,
} from './store-direct.ts';
import { greenMonths, insertGreen } from './store-green.ts';
import { bookWithin, innerKey, once } from './take-within.ts';
import type { ByStaff, DirectContext } from './types.ts';

/** Urgent is soon: so many days ahead are offered. */
const green_days = 3;
const offers_max = 8;

export type GreenOffer = Pick<
  SessionView,
  | 'service_date'
  | 'period'
  | 'starts_at'
  | 'ends_at'
  | 'department_name'
  | 'service_name'
  | 'practitioner_name'
  | 'room'
> & { session_id: string; reserved_free: number };

/**
 * The expert sessions an urgent patient can go to, soonest first, those of the same department before
 * the others. `reserved_free` numbers wait; where none does, one is made.
 * @throws Problem booking/green-from, visit-unknown.
 */
export async function greenOffers(
  ctx: DirectContext,
  input: { hospital_id: string; appointment_id: string },
): Promise<GreenOffer[]> {
  const { source, session } = await readSource(ctx, input);
  const now = ctx.clock.now();
  const today = source.service_date;
  const found = await findSessions(ctx, {
    hospital_id: input.hospital_id,
    from: today,
    to: addDays(today, green_days),
  });
  const open = found.filter((one) => receives(one) && one.ends_at > now && one.master === 'own');
  const free = await freeDirect(ctx.db, {
    session_ids: open.map((one) => one.id),
    pools: ['green_channel'],
    at: now,
  });
  const counts = new Map(free.map((one) => [one.session_id, one.free]));
  const far = (one: SessionView): number => (one.department_id === session.department_id ? 0 : 1);
  return open
    .toSorted((a, b) => far(a) - far(b) || a.starts_at.getTime() - b.starts_at.getTime())
    .slice(0, offers_max)
    .map((one) => ({ ...one, session_id: one.id, reserved_free: counts.get(one.id) ?? 0 }));
}

/**
 * Green channel (R043): the doctor of an ordinary clinic gives an urgent patient an expert number.
 * No quota and no approval stand in the way; each one is counted, told and published as a total. The
 * ordinary visit stays as it is.
 * @throws Problem booking/visit-unknown, green-from, green-to, session-day, over, stopped, added-his.
 */
export async function upgradeGreen(
  ctx: DirectContext,
  input: ByStaff & {
    appointment_id: string;
    session_id: string;
    reason: GreenReason;
    idempotency: Idempotency;
  },
): Promise<{ appointment_id: string }> {
  const { source } = await readSource(ctx, input);
  const [target] = await getSessions(ctx, [input.session_id]);
  if (target?.hospital_id !== input.hospital_id) throw refused('session-unknown');
  if (!receives(target)) throw new Problem(greenTo);
  const at = ctx.clock.now();
  return ctx.db.tx(async (tx) => {
    const stock = await lockDirectStock(tx, input.session_id);
    if (!stock) throw refused('session-unknown');
    assertOpen(stock, at);
    return once(tx, { ...input, at }, () => give(tx, ctx, { ...input, source, target }));
  });
}

function receives(session: SessionView): boolean {
  return session.status === 'planned' && green_to.includes(session.level);
}

async function give(
  tx: Tx,
  ctx: DirectContext,
  input: Parameters<typeof upgradeGreen>[1] & { source: SourceVisit; target: SessionView },
): Promise<{ appointment_id: string }> {
  const at = ctx.clock.now();
  const { actor, session_id, reason, hospital_id, source } = input;
  const { patient_id } = source;
  const opened = { session_id, pool: 'green_channel', quota_of: null, at, actor } as const;
  const { slot_id } = await openNumber(tx, { ...opened, slot_id: newId(ctx) });
  const { appointment_id } = await bookWithin(tx, ctx, {
    actor,
    session_id,
    slot_id,
    patient_id,
    pools: ['green_channel'],
    detail: { reason, from_appointment_id: source.appointment_id },
    idempotency: innerKey(input.idempotency),
  });
  const id = newId(ctx);
  const { appointment_id: from_appointment_id } = source;
  await insertGreen(tx, {
    id,
    hospital_id,
    department_id: input.target.department_id,
    from_appointment_id,
    appointment_id,
    session_id,
    patient_id,
    reason,
    given_by: actor,
    given_at: at,
  });
  await appendEvents(tx, ctx, [
    {
      name: 'booking.green.given',
      hospital_id,
      subject: `green:${id}`,
      version: 1,
      person_id: patient_id,
      actor,
      payload: { upgrade_id: id, from_appointment_id, appointment_id, session_id, reason },
    },
  ]);
  return { appointment_id };
}

/** Somebody who is here today: checked in at an ordinary clinic, waiting, inside or just seen. */
async function readSource(
  ctx: DirectContext,
  input: { hospital_id: string; appointment_id: string },
): Promise<{ source: SourceVisit; session: SessionView }> {
  const source = await selectSource(ctx.db, input);
  const [session] = source ? await getSessions(ctx, [source.session_id]) : [];
  if (!source || !session) throw refused('visit-unknown');
  const here =
    source.service_date === shanghaiDate(ctx.clock.now()) &&
    ['checked_in', 'called', 'fulfilled'].includes(source.status);
  if (!here || !green_from.includes(session.level)) throw new Problem(greenFrom);
  return { source, session };
}

const months_shown = 24;

/** What anyone may read: how many a month. @throws Problem schedule/hospital-unknown. */
export async function greenTotals(
  ctx: { db: Db },
  hospital_id: string,
): Promise<{ month: string; total: number }[]> {
  await getHospital(ctx, { hospital_id });
  return greenMonths(ctx.db, { hospital_id, months: months_shown });
}
