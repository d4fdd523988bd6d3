import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext } from '../../src/context.ts';
import { addDays, manualClock, shanghaiInstant } from '../../src/platform/clock.ts';
import { readConfig } from '../../src/platform/config.ts';
import { startEmbeddedDatabase } from '../../src/platform/database-server.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { ReplayError } from './errors.ts';
import type { DryRun, Preset } from '../../src/booking/index.ts';
import { makeHospital } from './hospital.ts';
import type { Limits } from './limits.ts';
import { readAppointments, type Appointment, type AppointmentFile } from './read-appointments.ts';
import { dryRunOf, putInForce } from './rules.ts';
import { sweep, type Swept } from './sweep.ts';
import { firstDay, liveThrough, type Refused } from './timeline.ts';

export { ReplayError } from './errors.ts';
export { readLimits } from './limits.ts';
export { readRules, reckon } from './rules.ts';

export type ReplayReport = {
  rows: number;
  accepted: number;
  rejected: AppointmentFile['rejected'];
  refused: Refused;
  /** What the same rules refuse when the file is reckoned through without a database. */
  dry_run?: DryRun;
  persons: number;
  sessions: number;
  no_shows: number;
  oversold: number;
  wall_s: number;
};

export type ReplayOptions = {
  file: string;
  limits: Limits;
  /** A preset of booking rules to put in force. */
  rules?: Preset;
  /** An empty or new folder that keeps the database; else a temporary one that is deleted. */
  data_dir?: string;
  tell(line: string): void;
};

type ReplayPlace = Required<Pick<ReplayOptions, 'data_dir' | 'limits' | 'tell'>> & {
  rules: Preset | undefined;
  appointments: readonly Appointment[];
};

/**
 * Carries a file of appointments through the product's booking verbs in a fresh embedded database,
 * as shipped, with the product's clock standing where the file says. Everything counts towards
 * `wall_s`, from reading the file to the sweep.
 * @throws ReplayError in words for the command line.
 */
export async function replay(options: ReplayOptions): Promise<ReplayReport> {
  const began = performance.now();
  const seconds = (): number => Math.round((performance.now() - began) / 100) / 10;
  const tell = (line: string): void =>
    options.tell(`${seconds().toFixed(1).padStart(6)} s  ${line}`);
  const file = await readAppointments(options.file);
  tell(`${file.rows} rows read`);
  if (file.appointments.length === 0) throw new ReplayError('No row of the file can be replayed.');
  const data_dir = await dataFolder(options.data_dir);
  try {
    const database = await startEmbeddedDatabase({ dataDir: data_dir });
    const { appointments, rows, rejected } = file;
    const { limits, rules } = options;
    const place = { appointments, data_dir, limits, rules, tell };
    const { refused, swept } = await replayIn(place, database.url).finally(database.stop);
    const { accepted, ...counts } = swept;
    const dry = rules ? { dry_run: dryRunOf(appointments, rules) } : {};
    return { rows, accepted, rejected, refused, ...dry, ...counts, wall_s: seconds() };
  } finally {
    if (options.data_dir === undefined) await rm(data_dir, { recursive: true, force: true });
  }
}

async function replayIn(
  { appointments, data_dir, limits, rules, tell }: ReplayPlace,
  database_url: string,
): Promise<{ refused: Refused; swept: Swept }> {
  const clock = manualClock(shanghaiInstant(addDays(firstDay(appointments), -1), '12:00'));
  const config = readConfig({ DATA_DIR: data_dir, DEMO: '0' });
  const ctx = createContext(config, { clock, database_url });
  try {
    await migrate(ctx.db);
    const hospital = await makeHospital(ctx, appointments, limits);
    if (rules) await putInForce(ctx, hospital.hospital_id, rules);
    tell('clinics, sessions, numbers and persons stand');
    const refused = await liveThrough({ ctx, clock, hospital, appointments, tell });
    tell('every day lived; sweeping');
    return { refused, swept: await sweep(ctx.db) };
  } finally {
    await ctx.db.close();
  }
}

async function dataFolder(wanted: string | undefined): Promise<string> {
  if (wanted === undefined) return mkdtemp(join(tmpdir(), 'zhenghao-replay-'));
  const found = await readdir(wanted).catch(() => []);
  if (found.length > 0)
    throw new ReplayError(`${wanted} is not empty: a replay needs a fresh database.`);
  return wanted;
}
