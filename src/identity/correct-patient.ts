import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { hasPersonKey } from '../platform/person-keys.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { nameInvalid, patientUnknown } from './errors.ts';
import { personsById } from './patient-store.ts';
import { replaceName } from './people/store-people.ts';
import { readName } from './rules.ts';
import { sealedAs } from './sealing.ts';

export type NameProof = 'id_card' | 'household_register' | 'police_certificate' | 'clerical';

/**
 * Corrects a person's name after staff saw the document; the former name is kept, sealed.
 * @throws Problem identity/name-invalid, patient-unknown.
 */
export async function correctPatientName(
  ctx: { db: Db; clock: Clock; random: Random; fields: FieldCrypto },
  input: {
    patient_id: string;
    name: string;
    /** What staff saw; `clerical` for a slip of the pen. */
    proof?: NameProof;
    actor: string;
    hospital_id: string | null;
  },
): Promise<void> {
  const { patient_id, actor, hospital_id, proof = 'clerical' } = input;
  const name = readName(input.name);
  if (name === undefined) throw new Problem(nameInvalid);
  await ctx.db.tx(async (tx) => {
    if (!hasPersonKey(ctx.fields, patient_id)) throw new Problem(patientUnknown);
    const sealed_name = ctx.fields.sealFor(patient_id, name, sealedAs.patient_name);
    const [person] = await personsById(tx, [patient_id]);
    if (!person) throw new Problem(patientUnknown);
    const former = ctx.fields.open(person.sealed_name, sealedAs.patient_name);
    const version = await replaceName(tx, {
      ...{ id: newId(ctx), patient_id, sealed_name, proof, actor, at: ctx.clock.now() },
      sealed_former: ctx.fields.sealFor(patient_id, former, sealedAs.former_name),
    });
    await appendEvents(tx, ctx, [
      {
        name: 'identity.patient.corrected',
        hospital_id,
        subject: `patient:${patient_id}`,
        version,
        person_id: patient_id,
        actor,
        payload: { patient_id, field: 'name' },
      },
    ]);
  });
}
