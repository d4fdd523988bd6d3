import { createHash } from 'node:crypto';
import { addDays, shanghaiDate, shanghaiInstant, type Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db, Tx } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { bulkRegisterPersons, type MigratedPerson } from '../identity/index.ts';
import {
  createFaults,
  faultAt,
  findSessions,
  getHospital,
  readTable,
  stopSession,
  type Fault,
  type Faults,
  type SessionView,
} from '../schedule/index.ts';
import { checkSoldRows, columns, namesPerson, sessionKey, type SoldRow } from './sold-columns.ts';
import { seatVisits } from './seat-visits.ts';
import {
  insertMigratedRestrictions,
  insertMigratedVisits,
  knownOrderNumbers,
  lockStockForImport,
  upsertNoShowCounts,
  usedOrdinals,
} from './store-import.ts';

export type ImportSoldContext = { db: Db; clock: Clock; random: Random; fields: FieldCrypto };

export type ImportSoldInput = {
  hospital_id: string;
  file_name: string;
  bytes: Buffer;
  /** Does everything, then undoes it. */
  dry_run: boolean;
  staff_id: string | null;
};

export type SoldReport = {
  kind: 'sold';
  rows: number;
  valid: number;
  created: number;
  updated: number;
  errors: Fault[];
  errors_total: number;
  committed: boolean;
  sha256: string;
};

/** Rolls the transaction back and carries out what it would have written. */
class Undone extends Error {
  readonly created: number;
  constructor(created: number) {
    super('the import was undone');
    this.created = created;
  }
}

type Work = {
  hospital_id: string;
  actor: string;
  at: Date;
  rows: SoldRow[];
  faults: Faults;
  /** Registered persons by line. */
  patients: Map<number, string>;
};

/**
 * Takes over what another system has sold: future bookings with their order numbers, stops,
 * restrictions and counts of no-shows, from a CSV or XLSX file; all of it or nothing. Numbers it
 * names are booked at once, so they are never sold again. A dry run does the same and undoes it, so
 * it finds whatever the import would. Importing the same file again changes nothing.
 * @throws Problem schedule/import-unreadable, import-too-large, import-too-many-rows.
 */
export async function importSold(
  ctx: ImportSoldContext,
  input: ImportSoldInput,
): Promise<SoldReport> {
  const kept = createFaults();
  const bad = new Set<number>();
  const faults: Faults = {
    ...kept,
    add: (fault) => {
      bad.add(fault.line);
      kept.add(fault);
    },
  };
  const at = ctx.clock.now();
  const table = await readTable(input, columns, faults);
  checkSoldRows(table.rows, faults, shanghaiDate(at));
  const work: Work = {
    hospital_id: input.hospital_id,
    actor: input.staff_id === null ? 'system' : `staff:${input.staff_id}`,
    at,
    rows: table.rows.filter((row) => !bad.has(row.line)),
    faults,
    patients: new Map(),
  };
  const sha256 = createHash('sha256').update(input.bytes).digest('hex');
  const created = await run(ctx, work, { dry_run: input.dry_run, rows: table.lines, sha256 });
  const committed = !input.dry_run && faults.total() === 0;
  return {
    kind: 'sold',
    rows: table.lines,
    valid: Math.max(0, table.lines - bad.size),
    created: committed || input.dry_run ? created : 0,
    updated: 0,
    errors: faults.list(),
    errors_total: faults.total(),
    committed,
    sha256,
  };
}

/** The file to fill in: the header and one example row, UTF-8 with BOM. */
export function soldTemplate(ctx: { clock: Clock }): Buffer {
  const day = addDays(shanghaiDate(ctx.clock.now()), 7);
  const headers = Object.values(columns).map((column) => column.header);
  const example = Object.entries(columns).map(([key, column]) =>
    key === 'service_date' ? day : column.example,
  );
  return Buffer.from(`\ufeff${headers.join(',')}\r\n${example.join(',')}\r\n`);
}

async function run(
  ctx: ImportSoldContext,
  work: Work,
  file: { dry_run: boolean; rows: number; sha256: string },
): Promise<number> {
  try {
    return await ctx.db.tx(async (tx) => {
      const created = await takeOver(tx, ctx, work);
      if (file.dry_run || work.faults.total() > 0) throw new Undone(created);
      const import_id = newId(ctx);
      await appendEvents(tx, ctx, [
        {
          name: 'schedule.import.committed',
          hospital_id: work.hospital_id,
          subject: `import:${import_id}`,
          version: 1,
          actor: work.actor,
          payload: { import_id, kind: 'sold', rows: file.rows, file_sha256: file.sha256 },
        },
      ]);
      return created;
    });
  } catch (error) {
    if (error instanceof Undone) return error.created;
    throw error;
  }
}

async function takeOver(tx: Tx, ctx: ImportSoldContext, work: Work): Promise<number> {
  if (!(await registerPersons(tx, ctx, work))) return 0;
  const sessions = await sessionsOf(tx, work);
  const visits = await bookVisits(tx, ctx, work, sessions);
  const others = await writeStandings(tx, ctx, work);
  await stopSessions(tx, ctx, work, sessions);
  return visits + others;
}

async function registerPersons(tx: Tx, ctx: ImportSoldContext, work: Work): Promise<boolean> {
  const rows = work.rows.filter((row) => namesPerson(row.value));
  const persons = rows.map(({ value }): MigratedPerson => ({
    name: value.name as string,
    document_type: value.document_type,
    document_number: value.document_number as string,
    ...(value.phone === null ? {} : { phone: value.phone }),
  }));
  try {
    const ids = await bulkRegisterPersons(tx, ctx, persons, work);
    rows.forEach((row, at) => work.patients.set(row.line, ids[at] as string));
    return true;
  } catch (error) {
    const places =
      error instanceof Problem ? (error.detail['rows'] as number[] | undefined) : undefined;
    if (!places) throw error;
    const fault = faultAt(work.faults, columns);
    for (const place of places) {
      const row = rows[place];
      if (row) fault(row, 'document_number', '证件号码有误，请对照证件核对');
    }
    return false;
  }
}

/** The sessions that booking rows name, by `sessionKey`; a row that names none is a fault. */
async function sessionsOf(tx: Tx, work: Work): Promise<Map<string, SessionView>> {
  const bookings = work.rows.filter((row) => row.value.kind === 'booking');
  const days = bookings.map((row) => row.value.service_date as string).sort();
  if (days.length === 0) return new Map();
  const hospital = await getHospital({ db: joined(tx) }, work);
  const codes = new Map(hospital.services.map((service) => [service.id, service.code]));
  const all = await findSessions(
    { db: tx },
    { hospital_id: work.hospital_id, from: days[0] as string, to: days.at(-1) as string },
  );
  const byKey = new Map(
    all.map((session) => [
      `${codes.get(session.healthcare_service_id)} ${session.service_date} ${session.period}`,
      session,
    ]),
  );
  const fault = faultAt(work.faults, columns);
  for (const row of bookings)
    if (!byKey.has(sessionKey(row.value)))
      fault(row, 'service_code', '这个门诊在这一天这一午别没有出诊，请先导入排班');
  return byKey;
}

async function bookVisits(
  tx: Tx,
  ctx: ImportSoldContext,
  work: Work,
  sessions: Map<string, SessionView>,
): Promise<number> {
  const rows = work.rows.filter(
    (row) =>
      row.value.kind === 'booking' && namesPerson(row.value) && sessions.has(sessionKey(row.value)),
  );
  const known = await knownOrderNumbers(
    tx,
    work.hospital_id,
    rows.map((row) => row.value.order_number as string),
  );
  const fresh = rows.filter((row) => !known.has(row.value.order_number as string));
  const ids = [
    ...new Set(fresh.map((row) => (sessions.get(sessionKey(row.value)) as SessionView).id)),
  ].sort();
  const visits = seatVisits({
    rows: fresh,
    sessionOf: (row) => (sessions.get(sessionKey(row.value)) as SessionView).id,
    patients: work.patients,
    stocks: await lockStockForImport(tx, ids),
    ordinals: await usedOrdinals(tx, ids),
    faults: work.faults,
    newId: () => newId(ctx),
  });
  // With a fault nothing will stand, so nothing more needs to be written.
  if (work.faults.total() > 0) return visits.length;
  await insertMigratedVisits(tx, { ...work, visits });
  return visits.length;
}

async function writeStandings(tx: Tx, ctx: ImportSoldContext, work: Work): Promise<number> {
  const of = (kind: string): SoldRow[] => work.rows.filter((row) => row.value.kind === kind);
  const restrictions = of('restriction').map((row) => ({
    id: newId(ctx),
    event_id: newId(ctx),
    patient_id: work.patients.get(row.line) as string,
    // `until` includes its day.
    ends_at: shanghaiInstant(
      addDays(row.value.restricted_until as string, 1),
      '00:00',
    ).toISOString(),
  }));
  // Of several counts for one person the last row counts.
  const counts = new Map(
    of('no_shows').map((row) => {
      const patient_id = work.patients.get(row.line) as string;
      return [
        patient_id,
        { event_id: newId(ctx), patient_id, no_shows: row.value.no_shows as number },
      ];
    }),
  );
  if (work.faults.total() > 0) return restrictions.length + counts.size;
  const restricted = await insertMigratedRestrictions(tx, { ...work, restrictions });
  return restricted + (await upsertNoShowCounts(tx, { ...work, counts: [...counts.values()] }));
}

/** The visits of a stopped session end as `stopped` when booking hears of the stop. */
async function stopSessions(
  tx: Tx,
  ctx: ImportSoldContext,
  work: Work,
  sessions: Map<string, SessionView>,
): Promise<void> {
  if (work.faults.total() > 0) return;
  const stopped = new Map<string, SessionView>();
  for (const row of work.rows) {
    if (row.value.kind !== 'booking' || row.value.status !== 'stopped') continue;
    const session = sessions.get(sessionKey(row.value));
    if (session?.status === 'planned') stopped.set(session.id, session);
  }
  for (const session of stopped.values())
    await stopSession(
      { ...ctx, db: joined(tx) },
      {
        hospital_id: work.hospital_id,
        session_id: session.id,
        reason: '原系统已停诊',
        actor: work.actor,
      },
    );
}

/** Lets a verb that opens its own transaction join this one: all or nothing includes it. */
function joined(tx: Tx): Db {
  const refuse = (): never => {
    throw new Error('only statements and transactions can join a transaction');
  };
  return {
    ...tx,
    hot: tx,
    lane: tx,
    tx: (work) => work(tx),
    roundTrips: refuse,
    connect: refuse,
    close: refuse,
  };
}
