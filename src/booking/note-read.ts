import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import type { Random } from '../platform/random.ts';

/** Records that a member of staff read what a person has booked, before it is shown. */
export async function noteVisitsRead(
  ctx: { db: Db; clock: Clock; random: Random },
  read: { patient_id: string; hospital_id: string; actor: string },
): Promise<void> {
  const { patient_id, hospital_id, actor } = read;
  await ctx.db.tx((tx) =>
    appendEvents(tx, ctx, [
      {
        name: 'booking.visits.read',
        hospital_id,
        // A read changes nothing of the person, so it is a subject of its own.
        subject: `visits-read:${newId(ctx)}`,
        version: 1,
        person_id: patient_id,
        actor,
        payload: { patient_id },
      },
    ]),
  );
}
