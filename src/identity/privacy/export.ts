import type { Tx } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { zipFiles } from '../../platform/zip.ts';
import { sealedAs } from '../sealing.ts';
import { ownPerson } from './erase.ts';
import { factsOfPerson, insertRequest } from './store-request.ts';
import type { PersonData, PrivacyContext } from './types.ts';

/**
 * A copy of everything kept about a person, one JSON file a module, in a zip file.
 * @throws Problem identity/patient-unknown, erase-not-yours.
 */
export async function exportPerson(
  ctx: PrivacyContext,
  modules: readonly PersonData[],
  ask: { account_id: string; patient_id: string },
): Promise<Buffer> {
  const person = await ctx.db.tx(async (tx) => {
    const own = await ownPerson(tx, ctx, ask);
    await noteExport(tx, ctx, ask);
    return own;
  });
  const { fields } = ctx;
  const sections: Record<string, unknown> = {
    identity: {
      patient_id: person.id,
      name: fields.open(person.sealed_name, sealedAs.patient_name),
      document_type: person.document_type,
      document_number: fields.open(person.sealed_document_number, sealedAs.patient_document),
      birth_date: person.birth_date,
      sex: person.sex,
      phone: person.sealed_phone && fields.open(person.sealed_phone, sealedAs.patient_phone),
      check: person.check_result,
      checked_at: person.checked_at,
      ...(await factsOfPerson(ctx.db, person.id)),
    },
  };
  for (const { module, read } of modules)
    sections[module] = await read({ patient_id: ask.patient_id });
  const files = Object.entries(sections).map(
    ([name, section]) => [`${name}.json`, Buffer.from(JSON.stringify(section, null, 2))] as const,
  );
  const exported_at = ctx.clock.now().toISOString();
  const index = { format: 'zhenghao person data', version: 1, exported_at, files: files.map(([name]) => name) }; // prettier-ignore
  return zipFiles(new Map([['index.json', Buffer.from(JSON.stringify(index, null, 2))], ...files]));
}

async function noteExport(
  tx: Tx,
  ctx: PrivacyContext,
  ask: { account_id: string; patient_id: string },
): Promise<void> {
  const at = ctx.clock.now();
  const id = newId(ctx);
  await insertRequest(tx, {
    ...{ id, kind: 'export', ...ask, matter: '', sealed_text: null, state: 'done' },
    ...{ at, due_at: at },
  });
  await appendEvents(tx, ctx, [
    {
      name: 'identity.data.asked',
      hospital_id: null,
      subject: `data-request:${id}`,
      version: 1,
      person_id: ask.patient_id,
      actor: `account:${ask.account_id}`,
      payload: { request_id: id, kind: 'export', state: 'done' },
    },
  ]);
}
