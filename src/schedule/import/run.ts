import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import type { Clock } from '../../platform/clock.ts';
import type { Db, Queryable } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import type { Random } from '../../platform/random.ts';
import { hospitalUnknown } from '../errors.ts';
import { createFaults, type Columns, type Fault, type Faults } from './columns.ts';
import { tooBig } from './errors.ts';
import { kinds, type KindName } from './kinds.ts';
import { import_limits, readTable, type Table } from './read-table.ts';
import { insertImportRun, lockHospital, selectImportRuns, type ImportRun } from './store.ts';
import type { Kind, Plan } from './validate.ts';

export type ImportContext = { db: Db; clock: Clock; random: Random };

export type ImportInput = {
  hospital_id: string;
  kind: KindName;
  file_name: string;
  file: Buffer | Readable;
  /** Reads and checks everything, writes nothing. */
  dry_run: boolean;
  staff_id: string | null;
};

export type ImportReport = {
  kind: KindName;
  /** Lines below the header. */
  rows: number;
  /** Lines nothing speaks against. */
  valid: number;
  created: number;
  updated: number;
  errors: Fault[];
  /** How many faults there are; `errors` holds the first thousand. */
  errors_total: number;
  committed: boolean;
  sha256: string;
};

/**
 * Imports departments, doctors with their clinics, or sessions from a CSV or XLSX file: all of it or
 * nothing. Every bad cell is reported with its line, column and reason; with a single one, and in a
 * dry run, nothing is written. Importing the same file again changes nothing.
 * @throws Problem schedule/import-unreadable, import-too-large, import-too-many-rows, hospital-unknown,
 * practitioner-elsewhere.
 */
export async function runImport(ctx: ImportContext, input: ImportInput): Promise<ImportReport> {
  const bytes = await bytesOf(input.file);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const faults = createFaults();
  const bad = new Set<number>();
  const watched: Faults = {
    ...faults,
    add: (fault) => {
      bad.add(fault.line);
      faults.add(fault);
    },
  };
  const kind = kinds[input.kind] as unknown as Kind<Columns>;
  const table = await readTable({ file_name: input.file_name, bytes }, kind.columns, watched);
  const now = ctx.clock.now();
  kind.check(table.rows, watched, now);
  const work = { kind, table, faults: watched, now, sha256, input };
  const plan =
    input.dry_run || faults.total() > 0
      ? await resolve(ctx, ctx.db, work, false)
      : await commit(ctx, work);
  const committed = !input.dry_run && faults.total() === 0;
  const counts = committed || input.dry_run ? plan : { created: 0, updated: 0 };
  return {
    kind: input.kind,
    rows: table.lines,
    valid: Math.max(0, table.lines - bad.size),
    created: counts.created,
    updated: counts.updated,
    errors: faults.list(),
    errors_total: faults.total(),
    committed,
    sha256,
  };
}

/** The hospital's committed imports, newest first. */
export function listImports(ctx: { db: Db }, input: { hospital_id: string }): Promise<ImportRun[]> {
  return selectImportRuns(ctx.db, input.hospital_id);
}

type Work = {
  kind: Kind<Columns>;
  table: Table<Columns>;
  faults: Faults;
  now: Date;
  sha256: string;
  input: ImportInput;
};

function actorOf(input: ImportInput): string {
  return input.staff_id === null ? 'system' : `staff:${input.staff_id}`;
}

function resolve(
  ctx: ImportContext,
  db: Queryable,
  { kind, table, faults, now, input }: Work,
  lock: boolean,
): Promise<Plan> {
  return kind.resolve({
    db,
    hospital_id: input.hospital_id,
    rows: table.rows,
    faults,
    now,
    newId: () => newId(ctx),
    lock,
    actor: actorOf(input),
  });
}

/** Carries a refused plan out of the transaction that it must roll back. */
class RolledBack extends Error {
  readonly plan: Plan;
  constructor(plan: Plan) {
    super('the import was refused');
    this.plan = plan;
  }
}

async function commit(ctx: ImportContext, work: Work): Promise<Plan> {
  try {
    return await ctx.db.tx(async (tx) => {
      if (!(await lockHospital(tx, work.input.hospital_id))) throw new Problem(hospitalUnknown);
      const plan = await resolve(ctx, tx, work, true);
      if (work.faults.total() === 0)
        await plan.write({ tx, append: (events) => appendEvents(tx, ctx, events) });
      if (work.faults.total() > 0) throw new RolledBack(plan);
      const run = runOf(newId(ctx), work, plan);
      await insertImportRun(tx, run);
      await appendEvents(tx, ctx, [
        {
          name: 'schedule.import.committed',
          hospital_id: run.hospital_id,
          subject: `import:${run.id}`,
          version: 1,
          actor: actorOf(work.input),
          payload: {
            import_id: run.id,
            kind: run.kind,
            rows: run.rows,
            file_sha256: run.file_sha256,
          },
        },
      ]);
      return plan;
    });
  } catch (error) {
    if (error instanceof RolledBack) return error.plan;
    throw error;
  }
}

function runOf(id: string, { input, table, sha256, now }: Work, plan: Plan): ImportRun {
  return {
    id,
    hospital_id: input.hospital_id,
    kind: input.kind,
    file_name: input.file_name.slice(0, 200),
    file_sha256: sha256,
    rows: table.lines,
    created: plan.created,
    updated: plan.updated,
    staff_id: input.staff_id,
    committed_at: now,
  };
}

async function bytesOf(file: Buffer | Readable): Promise<Buffer> {
  if (Buffer.isBuffer(file)) return file;
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of file as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > import_limits.bytes_max) throw new Problem(tooBig);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
