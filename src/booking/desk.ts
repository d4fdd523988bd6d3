import { maskedPatients } from '../identity/index.ts';
import { getSessions, type SessionView } from '../schedule/index.ts';
import { refused } from './errors.ts';
import { queueOrder, statusAt } from './rules.ts';
import { selectVisits, type VisitRow } from './store-visits.ts';
import type { VisitStatus } from './types.ts';
import type { ReadVisitContext } from './visits.ts';

export type DeskVisit = {
  appointment_id: string;
  patient_id: string;
  sequence: number;
  status: VisitStatus;
  name_masked: string;
  document_masked: string;
  starts_at: string;
  checked_in_at: string | null;
  called_at: string | null;
  calls: number;
  missed: boolean;
  queue_place: number | null;
  tags: string[];
};

const shown: readonly VisitStatus[] = ['booked', 'checked_in', 'called', 'fulfilled', 'noshow'];

/**
 * The desk's list of one session: those in the queue in their order, then the others by sequence.
 * @throws Problem booking/session-unknown, also when it is another hospital's.
 */
export async function deskList(
  ctx: ReadVisitContext,
  input: { session_id: string; hospital_id: string },
): Promise<{ session: SessionView; visits: DeskVisit[] }> {
  const [session] = await getSessions(ctx, [input.session_id]);
  if (session?.hospital_id !== input.hospital_id) throw refused('session-unknown');
  const now = ctx.clock.now();
  const all = await selectVisits(ctx.db, { session_id: input.session_id });
  const rows = all.filter((row) => shown.includes(statusAt(row, now)));
  const patients = await maskedPatients(
    ctx,
    rows.map((row) => row.patient_id),
  );
  const queue = rows.find((row) => row.queue !== null)?.queue ?? [];
  const places = new Map(queueOrder(queue).map((one, at) => [one.appointment_id, at + 1]));
  const visits = rows.map((row) => ({
    appointment_id: row.appointment_id,
    patient_id: row.patient_id,
    sequence: row.sequence,
    status: row.status,
    name_masked: patients.get(row.patient_id)?.name_masked ?? '',
    document_masked: patients.get(row.patient_id)?.document_masked ?? '',
    starts_at: row.starts_at.toISOString(),
    checked_in_at: row.checked_in_at?.toISOString() ?? null,
    called_at: row.called_at?.toISOString() ?? null,
    calls: row.calls,
    missed: row.missed,
    queue_place: places.get(row.appointment_id) ?? null,
    tags: tagsOf(row),
  }));
  const last = Number.MAX_SAFE_INTEGER;
  visits.sort(
    (a, b) => (a.queue_place ?? last) - (b.queue_place ?? last) || a.sequence - b.sequence,
  );
  return { session, visits };
}

/** What staff should see beside a name: where the number came from and that a call was missed. */
function tagsOf(row: VisitRow): string[] {
  const tags: string[] = [];
  if (row.channel === 'migrated') tags.push('migrated');
  if (row.channel === 'draw') tags.push('draw');
  if (row.pool !== 'online' && row.pool !== 'same_day') tags.push(row.pool);
  if (row.missed) tags.push('missed');
  const waits = row.queue?.find(({ appointment_id }) => appointment_id === row.appointment_id);
  if (waits?.late_at) tags.push('late');
  if (waits?.priority) tags.push(waits.priority);
  const isHere = row.status === 'checked_in' || row.status === 'called';
  if (isHere && row.identity_checked_by === null) tags.push('identity_unseen');
  return tags;
}
