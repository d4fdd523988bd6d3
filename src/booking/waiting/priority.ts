import type { Clock } from '../../platform/clock.ts';
import type { FieldCrypto } from '../../platform/crypto/index.ts';
import type { Db, Tx } from '../../platform/db.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import type { Random } from '../../platform/random.ts';
import { personFacts } from '../../identity/index.ts';
import { refused } from '../errors.ts';
import { rulesOn } from '../limits/read-rules.ts';
import { selectVisitFacts, type VisitFacts } from '../store-visits.ts';
import type { Priority } from '../types.ts';
import { priorityUnknown } from './errors.ts';
import { upsertPriority } from './store.ts';

type PriorityContext = { db: Db; clock: Clock; random: Random; fields: FieldCrypto };

/** The priority of a person who checks in now, by the hospital's rule of that day; null for most. */
export async function priorityOf(
  ctx: PriorityContext,
  visit: Pick<VisitFacts, 'hospital_id' | 'patient_id' | 'service_date'>,
  shows_officer_id: boolean,
): Promise<{ kind: Priority; one_in: number } | null> {
  const [{ priority }, facts] = await Promise.all([
    rulesOn(ctx, { hospital_id: visit.hospital_id, day: visit.service_date }),
    personFacts(ctx, [visit.patient_id]),
  ]);
  if (!priority) return null;
  const { one_in, elder_age, military } = priority;
  if (shows_officer_id && military) return { kind: 'military', one_in };
  const age = facts.get(visit.patient_id)?.age ?? null;
  return elder_age !== null && age !== null && age >= elder_age ? { kind: 'elder', one_in } : null;
}

/** Notes a priority with the check-in it belongs to; a repeat changes nothing. */
export async function notePriority(
  tx: Tx,
  ctx: { clock: Clock; random: Random },
  given: {
    visit: Pick<VisitFacts, 'appointment_id' | 'hospital_id' | 'session_id' | 'patient_id'>;
    kind: Priority | null;
    one_in: number;
    actor: string;
  },
): Promise<void> {
  const { visit, kind, one_in, actor } = given;
  const { appointment_id, hospital_id, session_id, patient_id } = visit;
  const row = { appointment_id, hospital_id, session_id, kind, one_in, actor };
  const version = await upsertPriority(tx, { ...row, at: ctx.clock.now() });
  if (version === undefined) return;
  await appendEvents(tx, ctx, [
    {
      name: 'booking.queue.preferred',
      hospital_id,
      subject: `queue-priority:${appointment_id}`,
      version,
      person_id: patient_id,
      actor,
      payload: { appointment_id, session_id, kind },
    },
  ]);
}

/**
 * The desk gives a waiting person priority (优先) whose paper it has seen, or takes it back (null). It
 * counts from the next call on.
 * @throws Problem booking/visit-unknown, not-now, priority-unknown.
 */
export async function givePriority(
  ctx: PriorityContext,
  input: { appointment_id: string; hospital_id: string; actor: string; kind: Priority | null },
): Promise<void> {
  const { kind, actor } = input;
  const visit = await selectVisitFacts(ctx.db, input.appointment_id);
  if (visit?.hospital_id !== input.hospital_id) throw refused('visit-unknown');
  if (visit.status !== 'checked_in' && visit.status !== 'called') throw refused('not-now');
  const { hospital_id, service_date } = visit;
  const { priority } = await rulesOn(ctx, { hospital_id, day: service_date });
  const allowed: Record<Priority, boolean> = {
    elder: priority?.elder_age != null,
    military: priority?.military ?? false,
    disabled: priority?.disabled ?? false,
  };
  if (kind !== null && !allowed[kind]) throw new Problem(priorityUnknown);
  const one_in = priority?.one_in ?? 2;
  await ctx.db.tx((tx) => notePriority(tx, ctx, { visit, kind, one_in, actor }));
}
