import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { caseUnknown } from './errors.ts';
import { openCase, patientOfCase, saveAppeal } from './store-case.ts';
import type { Holder } from './types.ts';

type CaseContext = { db: Db; clock: Clock; random: Random };

/** The case of a patient slowed in a room; asking again finds the same. @returns its id. */
export async function openSlowCase(
  ctx: CaseContext,
  input: Holder & { room: { id: string; hospital_id: string }; extra_s: number },
): Promise<string> {
  const { room, account_id, patient_id, extra_s } = input;
  return ctx.db.tx(async (tx) => {
    const fresh = { id: newId(ctx), room_id: room.id, account_id, patient_id, extra_s, opened_at: ctx.clock.now() }; // prettier-ignore
    const { id, is_new, version } = await openCase(tx, fresh);
    if (is_new)
      await appendEvents(tx, ctx, [
        {
          name: 'gate.lane.slowed',
          hospital_id: room.hospital_id,
          subject: `slow-case:${id}`,
          version,
          person_id: patient_id,
          actor: 'system:gate',
          payload: { case_id: id, room_id: room.id, extra_s },
        },
      ]);
    return id;
  });
}

/**
 * Takes down why a person thinks the slow lane was a mistake; the first words stand.
 * @throws Problem gate/case-unknown.
 */
export async function appealSlowCase(
  ctx: CaseContext & { fields: FieldCrypto },
  input: { case_id: string; account_id: string; text: string },
): Promise<void> {
  await ctx.db.tx(async (tx) => {
    const patient_id = await patientOfCase(tx, input);
    if (patient_id === undefined) throw new Problem(caseUnknown);
    const sealed_appeal = ctx.fields.sealFor(patient_id, input.text, 'gate.appeal');
    const found = await saveAppeal(tx, { ...input, sealed_appeal, at: ctx.clock.now() });
    if (!found) throw new Problem(caseUnknown);
    if (!found.is_new) return;
    await appendEvents(tx, ctx, [
      {
        name: 'gate.lane.appealed',
        hospital_id: null,
        subject: `slow-case:${input.case_id}`,
        version: found.version,
        person_id: found.patient_id,
        actor: `account:${input.account_id}`,
        payload: { case_id: input.case_id, room_id: found.room_id },
      },
    ]);
  });
}
