import { addDays, shanghaiDate, type Clock } from '../../platform/clock.ts';
import type { Db, Queryable, Tx } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import type { Random } from '../../platform/random.ts';
import { getSessions } from '../../schedule/index.ts';
import { refused } from '../errors.ts';
import { rulesOn } from '../limits/read-rules.ts';
import { returnNever, returnNotSeen, returnOfReturn, returnOver } from './errors.ts';
import { insertReturn, returnOf, selectSeen, type FreeReturn, type SeenVisit } from './store.ts';

type Source = { clock: Clock; random: Random };

/**
 * 三天有效: a doctor lets the patient of a visit that was seen come back once, free and without a
 * number, to the same department until a last day by the hospital's rules. A second tap gives the
 * return that is there.
 * @throws Problem booking/visit-unknown, return-not-seen, return-of-return, return-never, return-over.
 */
export async function openReturn(
  ctx: Source & { db: Db },
  input: { hospital_id: string; actor: string; appointment_id: string },
): Promise<FreeReturn> {
  const [visit] = await selectSeen(ctx.db, [input.appointment_id]);
  if (visit?.hospital_id !== input.hospital_id) throw refused('visit-unknown');
  if (visit.status !== 'fulfilled') throw new Problem(returnNotSeen);
  if (visit.pool === 'free_return') throw new Problem(returnOfReturn);
  const { free_return } = await rulesOn(ctx, input);
  if (free_return.opens === 'never') throw new Problem(returnNever);
  const last_day = addDays(visit.service_date, free_return.days);
  if (last_day < shanghaiDate(ctx.clock.now())) throw new Problem(returnOver);
  return ctx.db.tx(async (tx) => {
    const opened = await openFor(tx, ctx, visit, { last_day, actor: input.actor });
    const from_appointment_id = visit.appointment_id;
    const known = opened ?? (await returnOf(tx, { from_appointment_id }));
    if (!known) throw new Error('a return that was not opened now was opened before');
    return known;
  });
}

/** Opens a return and tells it, within the caller's transaction; undefined when it was open before. */
export async function openFor(
  tx: Tx,
  ctx: Source,
  visit: SeenVisit,
  { last_day, actor }: { last_day: string; actor: string },
): Promise<FreeReturn | undefined> {
  const { hospital_id, patient_id, appointment_id: from_appointment_id } = visit;
  const { campus_id, department_id } = await placeOf(tx, visit);
  const opened = await insertReturn(tx, {
    id: newId(ctx),
    hospital_id,
    from_appointment_id,
    campus_id,
    department_id,
    patient_id,
    opened_by: actor,
    opened_at: ctx.clock.now(),
    last_day,
  });
  if (!opened) return undefined;
  await appendEvents(tx, ctx, [
    {
      name: 'booking.return.opened',
      hospital_id,
      subject: `return:${opened.id}`,
      version: opened.version,
      person_id: patient_id,
      actor,
      payload: {
        return_id: opened.id,
        from_appointment_id,
        department_id,
        session_id: visit.session_id,
        last_day,
      },
    },
  ]);
  return opened;
}

async function placeOf(
  db: Queryable,
  { session_id }: SeenVisit,
): Promise<{ campus_id: string; department_id: string }> {
  const [session] = await getSessions({ db }, [session_id]);
  if (!session) throw new Error('a visit names a session that exists');
  return session;
}
