import { addDays, shanghaiDate, shanghaiInstant, shanghaiTime } from '../platform/clock.ts';
import type { Db, Tx } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import {
  numbersOfSessions,
  typeInPaper,
  type DayNumber,
  type PaperCell,
  type PaperLine,
  type TypedIn,
} from '../booking/index.ts';
import { bulkRegisterPersons, maskName, maskedPatients } from '../identity/index.ts';
import {
  createFaults,
  faultAt,
  findSessions,
  getServices,
  readTable,
  type Fault,
  type Faults,
} from '../schedule/index.ts';
import {
  checkOutcomes,
  columns,
  isFilled,
  isWalkIn,
  numberKey,
  type OutcomeRow,
} from './columns.ts';
import { dayOutside } from './errors.ts';
import { sha256 } from './files.ts';
import { typing_days_max } from './rules.ts';
import { beginRecord, keepReport, selectReport } from './store.ts';
import type { PaperContext } from './types.ts';

export type OutcomesInput = {
  hospital_id: string;
  /** The clinic day on which the system was down. */
  service_date: string;
  file_name: string;
  bytes: Buffer;
  /** Does everything, then undoes it. */
  dry_run: boolean;
  actor: string;
};

/** What became of every line; `open` names the lines of bookings about which the paper says nothing. */
export type OutcomesReport = {
  service_date: string;
  sha256: string;
  rows: number;
  filled: number;
  empty: number;
  walk_ins: number;
  checked_in: number;
  called: number;
  seen: number;
  attended: number;
  no_shows: number;
  open: number[];
  errors: Fault[];
  errors_total: number;
  committed: boolean;
  /** True when these very bytes were typed in before; nothing was done again. */
  repeated: boolean;
};

/** Rolls the transaction back and carries out what it would have written. */
class Undone extends Error {
  readonly typed: TypedIn;
  constructor(typed: TypedIn) {
    super('the outcomes were undone');
    this.typed = typed;
  }
}

type Work = {
  input: OutcomesInput;
  record_id: string;
  sha256: string;
  rows: OutcomeRow[];
  lines: number;
  open: number[];
  faults: Faults;
};

const nothing: TypedIn = {
  walk_ins: 0,
  steps: { checkIn: 0, call: 0, see: 0, attend: 0, noShow: 0 },
};

/**
 * Types in a morning on paper, with the times written down: all of the file or nothing, and then
 * every fault with its line. The same file again gives the first answer. Walk-ins are registered from
 * the document they showed and get the number that stands on their line.
 * @throws Problem paper/day-outside, schedule/import-unreadable, import-too-large, import-too-many-rows.
 */
export async function typeInOutcomes(
  ctx: PaperContext,
  input: OutcomesInput,
): Promise<OutcomesReport> {
  const now = ctx.clock.now();
  const today = shanghaiDate(now);
  const { service_date } = input;
  if (service_date > today || service_date < addDays(today, -typing_days_max))
    throw new Problem(dayOutside);
  const hash = sha256(input.bytes);
  const known = await knownReport(ctx.db, input.hospital_id, hash);
  if (known) return known;
  const faults = createFaults();
  const table = await readTable(input, columns, faults);
  const rows = table.rows.filter(isFilled);
  checkOutcomes(rows, faults, {
    service_date,
    now: service_date === today ? shanghaiTime(now) : null,
  });
  const open = table.rows.filter((row) => !isFilled(row) && row.value.name_masked !== null);
  const work: Work = {
    input,
    record_id: newId(ctx),
    sha256: hash,
    rows,
    lines: table.lines,
    open: open.map((row) => row.line),
    faults,
  };
  if (rows.length === 0 && faults.total() === 0)
    faults.add({ line: 2, column: '', reason: '没有一行填了时间或“未到”' });
  // A file that is wrong in itself is not held against the database: its faults would only confuse.
  if (faults.total() > 0) return reportOf(work, nothing, false);
  return run(ctx, work);
}

async function run(ctx: PaperContext, work: Work): Promise<OutcomesReport> {
  const { hospital_id, service_date, actor, dry_run } = work.input;
  try {
    const report = await ctx.db.tx(async (tx) => {
      const record = { id: work.record_id, hospital_id, sha256: work.sha256, service_date };
      const fresh = await beginRecord(tx, {
        ...record,
        typed_by: actor,
        typed_at: ctx.clock.now(),
      });
      if (!fresh) return undefined;
      const typed = await typeIn(tx, ctx, work);
      if (dry_run || work.faults.total() > 0) throw new Undone(typed);
      const done = reportOf(work, typed, true);
      await keepReport(tx, work.record_id, done);
      await tellTyped(tx, ctx, work, done);
      return done;
    });
    // The same file came twice at once: the other one's answer stands.
    return report ?? ((await knownReport(ctx.db, hospital_id, work.sha256)) as OutcomesReport);
  } catch (error) {
    if (error instanceof Undone) return reportOf(work, error.typed, false);
    throw error;
  }
}

async function knownReport(
  db: Db,
  hospital_id: string,
  hash: string,
): Promise<OutcomesReport | undefined> {
  const known = await selectReport<OutcomesReport>(db, { hospital_id, sha256: hash });
  return known && { ...known.report, repeated: true };
}

async function typeIn(tx: Tx, ctx: PaperContext, work: Work): Promise<TypedIn> {
  const sessions = await sessionsOf(tx, work);
  const numbers = await numbersOf(tx, work, sessions);
  await checkHolders(tx, ctx, { work, numbers });
  const patients = await registerWalkIns(tx, ctx, work);
  if (work.faults.total() > 0) return nothing;
  const lines = work.rows.map((row) => lineOf(row, numbers, patients));
  const { hospital_id, actor } = work.input;
  const { faults, typed } = await typeInPaper(tx, ctx, {
    hospital_id,
    actor,
    record_id: work.record_id,
    session_ids: [...new Set([...numbers.values()].map((number) => number.session_id))],
    lines,
  });
  const fault = faultAt(work.faults, columns);
  const byLine = new Map(work.rows.map((row) => [row.line, row]));
  for (const { line, cell, reason } of faults)
    fault(byLine.get(line) as OutcomeRow, keyOf[cell], reason);
  return typed;
}

const keyOf = {
  sequence: 'sequence',
  arrived: 'arrived',
  called: 'called',
  seen: 'seen',
  no_show: 'no_show',
  walk_in_document: 'walk_in_document',
} as const satisfies Record<PaperCell, keyof typeof columns>;

/** The sessions of the day by `code period`. */
async function sessionsOf(tx: Tx, work: Work): Promise<Map<string, string>> {
  const { hospital_id, service_date } = work.input;
  const filter = { hospital_id, from: service_date, to: service_date };
  const sessions = await findSessions({ db: tx }, filter);
  const ids = sessions.map((session) => session.healthcare_service_id);
  const services = await getServices(tx, [...new Set(ids)]);
  const codes = new Map(services.map((service) => [service.id, service.code]));
  return new Map(
    sessions.map((session) => [
      `${codes.get(session.healthcare_service_id)} ${session.period}`,
      session.id,
    ]),
  );
}

/** The numbers that the rows name, by `numberKey`; a row that names none is a fault. */
async function numbersOf(
  tx: Tx,
  work: Work,
  sessions: ReadonlyMap<string, string>,
): Promise<Map<string, DayNumber>> {
  const fault = faultAt(work.faults, columns);
  const all = await numbersOfSessions(tx, [...sessions.values()]);
  const byPlace = new Map(all.map((number) => [`${number.session_id} ${number.sequence}`, number]));
  const found = new Map<string, DayNumber>();
  for (const row of work.rows) {
    const { service_code, period, sequence } = row.value;
    const session_id = sessions.get(`${service_code} ${period}`);
    const number = byPlace.get(`${session_id} ${sequence}`);
    if (session_id === undefined)
      fault(row, 'service_code', '这个门诊在这一天这一午别没有出诊，请核对代码和午别');
    else if (number) found.set(numberKey(row), number);
    else fault(row, 'sequence', '这次出诊没有这个序号，请核对');
  }
  return found;
}

/** A number may have changed hands between the print and the failure. */
async function checkHolders(
  tx: Tx,
  ctx: PaperContext,
  given: { work: Work; numbers: ReadonlyMap<string, DayNumber> },
): Promise<void> {
  const { work, numbers } = given;
  const ids = [...numbers.values()].flatMap((number) => number.patient_id ?? []);
  const holders = await maskedPatients({ ...ctx, db: tx }, ids);
  const fault = faultAt(work.faults, columns);
  for (const row of work.rows) {
    const holder = holders.get(numbers.get(numberKey(row))?.patient_id ?? '');
    const printed = row.value.document_masked?.trim() ?? null;
    if (holder && printed !== null && printed !== holder.document_masked)
      fault(row, 'document_masked', '这个号在打印之后换了就诊人，请核对纸上的人是谁');
  }
}

/** Registers those who came without a booking, by line; a known document keeps its person. */
async function registerWalkIns(
  tx: Tx,
  ctx: PaperContext,
  work: Work,
): Promise<Map<number, string>> {
  const rows = work.rows.filter(isWalkIn);
  const fault = faultAt(work.faults, columns);
  if (rows.length === 0) return new Map();
  const persons = rows.map(({ value }) => ({
    name: value.walk_in_name as string,
    document_type: value.walk_in_type,
    document_number: value.walk_in_document as string,
  }));
  const { hospital_id, actor } = work.input;
  try {
    const ids = await bulkRegisterPersons(tx, ctx, persons, {
      actor,
      hospital_id,
      check_source: 'paper',
    });
    const known = await maskedPatients({ ...ctx, db: tx }, ids);
    rows.forEach((row, at) => {
      const recorded = known.get(ids[at] as string)?.name_masked;
      if (recorded !== undefined && recorded !== maskName(row.value.walk_in_name as string))
        fault(row, 'walk_in_name', `这个证件在系统里登记的是 ${recorded}，请对照证件核对`);
    });
    return new Map(rows.map((row, at) => [row.line, ids[at] as string]));
  } catch (error) {
    const places = error instanceof Problem ? (error.detail['rows'] as number[] | undefined) : [];
    if (!places?.length) throw error;
    for (const place of places)
      fault(rows[place] as OutcomeRow, 'walk_in_document', '证件号码有误，请对照纸上的字核对');
    return new Map();
  }
}

function lineOf(
  row: OutcomeRow,
  numbers: ReadonlyMap<string, DayNumber>,
  patients: ReadonlyMap<number, string>,
): PaperLine {
  const { service_date, arrived, called, seen, no_show } = row.value;
  const at = (time: string | null): Date | null =>
    time === null ? null : shanghaiInstant(service_date, time);
  return {
    line: row.line,
    slot_id: (numbers.get(numberKey(row)) as DayNumber).slot_id,
    walk_in_patient_id: patients.get(row.line) ?? null,
    arrived_at: at(arrived),
    called_at: at(called),
    seen_at: at(seen),
    no_show,
  };
}

function reportOf(work: Work, typed: TypedIn, committed: boolean): OutcomesReport {
  const { checkIn, call, see, attend, noShow } = typed.steps;
  return {
    service_date: work.input.service_date,
    sha256: work.sha256,
    rows: work.lines,
    filled: work.rows.length,
    empty: work.lines - work.rows.length,
    walk_ins: typed.walk_ins,
    checked_in: checkIn,
    called: call,
    seen: see,
    attended: attend,
    no_shows: noShow,
    open: work.open,
    errors: work.faults.list(),
    errors_total: work.faults.total(),
    committed,
    repeated: false,
  };
}

async function tellTyped(
  tx: Tx,
  ctx: PaperContext,
  work: Work,
  report: OutcomesReport,
): Promise<void> {
  const { service_date, filled, walk_ins, no_shows } = report;
  await appendEvents(tx, ctx, [
    {
      name: 'paper.outcomes.typed-in',
      hospital_id: work.input.hospital_id,
      subject: `record:${work.record_id}`,
      version: 1,
      actor: work.input.actor,
      payload: {
        record_id: work.record_id,
        service_date,
        file_sha256: work.sha256,
        lines: filled,
        walk_ins,
        no_shows,
      },
    },
  ]);
}
