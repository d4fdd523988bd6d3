import { addDays, shanghaiDate } from '../../platform/clock.ts';
import { listPatients } from '../../identity/index.ts';
import { findSessions, getServices, getSessions, type SessionView } from '../../schedule/index.ts';
import { refused } from '../errors.ts';
import type { Pool } from '../types.ts';
import { selectVisits } from '../store-visits.ts';
import { room_pools } from './follow-up.ts';
import { selectPatientsOrders, type AddedOrder } from './store-added.ts';
import { freeDirectNumbers } from './store-direct.ts';
import { selectPlans } from './store-follow-up.ts';
import type { DirectContext } from './types.ts';

export type MyAdded = Pick<AddedOrder, 'id' | 'reason' | 'state' | 'refusal' | 'appointment_id'> & {
  name_masked: string;
  asked_at: Date;
  session: SessionView | undefined;
};

export type MyPlan = {
  plan_id: string;
  name_masked: string;
  service_name: string;
  practitioner_name: string | null;
  every_months: number;
  times: number;
  done: number;
  next_due: string;
  /** The visit of the last turn while it stands. */
  appointment_id: string | null;
  hospital_id: string;
  /** Where to choose a time by oneself; null when the clinic is gone. */
  department_id: string | null;
};

/** What doctors gave or asked for the patients an account acts for: nothing happens behind their back. */
export async function listMine(
  ctx: DirectContext,
  account_id: string,
): Promise<{ added: MyAdded[]; plans: MyPlan[] }> {
  const patients = await listPatients(ctx, account_id);
  const names = new Map(patients.map((one) => [one.patient_id, one.name_masked]));
  const patient_ids = [...names.keys()];
  const [orders, plans] = await Promise.all([
    selectPatientsOrders(ctx.db, patient_ids),
    selectPlans(ctx.db, { patient_ids, hospital_id: null }),
  ]);
  const [sessions, services] = await Promise.all([
    getSessions(ctx, [...new Set(orders.map((order) => order.session_id))]),
    getServices(ctx.db, [...new Set(plans.map((plan) => plan.healthcare_service_id))]),
  ]);
  const bySession = new Map(sessions.map((one) => [one.id, one]));
  const byService = new Map(services.map((one) => [one.id, one]));
  return {
    added: orders.map((order) => ({
      ...order,
      name_masked: names.get(order.patient_id) ?? '',
      session: bySession.get(order.session_id),
    })),
    plans: plans.map((plan) => ({
      ...plan,
      plan_id: plan.id,
      name_masked: names.get(plan.patient_id) ?? '',
      service_name: byService.get(plan.healthcare_service_id)?.name ?? '',
      practitioner_name: byService.get(plan.healthcare_service_id)?.practitioner_name ?? null,
      done: plan.next_n,
      department_id: byService.get(plan.healthcare_service_id)?.department_id ?? null,
    })),
  };
}

const move_days = 42;
const numbers_max = 60;
const movable: readonly Pool[] = room_pools;

/**
 * Where a patient can move a visit that the doctor booked: free numbers of the same kind, at the same
 * clinic, in the coming weeks.
 * @throws Problem booking/visit-unknown, also when it is somebody else's.
 */
export async function moveTimes(
  ctx: DirectContext,
  input: { appointment_id: string; account_id: string },
): Promise<{ slot_id: string; starts_at: Date; ends_at: Date; service_date: string }[]> {
  const [visit] = await selectVisits(ctx.db, { ids: [input.appointment_id] });
  const patients = await listPatients(ctx, input.account_id);
  if (!visit || !patients.some((one) => one.patient_id === visit.patient_id))
    throw refused('visit-unknown');
  // An added number was made for its day; only numbers kept ahead move among their own.
  if (!movable.includes(visit.pool)) return [];
  const [session] = await getSessions(ctx, [visit.session_id]);
  if (!session) throw refused('visit-unknown');
  const now = ctx.clock.now();
  const sessions = await findSessions(ctx, {
    hospital_id: session.hospital_id,
    healthcare_service_id: session.healthcare_service_id,
    from: addDays(shanghaiDate(now), 1),
    to: addDays(visit.service_date, move_days),
  });
  const days = new Map(sessions.map((one) => [one.id, one.service_date]));
  const numbers = await freeDirectNumbers(ctx.db, {
    session_ids: [...days.keys()],
    pools: movable,
    at: now,
    limit: numbers_max,
  });
  return numbers.map((one) => ({ ...one, service_date: days.get(one.session_id) ?? '' }));
}
