import { shanghaiDate, type Clock } from '../../platform/clock.ts';
import type { FieldCrypto } from '../../platform/crypto/index.ts';
import { databaseError, type Db, type Tx } from '../../platform/db.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import type { Random } from '../../platform/random.ts';
import { validateDocument, type ValidDocument } from '../documents/index.ts';
import { documentInvalid, nameInvalid, patientUnknown } from '../errors.ts';
import { mayActFor } from '../link-patient.ts';
import { personByDocument, personsById, type StoredPerson } from '../patient-store.ts';
import type { RealNameProvider } from '../real-name.ts';
import { askAuthority, claimAttempt, type CheckRecord } from '../register-patient.ts';
import { readName } from '../rules.ts';
import { canonicalDocument, documentIndex, sealedAs } from '../sealing.ts';
import { noteCheck, settleProven } from './cases.ts';
import { cardNotForChild, cardNotNeeded, mergeByWindow, mergeRefused } from './errors.ts';
import { numberOf, provenPhone } from './open.ts';
import { moveLinks, setPatientPhone } from './store-links.ts';
import {
  livingArchives,
  lockBoth,
  markMerged,
  moveArchive,
  replaceDocument,
} from './store-people.ts';

export type MergeContext = {
  db: Db;
  clock: Clock;
  random: Random;
  fields: FieldCrypto;
  realName: RealNameProvider;
};

type CardInput = {
  patient_id: string;
  name: string;
  document_number: string;
  /** `provider`: a guardian online; `counter`: staff hold the card. */
  how: 'provider' | 'counter';
  account_id?: string;
  actor: string;
  hospital_id?: string | null;
};

/**
 * A child known by its birth certificate has an identity card now: the same person goes on under the
 * card, with all that was booked, missed and limited; the certificate still finds them.
 * @throws Problem identity/patient-unknown, card-not-needed, card-not-for-child, merge-by-window (the
 *   card is another record already), name-invalid, document-invalid, real-name-*.
 */
export async function takeIdentityCard(ctx: MergeContext, input: CardInput): Promise<void> {
  const name = readName(input.name);
  if (name === undefined) throw new Problem(nameInvalid);
  const document = cardOf(ctx, input);
  const child = await childOf(ctx, input);
  if (child.birth_date !== null && child.birth_date !== document.birthDate)
    throw new Problem(cardNotForChild);
  const index = documentIndex(ctx.fields, document.type, document.number);
  const other = await personByDocument(ctx.db, index);
  if (other) throw new Problem(mergeByWindow, { patient_id: other.id });
  const check = await checkCard(ctx, input, name, document);
  try {
    await ctx.db.tx((tx) =>
      changeDocument(tx, ctx, { child, name, document, index, check, input }),
    );
  } catch (error) {
    if (databaseError(error)?.constraint === 'patient_document') throw new Problem(mergeByWindow);
    throw error;
  }
}

function cardOf(ctx: MergeContext, input: CardInput): ValidDocument {
  const paperSeen = input.how === 'counter';
  const checked = validateDocument(
    { type: 'resident_id', number: input.document_number, paperSeen },
    shanghaiDate(ctx.clock.now()),
  );
  if (checked.ok) return checked.document;
  const { field, code, message } = checked;
  throw new Problem(documentInvalid, { field, reason: code }, { message });
}

async function childOf(ctx: MergeContext, input: CardInput): Promise<StoredPerson> {
  const [child] = await personsById(ctx.db, [input.patient_id]);
  if (!child || child.merged_into !== null) throw new Problem(patientUnknown);
  const { account_id } = input;
  if (account_id !== undefined && !(await mayActFor(ctx.db, account_id, child.id)))
    throw new Problem(patientUnknown);
  if (child.document_type !== 'birth_certificate') throw new Problem(cardNotNeeded);
  return child;
}

async function checkCard(
  ctx: MergeContext,
  input: CardInput,
  name: string,
  document: ValidDocument,
): Promise<CheckRecord> {
  if (input.how === 'counter')
    return {
      ...{ result: 'counter', source: 'counter', reference: input.actor },
      checked_at: ctx.clock.now(),
    };
  if (input.account_id !== undefined) await claimAttempt(ctx, input.account_id);
  return askAuthority(ctx, { name, document });
}

async function changeDocument(
  tx: Tx,
  ctx: MergeContext,
  given: {
    child: StoredPerson;
    name: string;
    document: ValidDocument;
    index: Uint8Array;
    check: CheckRecord;
    input: CardInput;
  },
): Promise<void> {
  const { child, name, document, index, check, input } = given;
  const { fields } = ctx;
  const number = numberOf(fields, child);
  const version = await replaceDocument(tx, {
    patient_id: child.id,
    sealed_name: fields.sealFor(child.id, name, sealedAs.patient_name),
    document_type: document.type,
    sealed_document_number: fields.sealFor(child.id, document.number, sealedAs.patient_document),
    document_index: index,
    birth_date: document.birthDate ?? child.birth_date,
    sex: document.sex ?? child.sex,
    sealed_former: fields.sealFor(child.id, number, sealedAs.former_document),
    sealed_first: fields.sealFor(
      child.id,
      canonicalDocument(child.document_type, number),
      sealedAs.first_document,
    ),
    ...{ check, actor: input.actor, at: ctx.clock.now() },
  });
  await noteCheck(tx, ctx, child.id, check);
  await appendEvents(tx, ctx, [
    {
      name: 'identity.patient.corrected',
      hospital_id: input.hospital_id ?? null,
      subject: `patient:${child.id}`,
      version,
      person_id: child.id,
      actor: input.actor,
      payload: { patient_id: child.id, field: 'document' },
    },
  ]);
  await settleProven(tx, ctx, { patient_id: child.id, actor: input.actor });
}

/**
 * Two records turned out to be one person: staff with both papers in hand keep `into`. Accounts,
 * guardians and archives move here; bookings, no-shows and restrictions follow by
 * `identity.patient.merged`. `from` books nothing any more, and its document finds `into`.
 * @throws Problem identity/merge-refused, patient-unknown.
 */
export async function mergePatients(
  ctx: Omit<MergeContext, 'realName'>,
  input: { from: string; into: string; actor: string; hospital_id: string | null },
): Promise<void> {
  const { from, into, actor, hospital_id } = input;
  if (from === into) throw new Problem(mergeRefused);
  await ctx.db.tx(async (tx) => {
    const locked = await lockBoth(tx, [from, into]);
    if (locked.length < 2) throw new Problem(patientUnknown);
    if (locked.some((one) => one.merged_into !== null)) throw new Problem(mergeRefused);
    const people = await personsById(tx, [from, into]);
    const old = people.find((one) => one.id === from) as StoredPerson;
    const kept = people.find((one) => one.id === into) as StoredPerson;
    if (!isMergeable(old, kept)) throw new Problem(mergeRefused);
    const at = ctx.clock.now();
    await moveLinks(tx, from, into, at);
    await keepPhone(tx, ctx.fields, old, kept);
    for (const { id, sealed_number } of await livingArchives(tx, from)) {
      const number = ctx.fields.open(sealed_number, sealedAs.archive_number);
      const sealed = ctx.fields.sealFor(into, number, sealedAs.archive_number);
      await moveArchive(tx, id, into, sealed);
    }
    await appendEvents(tx, ctx, [
      {
        name: 'identity.patient.merged',
        hospital_id,
        subject: `patient:${from}`,
        version: await markMerged(tx, from, into),
        person_id: into,
        actor,
        payload: { from, into },
      },
    ]);
  });
}

/** Two full identities are two people, whoever says otherwise; so are two birth dates. */
function isMergeable(old: StoredPerson, kept: StoredPerson): boolean {
  const citizen = (one: StoredPerson): boolean =>
    one.document_type === 'resident_id' || one.document_type === 'household_register';
  if (citizen(old) && citizen(kept)) return false;
  return old.birth_date === null || kept.birth_date === null || old.birth_date === kept.birth_date;
}

async function keepPhone(
  tx: Tx,
  fields: FieldCrypto,
  old: StoredPerson,
  kept: StoredPerson,
): Promise<void> {
  const phone = provenPhone(fields, old);
  if (phone === undefined || old.phone_index === null || kept.phone_proof !== 'none') return;
  await setPatientPhone(tx, {
    patient_id: kept.id,
    sealed_phone: fields.sealFor(kept.id, phone, sealedAs.patient_phone),
    phone_index: old.phone_index,
    proof: old.phone_proof === 'code' ? 'code' : 'counter',
  });
}
