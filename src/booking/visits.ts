import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db, Queryable } from '../platform/db.ts';
import type { Random } from '../platform/random.ts';
import { listPatients, maskedPatients, type MaskedPatient } from '../identity/index.ts';
import { getSessions, type SessionView } from '../schedule/index.ts';
import { refused } from './errors.ts';
import { noteVisitsRead } from './note-read.ts';
import { cancelTerms } from './limits/deadline.ts';
import { queuePlace, statusAt, undoUntil } from './rules.ts';
import { selectVisits, type VisitFilter, type VisitRow } from './store-visits.ts';
import type { Channel, Pool, VisitStatus } from './types.ts';

export type ReadVisitContext = { db: Queryable; fields: FieldCrypto; clock: Clock };

/** A visit as people read it: names in words, the person masked, instants ISO 8601, fen. */
export type Visit = {
  appointment_id: string;
  session_id: string;
  slot_id: string;
  status: VisitStatus;
  channel: Channel;
  hold_until: string | null;
  service_date: string;
  period: string;
  starts_at: string;
  ends_at: string;
  sequence: number;
  room: string;
  hospital_name: string;
  campus_name: string;
  department_name: string;
  service_name: string;
  practitioner_name: string | null;
  fee_fen: number;
  mode: string;
  patient: { patient_id: string; name_masked: string; document_masked: string };
  /** Until when it goes back for nothing; from `late_from` on it still does, and counts as late. */
  cancel_until: string;
  late_from: string | null;
  undo_until: string | null;
  queue: { place: number; ahead: number } | null;
  draw_id: string | null;
  previous_order_number: string | null;
};

/** All visits of the patients an account may act for; three statements. */
export async function listMyVisits(ctx: ReadVisitContext, account_id: string): Promise<Visit[]> {
  const patients = await listPatients(ctx, account_id);
  if (patients.length === 0) return [];
  const rows = await selectVisits(ctx.db, {
    patient_ids: patients.map((patient) => patient.patient_id),
  });
  return named(ctx, rows, new Map(patients.map((patient) => [patient.patient_id, patient])));
}

/**
 * One visit of a patient the account may act for; three statements.
 * @throws Problem booking/visit-unknown, also when the visit is somebody else's.
 */
export async function readMyVisit(
  ctx: ReadVisitContext,
  input: { appointment_id: string; account_id: string },
): Promise<Visit> {
  const patients = await listPatients(ctx, input.account_id);
  const rows = await selectVisits(ctx.db, {
    ids: [input.appointment_id],
    patient_ids: patients.map((patient) => patient.patient_id),
  });
  const byId = new Map(patients.map((patient) => [patient.patient_id, patient]));
  return only(await named(ctx, rows, byId));
}

/**
 * One visit of a hospital, for its staff; three statements.
 * @throws Problem booking/visit-unknown, also when it is another hospital's.
 */
export async function readVisit(
  ctx: ReadVisitContext,
  input: { appointment_id: string; hospital_id: string | null },
): Promise<Visit> {
  const { appointment_id, hospital_id } = input;
  return only(await findVisits(ctx, { ids: [appointment_id], hospital_id }));
}

/** Visits by any filter with every name; three statements. */
export async function findVisits(ctx: ReadVisitContext, filter: VisitFilter): Promise<Visit[]> {
  return named(ctx, await selectVisits(ctx.db, filter));
}

/** A patient's visits in one hospital, for its staff; that they were read is recorded. */
export async function listPatientVisits(
  ctx: { db: Db; fields: FieldCrypto; clock: Clock; random: Random },
  input: { patient_id: string; hospital_id: string; actor: string },
): Promise<Visit[]> {
  const { patient_id, hospital_id } = input;
  await noteVisitsRead(ctx, input);
  return findVisits(ctx, { patient_ids: [patient_id], hospital_id });
}

function only(visits: Visit[]): Visit {
  const [visit] = visits;
  if (!visit) throw refused('visit-unknown');
  return visit;
}

async function named(
  ctx: ReadVisitContext,
  rows: VisitRow[],
  known?: ReadonlyMap<string, MaskedPatient>,
): Promise<Visit[]> {
  if (rows.length === 0) return [];
  const [sessions, patients] = await Promise.all([
    getSessions(ctx, [...new Set(rows.map((row) => row.session_id))]),
    known ??
      maskedPatients(
        ctx,
        rows.map((row) => row.patient_id),
      ),
  ]);
  const byId = new Map(sessions.map((session) => [session.id, session]));
  const now = ctx.clock.now();
  return rows.map((row) => {
    const session = byId.get(row.session_id);
    const patient = patients.get(row.patient_id);
    if (!session || !patient) throw new Error('a visit names a session and a person that exist');
    return toVisit(row, session, patient, now);
  });
}

/** What of a stored visit its page shows. */
export type ShownRow = Pick<
  VisitRow,
  | 'appointment_id'
  | 'session_id'
  | 'slot_id'
  | 'service_date'
  | 'status'
  | 'channel'
  | 'hold_until'
  | 'cancelled_at'
  | 'previous_order_number'
  | 'sequence'
  | 'starts_at'
  | 'ends_at'
  | 'slot_free'
  | 'draw_id'
  | 'level'
  | 'cancel_deadlines'
  | 'queue'
> & { booked_at?: Date; pool?: Pool; undo_closed?: boolean };

/** A visit in words, from its row and the names of its session and person. */
export function toVisit(
  row: ShownRow,
  session: SessionView,
  patient: MaskedPatient,
  now: Date,
): Visit {
  const status = statusAt(row, now);
  const terms = cancelTerms({ ...row, booked_at: row.booked_at ?? now });
  return {
    appointment_id: row.appointment_id,
    session_id: row.session_id,
    slot_id: row.slot_id,
    status,
    channel: row.channel,
    hold_until: status === 'held' ? (row.hold_until?.toISOString() ?? null) : null,
    service_date: row.service_date,
    period: session.period,
    starts_at: row.starts_at.toISOString(),
    ends_at: row.ends_at.toISOString(),
    sequence: row.sequence,
    room: session.room,
    hospital_name: session.hospital_name,
    campus_name: session.campus_name,
    department_name: session.department_name,
    service_name: session.service_name,
    practitioner_name: session.practitioner_name,
    // A free return (三天有效) costs nothing.
    fee_fen:
      row.pool === 'free_return' ? 0 : session.registration_fee_fen + session.consultation_fee_fen,
    mode: session.mode,
    patient: {
      patient_id: patient.patient_id,
      name_masked: patient.name_masked,
      document_masked: patient.document_masked,
    },
    cancel_until: (terms.late_from ?? terms.until).toISOString(),
    late_from: terms.late_from?.toISOString() ?? null,
    undo_until: row.undo_closed ? null : (undoUntil(row, now)?.toISOString() ?? null),
    queue: (row.queue && queuePlace(row.queue, row.appointment_id)) ?? null,
    draw_id: row.draw_id,
    previous_order_number: row.previous_order_number,
  };
}
