import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { EditionKind } from './rules.ts';
import type { Totals } from './sheet.ts';
import type { EditionRow, FileRow } from './types.ts';

type Key = { hospital_id: string; kind: EditionKind; due_at: Date };

/** Whether an edition is written, or somebody is writing it, or it was given up. */
export async function isSettled(
  db: Queryable,
  edition: Key & { at: Date; attempts_max: number },
): Promise<boolean> {
  const { hospital_id, kind, due_at, at, attempts_max } = edition;
  const row = await db.maybe<{ settled: boolean }>(sql`
    select written_at is not null or claimed_until > ${at} or attempts >= ${attempts_max} as settled
    from paper.edition where hospital_id = ${hospital_id} and kind = ${kind} and due_at = ${due_at}`);
  return row?.settled ?? false;
}

export type Claim = { edition_id: string; attempts: number };

/**
 * Takes the writing of an edition, or undefined when another server has it or it is done. One whose
 * writer died or failed can be taken again.
 */
export function claimEdition(
  db: Queryable,
  edition: Key & {
    id: string;
    service_date: string;
    at: Date;
    until: Date;
    attempts_max: number;
  },
): Promise<Claim | undefined> {
  return db.maybe<Claim>(sql`
    insert into paper.edition as e (id, hospital_id, kind, due_at, service_date, claimed_until)
    values (${edition.id}, ${edition.hospital_id}, ${edition.kind}, ${edition.due_at},
      ${edition.service_date}, ${edition.until})
    on conflict (hospital_id, kind, due_at) do update
      set claimed_until = excluded.claimed_until, attempts = e.attempts + 1
      where e.written_at is null and e.claimed_until <= ${edition.at} and e.attempts < ${edition.attempts_max}
    returning id as edition_id, attempts`);
}

/**
 * Moves the end of a claim: later while the writing goes on, to now when it is given back. False when
 * another writer has taken it meanwhile.
 */
export async function moveClaim(
  db: Queryable,
  claim: Claim & { claimed_until: Date },
): Promise<boolean> {
  const moved = await db.run(sql`
    update paper.edition set claimed_until = ${claim.claimed_until}
    where id = ${claim.edition_id} and attempts = ${claim.attempts} and written_at is null`);
  return moved === 1;
}

export type NewFile = Omit<FileRow, 'edition_id'>;

/** Notes what was written. False when another writer took the claim meanwhile: nothing is noted. */
export async function finishEdition(
  tx: Tx,
  claim: Claim,
  done: {
    hospital_id: string;
    totals: Totals;
    failed: number;
    files: NewFile[];
    written_at: Date | null;
    claimed_until: Date;
  },
): Promise<boolean> {
  const { sessions, numbers, booked, on_site_free } = done.totals;
  const updated = await tx.run(sql`
    update paper.edition set written_at = ${done.written_at}, claimed_until = ${done.claimed_until},
      sessions = ${sessions}, numbers = ${numbers}, booked = ${booked}, on_site_free = ${on_site_free},
      failed = ${done.failed}
    where id = ${claim.edition_id} and attempts = ${claim.attempts} and written_at is null`);
  if (updated === 0) return false;
  await tx.run(sql`
    insert into paper.file as f (id, edition_id, hospital_id, campus_name, department_name, format, path, bytes, sha256)
    select r.file_id, ${claim.edition_id}::uuid, ${done.hospital_id}::uuid, r.campus_name,
      r.department_name, r.format, r.path, r.bytes, r.sha256
    from json_to_recordset(${JSON.stringify(done.files)}) as r(file_id uuid, campus_name text,
      department_name text, format text, path text, bytes int, sha256 text)
    on conflict (edition_id, path) do update set id = excluded.id, bytes = excluded.bytes, sha256 = excluded.sha256`);
  return true;
}

/** Editions of clinic days from a day on, the newest first. */
export function selectEditions(
  db: Queryable,
  filter: { hospital_id: string; from: string; edition_id?: string },
): Promise<EditionRow[]> {
  return db.many<EditionRow>(sql`
    select id as edition_id, hospital_id, kind, due_at, service_date, attempts, written_at, sessions,
      numbers, booked, on_site_free, failed
    from paper.edition
    where hospital_id = ${filter.hospital_id} and service_date >= ${filter.from}
      and (${filter.edition_id ?? null}::uuid is null or id = ${filter.edition_id ?? null})
    order by service_date desc, due_at desc, id desc limit 100`);
}

export function selectFiles(db: Queryable, edition_ids: string[]): Promise<FileRow[]> {
  return db.many<FileRow>(sql`
    select id as file_id, edition_id, campus_name, department_name, format, path, bytes, sha256
    from paper.file where edition_id = any(${edition_ids}::uuid[]) order by path`);
}

export function selectFile(
  db: Queryable,
  file: { file_id: string; hospital_id: string },
): Promise<FileRow | undefined> {
  return db.maybe<FileRow>(sql`
    select id as file_id, edition_id, campus_name, department_name, format, path, bytes, sha256
    from paper.file where id = ${file.file_id} and hospital_id = ${file.hospital_id}`);
}

/** Begins the record of a file of outcomes; false when these bytes were typed in before. */
export async function beginRecord(
  tx: Tx,
  record: {
    id: string;
    hospital_id: string;
    sha256: string;
    service_date: string;
    typed_by: string;
    typed_at: Date;
  },
): Promise<boolean> {
  const made = await tx.run(sql`
    insert into paper.record (id, hospital_id, sha256, service_date, typed_by, typed_at)
    values (${record.id}, ${record.hospital_id}, ${record.sha256}, ${record.service_date},
      ${record.typed_by}, ${record.typed_at})
    on conflict (hospital_id, sha256) do nothing`);
  return made === 1;
}

export async function keepReport(tx: Tx, id: string, report: object): Promise<void> {
  await tx.run(
    sql`update paper.record set report = ${JSON.stringify(report)}::jsonb where id = ${id}`,
  );
}

export function selectReport<Report>(
  db: Queryable,
  record: { hospital_id: string; sha256: string },
): Promise<{ report: Report; service_date: string } | undefined> {
  return db.maybe(sql`
    select report, service_date from paper.record
    where hospital_id = ${record.hospital_id} and sha256 = ${record.sha256}`);
}
