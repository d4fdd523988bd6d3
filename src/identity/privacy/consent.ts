import { shanghaiDate } from '../../platform/clock.ts';
import type { Queryable, Tx } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import { isDocumentType, validateDocument } from '../documents/index.ts';
import { isLinked } from '../patient-store.ts';
import { documentInvalid, patientUnknown } from '../errors.ts';
import { ageOn } from '../rules.ts';
import { consentNeeded, consentOutdated, consentUnknown } from './errors.ts';
import { purposesFor, type Purpose } from './rules.ts';
import {
  consentsOf,
  currentTexts,
  insertConsents,
  withdrawConsent,
  type ConsentText,
  type StoredConsent,
} from './store-consent.ts';
import type { PrivacyContext } from './types.ts';

export type GivenConsent = { purpose: Purpose; version: number };
type Ctx = Pick<PrivacyContext, 'db' | 'clock' | 'random'>;

/** The words that are in force, one a purpose. */
export function consentTexts(ctx: Pick<Ctx, 'db' | 'clock'>): Promise<ConsentText[]> {
  return currentTexts(ctx.db, ctx.clock.now());
}

type Added = {
  relation: string;
  document_type: string;
  document_number: string;
  birth_date?: string;
};

/** What adding this person asks agreement to, as the form stands: by relation and age. */
function neededFor(ctx: Pick<Ctx, 'clock'>, person: Added): Purpose[] {
  const today = shanghaiDate(ctx.clock.now());
  const type = person.document_type;
  const birthDate = person.birth_date === undefined ? {} : { birthDate: person.birth_date };
  const checked = isDocumentType(type)
    ? validateDocument({ type, number: person.document_number, ...birthDate }, today)
    : undefined;
  // What the check would refuse anyway is refused before anybody is asked to agree to anything.
  if (checked && !checked.ok && checked.code !== 'guardian_required') {
    const { field, code, message } = checked;
    throw new Problem(documentInvalid, { field, reason: code }, { message });
  }
  const born = (checked?.ok ? checked.document.birthDate : undefined) ?? person.birth_date ?? null;
  return purposesFor({ relation: person.relation, age: ageOn(born, today) });
}

/**
 * Adds a person with the agreements that the account gave on the way; without them nothing of the
 * person is sent anywhere or stored.
 * @throws Problem identity/consent-needed (detail.purposes), consent-outdated, and as `add` does.
 */
export async function addWithConsents<Result extends { patient_id: string }>(
  ctx: Ctx,
  input: { account_id: string; person: Added; consents: readonly GivenConsent[] },
  add: () => Promise<Result>,
): Promise<Result> {
  const { account_id, person, consents } = input;
  const needed = neededFor(ctx, person);
  const missing = needed.filter((one) => !consents.some((given) => given.purpose === one));
  if (missing.length > 0) throw new Problem(consentNeeded, { purposes: missing });
  await assertCurrent(ctx, consents);
  const added = await add();
  const { patient_id } = added;
  await ctx.db.tx((tx) => writeConsents(tx, ctx, { account_id, patient_id, consents }));
  return added;
}

async function assertCurrent(
  ctx: Pick<Ctx, 'db' | 'clock'>,
  consents: readonly GivenConsent[],
): Promise<void> {
  const texts = await consentTexts(ctx);
  for (const { purpose, version } of consents)
    if (texts.find((text) => text.purpose === purpose)?.version !== version)
      throw new Problem(consentOutdated, { purpose });
}

async function writeConsents(
  tx: Tx,
  ctx: Ctx,
  input: { account_id: string; patient_id: string; consents: readonly GivenConsent[] },
): Promise<void> {
  const { account_id, patient_id } = input;
  const rows = input.consents.map(({ purpose, version }) => ({
    ...{ id: newId(ctx), account_id, patient_id, purpose, text_version: version },
  }));
  const made = new Set(await insertConsents(tx, rows, ctx.clock.now()));
  await appendEvents(
    tx,
    ctx,
    rows
      .filter((row) => made.has(row.id))
      .map(({ id, purpose, text_version }) => ({
        name: 'identity.consent.given',
        hospital_id: null,
        subject: `consent:${id}`,
        version: 1,
        person_id: patient_id,
        actor: `account:${account_id}`,
        payload: { consent_id: id, patient_id, purpose, text_version },
      })),
  );
}

/**
 * An account agrees for a person it acts for; agreeing again changes nothing.
 * @throws Problem identity/patient-unknown, consent-outdated.
 */
export async function giveConsents(
  ctx: Ctx,
  input: { account_id: string; patient_id: string; consents: readonly GivenConsent[] },
): Promise<void> {
  if (!(await isLinked(ctx.db, input.account_id, input.patient_id)))
    throw new Problem(patientUnknown);
  await assertCurrent(ctx, input.consents);
  await ctx.db.tx((tx) => writeConsents(tx, ctx, input));
}

/**
 * Takes an agreement back: from now on nothing new is done on its ground. What was booked stays, and
 * the window serves as before.
 * @throws Problem identity/consent-unknown.
 */
export async function withdraw(
  ctx: Ctx,
  input: { account_id: string; consent_id: string },
): Promise<void> {
  await ctx.db.tx(async (tx) => {
    const row = await withdrawConsent(tx, { ...input, at: ctx.clock.now() });
    if (!row) throw new Problem(consentUnknown);
    await appendEvents(tx, ctx, [
      {
        name: 'identity.consent.withdrawn',
        hospital_id: null,
        subject: `consent:${input.consent_id}`,
        version: row.version,
        person_id: row.patient_id,
        actor: `account:${input.account_id}`,
        payload: {
          consent_id: input.consent_id,
          patient_id: row.patient_id,
          purpose: row.purpose,
        },
      },
    ]);
  });
}

/** What the account agreed to and took back, newest first. */
export function listConsents(db: Queryable, account_id: string): Promise<StoredConsent[]> {
  return consentsOf(db, { account_id });
}
