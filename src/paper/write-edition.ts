import { join } from 'node:path';
import { addDays, shanghaiDate, shanghaiTime } from '../platform/clock.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import { parseCheckpoint, toHex } from '../platform/tlog/index.ts';
import { newestCheckpoint } from '../evidence/index.ts';
import { findSessions, listHospitals, type Hospital } from '../schedule/index.ts';
import { writeCsv } from './csv.ts';
import { createDrawer, type Drawer } from './draw.ts';
import { beingWritten, nothingThatDay } from './errors.ts';
import { removeOld, sha256, writeWhole } from './files.ts';
import { readLists } from './read-lists.ts';
import {
  ahead_days_max,
  attempts_max,
  claim_minutes,
  daysOf,
  dueEdition,
  editionNames,
  fileName,
  type EditionKind,
} from './rules.ts';
import { csvRows, sheetOf, totalsOf, type Totals } from './sheet.ts';
import {
  claimEdition,
  finishEdition,
  isSettled,
  moveClaim,
  type Claim,
  type NewFile,
} from './store.ts';
import type { DepartmentList, EditionFacts, PaperContext } from './types.ts';

export type WriteOptions = {
  /** Makes what draws the PDFs; a thread of its own by default. */
  drawer?: () => Drawer;
  signal?: AbortSignal;
};

type Job = {
  hospital: Hospital;
  kind: EditionKind;
  due_at: Date;
  service_date: string;
  actor: string;
};

/**
 * Writes the edition whose hour has come for every hospital, unless it is there: the next clinic day
 * at 20:00, today at 06:00. A department that fails is tried again a minute later; the others are
 * written. Removes what is older than three days. Returns how many editions this call wrote.
 * @throws Error naming what could not be written, after everything else was.
 */
export async function writeDuePaper(
  ctx: PaperContext,
  options: WriteOptions = {},
): Promise<number> {
  const faults: string[] = [];
  const now = ctx.clock.now();
  const edition = dueEdition(now);
  let written = 0;
  const hospitals = await listHospitals(ctx);
  for (const hospital of hospitals) {
    const key = { hospital_id: hospital.id, ...edition };
    if (await isSettled(ctx.db, { ...key, at: now, attempts_max })) continue;
    const service_date = await firstDay(ctx, hospital.id, daysOf(edition));
    if (service_date === undefined) continue;
    const job = { hospital, ...edition, service_date, actor: 'system:paper' };
    const claim = await claimFor(ctx, job);
    if (!claim) continue;
    const told = (failure: unknown): string =>
      `${hospital.name} ${service_date} ${String(failure)}`;
    try {
      const { failures } = await writeClaimed(ctx, { job, claim }, options);
      written++;
      faults.push(...failures.map(told));
    } catch (error) {
      options.signal?.throwIfAborted();
      faults.push(told(error));
    }
  }
  const folders = hospitals.map((hospital) => fileName(hospital.code));
  await removeOld(ctx.config.paper_dir, folders, shanghaiDate(now));
  if (faults.length > 0)
    throw new Error(`Paper for downtime could not be written:\n- ${faults.join('\n- ')}`);
  return written;
}

/**
 * Writes an edition now, at the wish of staff; without a day for today, or the next clinic day when
 * today has none. One a minute.
 * @throws Problem paper/no-sessions, paper/being-written.
 */
export async function writePaperNow(
  ctx: PaperContext,
  input: { hospital_id: string; service_date?: string; actor: string },
  options: WriteOptions = {},
): Promise<{ edition_id: string }> {
  const now = ctx.clock.now();
  const today = shanghaiDate(now);
  const from = input.service_date ?? today;
  const to = input.service_date ?? addDays(today, ahead_days_max);
  const service_date = await firstDay(ctx, input.hospital_id, { from, to });
  const hospital = (await listHospitals(ctx)).find((one) => one.id === input.hospital_id);
  if (service_date === undefined || !hospital) throw new Problem(nothingThatDay);
  const due_at = new Date(Math.floor(now.getTime() / 60_000) * 60_000);
  const job = { hospital, kind: 'manual', due_at, service_date, actor: input.actor } as const;
  const claim = await claimFor(ctx, job);
  if (!claim) throw new Problem(beingWritten, {}, { retryAfterSeconds: 60 });
  await writeClaimed(ctx, { job, claim }, options);
  return { edition_id: claim.edition_id };
}

async function firstDay(
  ctx: PaperContext,
  hospital_id: string,
  days: { from: string; to: string },
): Promise<string | undefined> {
  const [first] = await findSessions(ctx, { hospital_id, ...days });
  return first?.service_date;
}

function claimFor(ctx: PaperContext, job: Job): Promise<Claim | undefined> {
  const at = ctx.clock.now();
  const until = claimEnd(at);
  const { hospital, kind, due_at, service_date } = job;
  const key = { hospital_id: hospital.id, kind, due_at, service_date };
  return claimEdition(ctx.db, { ...key, id: newId(ctx), at, until, attempts_max });
}

const claimEnd = (at: Date): Date => new Date(at.getTime() + claim_minutes * 60_000);

type Written = { totals: Totals; files: NewFile[]; failures: string[] };

async function writeClaimed(
  ctx: PaperContext,
  given: { job: Job; claim: Claim },
  options: WriteOptions,
): Promise<Written> {
  const { job, claim } = given;
  try {
    const facts = await factsOf(ctx, job);
    const lists = await readLists(ctx, {
      hospital_id: job.hospital.id,
      service_date: job.service_date,
    });
    const written = await writeFiles(ctx, { ...given, facts, lists }, options);
    await noteWritten(ctx, given, written);
    return written;
  } catch (error) {
    await moveClaim(ctx.db, { ...claim, claimed_until: ctx.clock.now() });
    throw error;
  }
}

async function factsOf(ctx: PaperContext, job: Job): Promise<EditionFacts> {
  const newest = await newestCheckpoint(ctx);
  const [body = ''] = newest?.note.split('\n\n') ?? [];
  return {
    hospital_code: job.hospital.code,
    hospital_name: job.hospital.name,
    service_date: job.service_date,
    kind: job.kind,
    printed_at: ctx.clock.now(),
    checkpoint: newest
      ? { size: newest.size, root: toHex(parseCheckpoint(`${body}\n`).root) }
      : null,
  };
}

async function writeFiles(
  ctx: PaperContext,
  edition: { job: Job; claim: Claim; facts: EditionFacts; lists: DepartmentList[] },
  options: WriteOptions,
): Promise<Written> {
  const written: Written = {
    totals: { sessions: 0, numbers: 0, booked: 0, on_site_free: 0 },
    files: [],
    failures: [],
  };
  const makeDrawer = options.drawer ?? createDrawer;
  let drawer = makeDrawer();
  const stop = (): void => void drawer.close();
  options.signal?.addEventListener('abort', stop, { once: true });
  try {
    for (const list of edition.lists) {
      options.signal?.throwIfAborted();
      // Many departments take longer than one claim lasts.
      const claimed_until = claimEnd(ctx.clock.now());
      if (!(await moveClaim(ctx.db, { ...edition.claim, claimed_until })))
        throw new Error('another server has taken this edition over');
      const totals = totalsOf(list);
      for (const key of Object.keys(totals) as (keyof Totals)[]) written.totals[key] += totals[key];
      if (await writeDepartment(ctx, { ...edition, list, drawer, written })) continue;
      // What one department did to the thread is not left to the next.
      await drawer.close();
      drawer = makeDrawer();
    }
    options.signal?.throwIfAborted();
  } finally {
    options.signal?.removeEventListener('abort', stop);
    await drawer.close();
  }
  return written;
}

/**
 * The CSV comes first and by itself: it is there even when the PDF cannot be drawn. False when one of
 * them failed.
 */
async function writeDepartment(
  ctx: PaperContext,
  given: {
    job: Job;
    facts: EditionFacts;
    list: DepartmentList;
    drawer: Drawer;
    written: Written;
  },
): Promise<boolean> {
  const { facts, list, drawer, written } = given;
  const { due_at } = given.job;
  const failures = written.failures.length;
  const hour = shanghaiTime(due_at).replace(':', '');
  const folder = [
    fileName(facts.hospital_code),
    facts.service_date,
    `${shanghaiDate(due_at)}-${hour}-${fileName(editionNames[facts.kind])}`,
    fileName(`${list.campus_code}-${list.campus_name}`),
  ].join('/');
  const name = fileName(`${list.department_code}-${list.department_name}`);
  const makers = {
    csv: async () => writeCsv(csvRows(facts, list)),
    pdf: () => drawer.draw(sheetOf(facts, list)),
  } as const;
  for (const format of ['csv', 'pdf'] as const)
    try {
      const bytes = await makers[format]();
      const path = `${folder}/${name}.${format}`;
      await writeWhole(join(ctx.config.paper_dir, path), bytes);
      const { campus_name, department_name } = list;
      const file = { file_id: newId(ctx), campus_name, department_name, format, path };
      written.files.push({ ...file, bytes: bytes.length, sha256: sha256(bytes) });
    } catch (error) {
      written.failures.push(`${list.department_name} ${format}: ${String(error)}`);
    }
  return written.failures.length === failures;
}

const retry_seconds = 60;

async function noteWritten(
  ctx: PaperContext,
  given: { job: Job; claim: Claim },
  written: Written,
): Promise<void> {
  const { job, claim } = given;
  const at = ctx.clock.now();
  const failed = written.failures.length;
  const { totals, files } = written;
  await ctx.db.tx(async (tx) => {
    const noted = await finishEdition(tx, claim, {
      hospital_id: job.hospital.id,
      totals,
      failed,
      files,
      written_at: failed === 0 ? at : null,
      claimed_until: new Date(at.getTime() + (failed === 0 ? 0 : retry_seconds * 1000)),
    });
    if (!noted) return;
    await appendEvents(tx, ctx, [
      {
        name: 'paper.edition.written',
        hospital_id: job.hospital.id,
        subject: `edition:${claim.edition_id}`,
        version: claim.attempts,
        actor: job.actor,
        payload: {
          edition_id: claim.edition_id,
          kind: job.kind,
          service_date: job.service_date,
          ...totals,
          failed,
          files: files.map(({ file_id, format, sha256: hash }) => ({
            file_id,
            format,
            sha256: hash,
          })),
        },
      },
    ]);
  });
}
