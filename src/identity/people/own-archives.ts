import { databaseError, type Db, type Tx } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import type { FieldCrypto } from '../../platform/crypto/index.ts';
import { normaliseDocumentNumber } from '../documents/index.ts';
import { patientUnknown } from '../errors.ts';
import { sealedAs } from '../sealing.ts';
import type { ArchiveContext } from './archives.ts';
import { openCase } from './cases.ts';
import { archivesMax, archiveTaken, archiveUnknown } from './errors.ts';
import {
  acceptAsked,
  chooseOldest,
  endArchive,
  hospitalOfArchive,
  insertAsked,
  lockArchives,
  ownArchives,
} from './store-archives.ts';
import { readLink } from './store-links.ts';
import { chooseArchiveRow, closeArchivesCase } from './store-people.ts';

/** So many numbers of a person wait for the hospital's look at once. */
const waiting_max = 3;

/** A person's archive as their account sees it: the end of the number tells it apart. */
export type OwnArchive = {
  archive_id: string;
  hospital_id: string;
  number_masked: string;
  chosen: boolean;
  checked: boolean;
};

type Of = { account_id: string; patient_id: string };

/** Archives belong to the person and family; a helper books and leaves them alone. */
async function mayKeep(db: Db, { account_id, patient_id }: Of): Promise<void> {
  const link = await readLink(db, account_id, patient_id);
  if (link?.state !== 'active' && link?.state !== 'trial') throw new Problem(patientUnknown);
}

/** Four characters at the most, and never more than a third of a number. */
function maskArchive(number: string): string {
  const shown = Math.min(4, Math.floor(number.length / 3));
  return `****${shown === 0 ? '' : number.slice(-shown)}`;
}

type ArchiveEventName =
  | 'identity.archive.asked'
  | 'identity.archive.ended'
  | 'identity.archive.recorded'
  | 'identity.archive.chosen';

function archiveEvent(
  name: ArchiveEventName,
  of: { archive_id: string; patient_id: string; hospital_id: string; actor: string },
  version: number,
) {
  const { archive_id, patient_id, hospital_id, actor } = of;
  return {
    name,
    ...{ hospital_id, subject: `archive:${archive_id}`, version, person_id: patient_id, actor },
    payload: { archive_id, patient_id },
  };
}

/**
 * The archives of a person of this account at every hospital, masked.
 * @throws Problem identity/patient-unknown.
 */
export async function listOwnArchives(
  ctx: { db: Db; fields: FieldCrypto },
  input: Of,
): Promise<OwnArchive[]> {
  await mayKeep(ctx.db, input);
  const rows = await ownArchives(ctx.db, input.patient_id);
  return rows.map(({ sealed_number, ...row }) => ({
    ...row,
    number_masked: maskArchive(ctx.fields.open(sealed_number, sealedAs.archive_number)),
  }));
}

/**
 * An account writes down a number of its person. Whether it is theirs only the hospital can tell, so
 * until staff have looked it is used for nothing; whose it may be otherwise is not said.
 * @throws Problem identity/patient-unknown, archives-max.
 */
export async function askArchive(
  ctx: ArchiveContext,
  input: Of & { hospital_id: string; number: string },
): Promise<{ state: 'asked' | 'known' }> {
  await mayKeep(ctx.db, input);
  const { account_id, patient_id, hospital_id } = input;
  const number = input.number.normalize('NFKC').trim();
  const key = `${hospital_id} ${normaliseDocumentNumber(number)}`;
  const actor = `account:${account_id}`;
  const archive_id = newId(ctx);
  return ctx.db.tx(async (tx) => {
    if (!(await lockArchives(tx, patient_id))) throw new Problem(patientUnknown);
    const state = await insertAsked(tx, {
      ...{ id: archive_id, hospital_id, patient_id, actor, at: ctx.clock.now(), waiting_max },
      sealed_number: ctx.fields.sealFor(patient_id, number, sealedAs.archive_number),
      number_index: ctx.fields.blindIndex(key, 'identity.his_archive'),
    });
    if (state === 'full') throw new Problem(archivesMax);
    if (state === 'known') return { state };
    const of = { archive_id, patient_id, hospital_id, actor };
    await appendEvents(tx, ctx, [archiveEvent('identity.archive.asked', of, 1)]);
    await openCase(tx, ctx, { kind: 'archives', patient_id, account_id, hospital_id, actor });
    return { state };
  });
}

/**
 * The account's choice among the archives the hospital has checked.
 * @throws Problem identity/patient-unknown, archive-unknown.
 */
export async function chooseOwnArchive(
  ctx: ArchiveContext,
  input: Of & { archive_id: string },
): Promise<void> {
  await mayKeep(ctx.db, input);
  const { account_id, patient_id, archive_id } = input;
  await ctx.db.tx(async (tx) => {
    await lockArchives(tx, patient_id);
    const hospital_id = await hospitalOfArchive(tx, input);
    if (hospital_id === undefined) throw new Problem(archiveUnknown);
    const choice = { archive_id, patient_id, hospital_id, end_others: false, at: ctx.clock.now() };
    const version = await chooseArchiveRow(tx, choice);
    if (version === undefined) throw new Problem(archiveUnknown);
    const of = { archive_id, patient_id, hospital_id, actor: `account:${account_id}` };
    await appendEvents(tx, ctx, [archiveEvent('identity.archive.chosen', of, version)]);
  });
}

/**
 * An archive is no longer shown or used; with the one in use gone, the oldest of the rest is used.
 * @throws Problem identity/patient-unknown, archive-unknown.
 */
export async function removeOwnArchive(
  ctx: ArchiveContext,
  input: Of & { archive_id: string },
): Promise<void> {
  await mayKeep(ctx.db, input);
  const { patient_id, archive_id } = input;
  const actor = `account:${input.account_id}`;
  await ctx.db.tx(async (tx) => {
    await lockArchives(tx, patient_id);
    const ended = await endArchive(tx, {
      ...{ archive_id, patient_id, hospital_id: null, at: ctx.clock.now() },
    });
    if (!ended) throw new Problem(archiveUnknown);
    const { hospital_id, version } = ended;
    const next = await chooseOldest(tx, { patient_id, hospital_id });
    const of = { archive_id, patient_id, hospital_id, actor };
    await appendEvents(tx, ctx, [
      archiveEvent('identity.archive.ended', of, version),
      ...(next ? [archiveEvent('identity.archive.chosen', { ...of, ...next }, next.version)] : []),
    ]);
    await closeWhenSettled(tx, ctx, of);
  });
}

/**
 * The window has compared a number an account wrote down with the hospital's own system.
 * @throws Problem identity/archive-unknown, archive-taken.
 */
export async function checkArchive(
  ctx: ArchiveContext,
  input: {
    patient_id: string;
    archive_id: string;
    hospital_id: string;
    accept: boolean;
    actor: string;
  },
): Promise<void> {
  const { accept } = input;
  await ctx.db.tx(async (tx) => {
    await lockArchives(tx, input.patient_id);
    const settled = accept
      ? await acceptAsked(tx, input).catch(asTaken)
      : await endArchive(tx, { ...input, at: ctx.clock.now() });
    if (!settled) throw new Problem(archiveUnknown);
    const name = accept ? 'identity.archive.recorded' : 'identity.archive.ended';
    await appendEvents(tx, ctx, [archiveEvent(name, input, settled.version)]);
    await closeWhenSettled(tx, ctx, input);
  });
}

function asTaken(error: unknown): never {
  if (databaseError(error)?.constraint === 'his_archive_number') throw new Problem(archiveTaken);
  throw error;
}

/** Nothing waits any more: the person chooses among what is checked, and staff are done. */
async function closeWhenSettled(
  tx: Tx,
  ctx: ArchiveContext,
  of: { patient_id: string; hospital_id: string; actor: string },
): Promise<void> {
  const living = await ownArchives(tx, of.patient_id);
  if (living.some((one) => !one.checked)) return;
  const { patient_id, actor } = of;
  const closed = await closeArchivesCase(tx, { patient_id, actor, at: ctx.clock.now() });
  const events = closed.map(({ case_id, version }) => ({
    name: 'identity.case.decided' as const,
    hospital_id: of.hospital_id,
    subject: `case:${case_id}`,
    ...{ version, person_id: patient_id, actor },
    payload: { case_id, kind: 'archives', state: 'accepted' },
  }));
  if (events.length > 0) await appendEvents(tx, ctx, events);
}
