import type { Clock } from '../../platform/clock.ts';
import type { FieldCrypto } from '../../platform/crypto/index.ts';
import type { Db, Queryable } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import type { Random } from '../../platform/random.ts';
import { normaliseDocumentNumber } from '../documents/index.ts';
import { patientUnknown } from '../errors.ts';
import { personsById } from '../patient-store.ts';
import { sealedAs } from '../sealing.ts';
import { openCase } from './cases.ts';
import { archiveTaken, archiveUnknown } from './errors.ts';
import { endAskedAlike } from './store-archives.ts';
import {
  archiveOwner,
  archivesOf,
  chooseArchiveRow,
  closeArchivesCase,
  insertArchive,
} from './store-people.ts';

export type ArchiveContext = { db: Db; clock: Clock; random: Random; fields: FieldCrypto };

/** One 门诊号 of a person, as staff read it. */
export type Archive = {
  archive_id: string;
  number: string;
  chosen: boolean;
  /** False while it is only what an account wrote down. */
  checked: boolean;
  ended: boolean;
};

/** The archives of a person in one hospital's own system; the one in use first. */
export async function listArchives(
  ctx: { db: Queryable; fields: FieldCrypto },
  input: { hospital_id: string; patient_id: string },
): Promise<Archive[]> {
  const rows = await archivesOf(ctx.db, input.hospital_id, input.patient_id);
  return rows.map((row) => ({
    archive_id: row.id,
    number: ctx.fields.open(row.sealed_number, sealedAs.archive_number),
    chosen: row.chosen,
    checked: row.checked,
    ended: row.ended_at !== null,
  }));
}

/** Whose archive this is at a hospital, also one that is no longer used; undefined when nobody's. */
export async function patientOfArchive(
  ctx: { db: Queryable; fields: FieldCrypto },
  input: { hospital_id: string; number: string },
): Promise<string | undefined> {
  const number = input.number.normalize('NFKC').trim();
  const key = `${input.hospital_id} ${normaliseDocumentNumber(number)}`;
  return archiveOwner(ctx.db, {
    hospital_id: input.hospital_id,
    number_index: ctx.fields.blindIndex(key, 'identity.his_archive'),
  });
}

/** The archive number to use for a person at a hospital, or undefined when it has none. */
export async function chosenArchive(
  ctx: { db: Queryable; fields: FieldCrypto },
  input: { hospital_id: string; patient_id: string },
): Promise<string | undefined> {
  return (await listArchives(ctx, input)).find((one) => one.chosen)?.number;
}

/**
 * Notes an archive. The first one is used; a second one opens a case, so that staff choose.
 * @throws Problem identity/archive-taken (detail.patient_id), patient-unknown.
 */
export async function recordArchive(
  ctx: ArchiveContext,
  input: {
    hospital_id: string;
    patient_id: string;
    number: string;
    source: 'his' | 'counter';
    actor: string;
  },
): Promise<void> {
  const { hospital_id, patient_id, source, actor } = input;
  const number = input.number.normalize('NFKC').trim();
  // 0001 and 00-01 are one archive, however a clerk types it.
  const key = `${hospital_id} ${normaliseDocumentNumber(number)}`;
  const [person] = await personsById(ctx.db, [patient_id]);
  if (!person || person.merged_into !== null) throw new Problem(patientUnknown);
  await ctx.db.tx(async (tx) => {
    const archive = await insertArchive(tx, {
      ...{ id: newId(ctx), hospital_id, patient_id, source, actor, at: ctx.clock.now() },
      sealed_number: ctx.fields.sealFor(patient_id, number, sealedAs.archive_number),
      number_index: ctx.fields.blindIndex(key, 'identity.his_archive'),
    });
    if (archive.patient_id !== patient_id)
      throw new Problem(archiveTaken, { patient_id: archive.patient_id });
    if (!archive.fresh) return;
    await endAskedAlike(tx, { archive_id: archive.id, at: ctx.clock.now() });
    await appendEvents(tx, ctx, [
      {
        name: 'identity.archive.recorded',
        hospital_id,
        subject: `archive:${archive.id}`,
        version: 1,
        person_id: patient_id,
        actor,
        payload: { archive_id: archive.id, patient_id },
      },
    ]);
    const living = (await archivesOf(tx, hospital_id, patient_id)).filter(
      (one) => one.checked && !one.ended_at,
    );
    if (living.length > 1)
      await openCase(tx, ctx, { kind: 'archives', patient_id, hospital_id, actor });
  });
}

/**
 * Staff choose the archive that is used; with `end_others` the rest are closed as doubles, after the
 * hospital's own system has merged them. Closes the case.
 * @throws Problem identity/archive-unknown.
 */
export async function chooseArchive(
  ctx: ArchiveContext,
  input: {
    hospital_id: string;
    patient_id: string;
    archive_id: string;
    end_others: boolean;
    actor: string;
  },
): Promise<void> {
  const { hospital_id, patient_id, archive_id, actor } = input;
  const at = ctx.clock.now();
  await ctx.db.tx(async (tx) => {
    const version = await chooseArchiveRow(tx, { ...input, at });
    if (version === undefined) throw new Problem(archiveUnknown);
    const closed = await closeArchivesCase(tx, { patient_id, actor, at });
    await appendEvents(tx, ctx, [
      {
        name: 'identity.archive.chosen',
        hospital_id,
        subject: `archive:${archive_id}`,
        version,
        person_id: patient_id,
        actor,
        payload: { archive_id, patient_id },
      },
      ...closed.map(({ case_id, version: at_version }) => ({
        name: 'identity.case.decided' as const,
        hospital_id,
        subject: `case:${case_id}`,
        version: at_version,
        person_id: patient_id,
        actor,
        payload: { case_id, kind: 'archives', state: 'accepted' },
      })),
    ]);
  });
}
