import { shanghaiDate } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { destroyPersonKeys } from '../../platform/person-keys.ts';
import { Problem } from '../../platform/problem.ts';
import { patientUnknown, sessionEnded } from '../errors.ts';
import { lockAccountAndPatient, personsById, type StoredPerson } from '../patient-store.ts';
import { ageOn } from '../rules.ts';
import { erasedIndex, phoneKeyId, sealedAs } from '../sealing.ts';
import { eraseNotYours } from './errors.ts';
import { laterOf, mayErase } from './rules.ts';
import { eraseFormerDocument, erasePatient, formerDocuments, personOf } from './store.ts';
import { closeAccountRow, insertRequest, mergedInto } from './store-request.ts';
import type { PersonData, PrivacyContext } from './types.ts';

type Ask = { account_id: string; patient_id: string };

/**
 * Deletes what is known of a person in every module, and then their key, by which everything of them
 * in any backup becomes unreadable; the log stays valid. Rows that running rules count stay under an
 * id that only a keyed pseudonym of the document leads to, and only until those rules have run out.
 * @throws Problem identity/patient-unknown, erase-not-yours, and what a module wants finished first.
 */
export async function erasePerson(
  ctx: PrivacyContext,
  modules: readonly PersonData[],
  ask: Ask,
): Promise<{ kept_until: Date | null }> {
  const erased = await ctx.db.tx(async (tx) => {
    const person = await ownPerson(tx, ctx, ask);
    const ids = [...(await mergedInto(tx, person.id)), person.id];
    let kept_until: Date | null = null;
    for (const id of ids)
      kept_until = laterOf(kept_until, await eraseOne(tx, ctx, modules, { ...ask, id }));
    await noteDeletion(tx, ctx, ask);
    return { ids, kept_until };
  });
  // After the commit: a key destroyed for a change that fails would take the person's data with it.
  await destroyPersonKeys(ctx.fields, erased.ids);
  return { kept_until: erased.kept_until };
}

/** @throws Problem identity/patient-unknown; erase-not-yours for somebody else's data. */
export async function ownPerson(tx: Tx, ctx: PrivacyContext, ask: Ask): Promise<StoredPerson> {
  if (!(await lockAccountAndPatient(tx, ask.account_id, ask.patient_id)))
    throw new Problem(patientUnknown);
  const own = await personOf(tx, ask.account_id, ask.patient_id);
  const [person] = await personsById(tx, [ask.patient_id]);
  if (!own || !person) throw new Problem(patientUnknown);
  const age = ageOn(own.birth_date, shanghaiDate(ctx.clock.now()));
  if (!mayErase({ relation: own.relation, age })) throw new Problem(eraseNotYours);
  return person;
}

async function eraseOne(
  tx: Tx,
  ctx: PrivacyContext,
  modules: readonly PersonData[],
  who: { id: string; account_id: string },
): Promise<Date | null> {
  const at = ctx.clock.now();
  let until: Date | null = null;
  for (const module of modules)
    until = laterOf(until, await module.erase(tx, { patient_id: who.id, at }));
  const [person] = await personsById(tx, [who.id]);
  if (!person) throw new Problem(patientUnknown);
  const number = ctx.fields.open(person.sealed_document_number, sealedAs.patient_document);
  for (const former of await formerDocuments(tx, who.id)) {
    const old = ctx.fields.open(former.sealed_document_number, sealedAs.former_document);
    const pseudonym = erasedIndex(ctx.fields, former.document_type, old);
    await eraseFormerDocument(tx, { index: former.document_index, pseudonym });
  }
  const pseudonym =
    until === null ? ctx.random.bytes(32) : erasedIndex(ctx.fields, person.document_type, number);
  const version = await erasePatient(tx, { id: who.id, pseudonym, at, until });
  if (version === undefined) throw new Problem(patientUnknown);
  await appendEvents(tx, ctx, [
    {
      name: 'identity.patient.erased',
      hospital_id: null,
      subject: `patient:${who.id}`,
      version,
      person_id: who.id,
      actor: `account:${who.account_id}`,
      payload: { patient_id: who.id, kept_until: until?.toISOString() ?? null },
    },
  ]);
  return until;
}

async function noteDeletion(tx: Tx, ctx: PrivacyContext, ask: Ask): Promise<void> {
  const at = ctx.clock.now();
  const id = newId(ctx);
  await insertRequest(tx, {
    ...{ id, kind: 'deletion', ...ask, matter: '', sealed_text: null, state: 'done' },
    ...{ at, due_at: at },
  });
  await appendEvents(tx, ctx, [
    {
      name: 'identity.data.asked',
      hospital_id: null,
      subject: `data-request:${id}`,
      version: 1,
      actor: `account:${ask.account_id}`,
      payload: { request_id: id, kind: 'deletion', state: 'done' },
    },
  ]);
}

/**
 * Closes an account: its phone is forgotten, its sessions and links end. The persons it acted for stay
 * until they, too, are deleted.
 * @throws Problem identity/session-ended when it is closed already.
 */
export async function closeAccount(
  ctx: PrivacyContext,
  modules: readonly PersonData[],
  account_id: string,
): Promise<void> {
  const phone_index = await ctx.db.tx(async (tx) => {
    const at = ctx.clock.now();
    const closed = await closeAccountRow(tx, { id: account_id, chance: ctx.random.bytes(32), at });
    if (!closed) throw new Problem(sessionEnded);
    for (const module of modules) await module.closeAccount?.(tx, { account_id });
    await appendEvents(tx, ctx, [
      {
        name: 'identity.account.closed',
        hospital_id: null,
        subject: `account:${account_id}`,
        version: 2,
        actor: `account:${account_id}`,
        payload: { account_id },
      },
    ]);
    return closed.phone_index;
  });
  await destroyPersonKeys(ctx.fields, [phoneKeyId(phone_index)]);
}
