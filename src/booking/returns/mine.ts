import { addDays, shanghaiDate, type Clock } from '../../platform/clock.ts';
import type { FieldCrypto } from '../../platform/crypto/index.ts';
import type { Queryable } from '../../platform/db.ts';
import { listPatients } from '../../identity/index.ts';
import { getSessions, type SessionView } from '../../schedule/index.ts';
import { returnOf, selectReturns, selectSeen, type FreeReturn } from './store.ts';

/** Ended and used ones stay listed for so long. */
const listed_days = 30;

export type ReturnState = 'open' | 'used' | 'over';

export type MyReturn = {
  return_id: string;
  name_masked: string;
  state: ReturnState;
  last_day: string;
  hospital_name: string;
  campus_name: string;
  department_name: string;
  /** The visit it is for. */
  service_date: string;
  practitioner_name: string | null;
  service_name: string;
  /** The visit it was used for. */
  appointment_id: string | null;
};

/** A return ends by itself: its last day is honoured when it is read. */
export function stateOf(
  one: Pick<FreeReturn, 'appointment_id' | 'last_day'>,
  today: string,
): ReturnState {
  // prettier-ignore
  if (one.appointment_id !== null) return 'used';
  return one.last_day < today ? 'over' : 'open';
}

/** The free returns of the patients an account acts for: where to, until which day, used or over. */
export async function listMyReturns(
  ctx: { db: Queryable; fields: FieldCrypto; clock: Clock },
  account_id: string,
): Promise<MyReturn[]> {
  const patients = await listPatients(ctx, account_id);
  const names = new Map(patients.map((one) => [one.patient_id, one.name_masked]));
  const today = shanghaiDate(ctx.clock.now());
  const since = addDays(today, -listed_days);
  const rows = await selectReturns(ctx.db, { patient_ids: [...names.keys()], since });
  const sessions = await sessionsOf(ctx.db, rows);
  return rows.flatMap((row) => {
    const session = sessions.get(row.from_appointment_id);
    if (!session) return [];
    const { hospital_name, campus_name, department_name, service_name, service_date } = session;
    return [
      {
        return_id: row.id,
        name_masked: names.get(row.patient_id) ?? '',
        state: stateOf(row, today),
        last_day: row.last_day,
        appointment_id: row.appointment_id,
        practitioner_name: session.practitioner_name,
        ...{ hospital_name, campus_name, department_name, service_name, service_date },
      },
    ];
  });
}

async function sessionsOf(
  db: Queryable,
  rows: readonly FreeReturn[],
): Promise<Map<string, SessionView>> {
  const visits = await selectSeen(
    db,
    rows.map((row) => row.from_appointment_id),
  );
  const sessions = await getSessions({ db }, [...new Set(visits.map((visit) => visit.session_id))]);
  const byId = new Map(sessions.map((session) => [session.id, session]));
  return new Map(
    visits.flatMap((visit) => {
      const session = byId.get(visit.session_id);
      return session ? [[visit.appointment_id, session] as const] : [];
    }),
  );
}

/** The return of one visit of a hospital, for its doctor; null while none was opened. */
export async function returnOfVisit(
  ctx: { db: Queryable; clock: Clock },
  input: { hospital_id: string; appointment_id: string },
): Promise<{ state: ReturnState; last_day: string } | null> {
  const found = await returnOf(ctx.db, { from_appointment_id: input.appointment_id });
  if (found?.hospital_id !== input.hospital_id) return null;
  return { state: stateOf(found, shanghaiDate(ctx.clock.now())), last_day: found.last_day };
}
