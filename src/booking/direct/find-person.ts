import { addDays, shanghaiDate } from '../../platform/clock.ts';
import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import {
  findPatientByDocument,
  findPatientsByPhone,
  maskedPatients,
  registerPatient,
  type MaskedPatient,
} from '../../identity/index.ts';
import { codeUnreadable, personUnknown } from './errors.ts';
import { recentPatients, selectSource } from './store-direct.ts';
import type { ByStaff, DirectContext } from './types.ts';

/** So many days back somebody is a recent patient of a doctor. */
const recent_days = 180;
const recent_max = 6;

const visit_code =
  /^(?:zh-visit:)?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/i;

export type FindInput = ByStaff &
  (
    | { by: 'document'; document_type: string; text: string; name: string | null }
    | { by: 'phone' | 'qr'; text: string }
    | { by: 'recent'; session_id: string }
  );

/**
 * Finds the person a doctor has in front of them: by the whole document number, a whole phone, the
 * code of a visit on the patient's phone, or among those the doctor saw lately. There is no search
 * by name, and every look leaves an event. With a name, a document nobody registered is registered.
 * @throws Problem booking/person-unknown, person-code-unreadable, identity/phone-invalid and as
 * `registerPatient`.
 */
export async function findForDoctor(
  ctx: DirectContext,
  input: FindInput,
): Promise<MaskedPatient[]> {
  const found = await look(ctx, input);
  await ctx.db.tx((tx) =>
    appendEvents(tx, ctx, [
      {
        name: 'booking.direct.looked-up',
        hospital_id: input.hospital_id,
        subject: `direct-look-up:${newId(ctx)}`,
        version: 1,
        actor: input.actor,
        payload: { by: input.by, patient_ids: found.map((one) => one.patient_id) },
      },
    ]),
  );
  if (found.length === 0 && input.by !== 'recent') throw new Problem(personUnknown);
  return found;
}

async function look(ctx: DirectContext, input: FindInput): Promise<MaskedPatient[]> {
  switch (input.by) {
    case 'document':
      return byDocument(ctx, input);
    case 'phone':
      return findPatientsByPhone(ctx, input.text);
    case 'recent': {
      const since = addDays(shanghaiDate(ctx.clock.now()), -recent_days);
      return masked(ctx, await recentPatients(ctx.db, { ...input, since, limit: recent_max }));
    }
    default: {
      const id = visit_code.exec(input.text.trim())?.[1];
      if (id === undefined) throw new Problem(codeUnreadable);
      const { hospital_id } = input;
      const visit = await selectSource(ctx.db, { appointment_id: id, hospital_id });
      return visit ? masked(ctx, [visit.patient_id]) : [];
    }
  }
}

async function byDocument(
  ctx: DirectContext,
  input: Extract<FindInput, { by: 'document' }>,
): Promise<MaskedPatient[]> {
  const known = await findPatientByDocument(ctx, input.document_type, input.text);
  if (known || input.name === null) return known ? [known] : [];
  const { patient_id } = await registerPatient(ctx, {
    name: input.name,
    document_type: input.document_type,
    document_number: input.text,
    how: 'counter',
    actor: input.actor,
    hospital_id: input.hospital_id,
  });
  return masked(ctx, [patient_id]);
}

async function masked(ctx: DirectContext, ids: string[]): Promise<MaskedPatient[]> {
  const people = await maskedPatients(ctx, ids);
  return ids.flatMap((id) => people.get(id) ?? []);
}
