import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { nameInvalid, patientUnknown } from './errors.ts';
import { updateName } from './patient-store.ts';
import { readName } from './rules.ts';
import { sealedAs } from './sealing.ts';

/**
 * Corrects a person's name after staff saw the document.
 * @throws Problem identity/name-invalid, patient-unknown.
 */
export async function correctPatientName(
  ctx: { db: Db; clock: Clock; random: Random; fields: FieldCrypto },
  input: { patient_id: string; name: string; actor: string; hospital_id: string | null },
): Promise<void> {
  const { patient_id, actor, hospital_id } = input;
  const name = readName(input.name);
  if (name === undefined) throw new Problem(nameInvalid);
  await ctx.db.tx(async (tx) => {
    const sealed_name = ctx.fields.seal(name, sealedAs.patient_name);
    const version = await updateName(tx, patient_id, sealed_name);
    if (version === undefined) throw new Problem(patientUnknown);
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
