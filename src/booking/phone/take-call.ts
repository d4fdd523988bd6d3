import { callerIndex } from '../../identity/index.ts';
import type { Idempotency } from '../../platform/idempotency.ts';
import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import type { BookingContext } from '../for-account.ts';
import { bookByStaff } from '../for-staff.ts';
import { noteVisitsRead } from '../note-read.ts';
import { caller_days, caller_people_sign, callerName, isSign } from './rules.ts';
import { countPeople, insertCall, selectCallers, selectNotes } from './store.ts';

/** Under what a note is sealed. */
export const note_context = 'booking.phone_call.note';

export type TakenCall = {
  appointment_id: string;
  /** For how many persons this number called in thirty days, this one among them. */
  caller_people: number;
  /** So many that somebody should look; nobody is refused for it. */
  sign: boolean;
};

/**
 * Books for somebody who calls. The caller's number counts by the hospital's rules for phones, and one
 * that calls for many persons is told as a sign.
 * @throws Problem identity/phone-invalid, and as `bookByStaff`.
 */
export async function takeCall(
  ctx: BookingContext,
  input: {
    hospital_id: string;
    actor: string;
    session_id: string;
    slot_id: string | null;
    patient_id: string;
    caller: string;
    note?: string;
    idempotency: Idempotency;
  },
): Promise<TakenCall> {
  const { hospital_id, actor, patient_id, caller, note, ...wanted } = input;
  const caller_index = callerIndex(ctx.fields, caller);
  const by = { hospital_id, actor, patient_id };
  const { appointment_id } = await bookByStaff(ctx, {
    ...wanted,
    ...by,
    channel: 'phone',
    caller_index,
  });
  const sealed_note = note ? ctx.fields.sealFor(patient_id, note, note_context) : null;
  const caller_people = await noteCall(ctx, { ...by, appointment_id, caller_index, sealed_note });
  return { appointment_id, caller_people, sign: isSign(caller_people) };
}

async function noteCall(
  ctx: BookingContext,
  call: {
    hospital_id: string;
    actor: string;
    patient_id: string;
    appointment_id: string;
    caller_index: string;
    sealed_note: Uint8Array | null;
  },
): Promise<number> {
  const at = ctx.clock.now();
  const id = newId(ctx);
  const { hospital_id, caller_index, actor, patient_id, appointment_id } = call;
  return ctx.db.tx(async (tx) => {
    const noted = await insertCall(tx, { ...call, id, at });
    const people = await countPeople(tx, { hospital_id, caller_index, since: daysBefore(at) });
    if (!noted) return people;
    const about = { hospital_id, subject: `phone-call:${id}`, person_id: patient_id, actor };
    await appendEvents(tx, ctx, [
      {
        ...about,
        name: 'booking.phone-call.taken',
        version: 1,
        payload: { call_id: id, appointment_id },
      },
      ...(isSign(people)
        ? [
            {
              ...about,
              name: 'booking.caller.noticed' as const,
              version: 2,
              payload: { call_id: id, caller: callerName(caller_index), people },
            },
          ]
        : []),
    ]);
    return people;
  });
}

const daysBefore = (at: Date): Date => new Date(at.getTime() - caller_days * 86_400_000);

/** Numbers that called for many persons in thirty days; names of numbers, never the numbers. */
export async function listCallers(ctx: BookingContext, hospital_id: string) {
  const since = daysBefore(ctx.clock.now());
  const rows = await selectCallers(ctx.db, { hospital_id, since, people_min: caller_people_sign });
  return rows.map((row) => ({
    ...row,
    caller: callerName(row.caller),
    last_at: row.last_at.toISOString(),
  }));
}

/** What clerks noted at calls for a person; that they were read is recorded. */
export async function readNotes(
  ctx: BookingContext,
  input: { hospital_id: string; patient_id: string; actor: string },
): Promise<{ appointment_id: string; taken_at: string; note: string }[]> {
  const { patient_id, hospital_id } = input;
  await noteVisitsRead(ctx, input);
  const rows = await selectNotes(ctx.db, { hospital_id, patient_id });
  return rows.flatMap(({ sealed_note, taken_at, appointment_id }) =>
    sealed_note === null || sealed_note.length === 0
      ? []
      : [
          {
            appointment_id,
            taken_at: taken_at.toISOString(),
            note: ctx.fields.open(sealed_note, note_context),
          },
        ],
  );
}
