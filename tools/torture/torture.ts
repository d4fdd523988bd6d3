import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { createContext, type Context } from '../../src/context.ts';
import { readConfig } from '../../src/platform/config.ts';
import { startEmbeddedDatabase } from '../../src/platform/database-server.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { kill_kinds, planKills, type KillKind } from './kills.ts';
import { openPlace, type Place } from './place.ts';
import { readRecord } from './record.ts';
import { nothing_yet, type Tally } from './sender.ts';
import { setUp, type Size } from './setup.ts';
import type { StormOrder } from './storm.ts';
import { sweep, type Swept } from './sweep.ts';

export type TortureOptions = {
  kills: number;
  seed: string;
  /** Seconds of storm between the kills, all together. */
  seconds: number;
  tell(line: string): void;
};

export type TortureReport = Swept & {
  storm: Tally;
  kills: Record<KillKind, number>;
  /** Seconds from each kill to the next page served, in order. */
  recoveries_s: number[];
  wall_s: number;
  /** Kept when something was found. */
  folder: string | undefined;
};

const settle_seconds_max = 270;

/**
 * Lets a storm of bookings, cancellations, holds and entries loose on a server while it and its
 * database are killed, then reads everything afresh. The storm is a process of its own, so that what
 * it was told cannot be lost with the server.
 * @throws NoRecovery when the server does not come back.
 */
export async function torture(options: TortureOptions): Promise<TortureReport> {
  const began = performance.now();
  const seconds = (): number => Math.round((performance.now() - began) / 100) / 10;
  const tell = (line: string): void =>
    options.tell(`${seconds().toFixed(1).padStart(6)} s  ${line}`);
  const folder = mkdtempSync(join(tmpdir(), 'zhenghao-torture-'));
  const data_dir = join(folder, 'data');
  const place = await openPlace(data_dir, join(folder, 'url'));
  process.once('exit', place.abandon);
  let storm: Storm | undefined;
  try {
    storm = await startStorm(place, folder, { ...options, tell });
    const recoveries_s = await killAll(place, storm, { ...options, tell });
    await storm.settle();
    tell(`settled: ${tallyText(storm.tally())}`);
    assertStorm(storm.tally(), options);
    await place.stop();
    const swept = await sweepFolder(data_dir, storm.record_file);
    const kills = planned(options);
    const report = { ...swept, storm: storm.tally(), kills, recoveries_s, wall_s: seconds() };
    if (swept.findings.length > 0) return { ...report, folder };
    rmSync(folder, { recursive: true, force: true });
    return { ...report, folder: undefined };
  } catch (error) {
    tell(`given up; what is left is in ${folder}`);
    throw error;
  } finally {
    storm?.child.kill('SIGKILL');
    place.abandon();
    process.removeListener('exit', place.abandon);
  }
}

/** Whoever asked for nothing was promised nothing. */
function assertStorm({ acknowledged, cut }: Tally, { kills }: TortureOptions): void {
  if (acknowledged === 0 || (kills > 0 && cut === 0))
    throw new Error('the storm was too thin to prove anything');
}

const plan = ({ seed, kills, seconds }: TortureOptions): ReturnType<typeof planKills> =>
  planKills(seededRandom(`kills ${seed}`), kills, seconds);

function planned(options: TortureOptions): Record<KillKind, number> {
  const kinds = plan(options).map(({ kind }) => kind);
  const count = (kind: KillKind): number => kinds.filter((one) => one === kind).length;
  return Object.fromEntries(kill_kinds.map((kind) => [kind, count(kind)])) as Record<
    KillKind,
    number
  >;
}

async function killAll(place: Place, storm: Storm, options: TortureOptions): Promise<number[]> {
  const recoveries: number[] = [];
  for (const [at, one] of plan(options).entries()) {
    await Promise.race([sleep(one.after_ms), storm.died]);
    const recovery = await Promise.race([place.kill(one), storm.died]);
    recoveries.push(recovery);
    const count = `${at + 1}/${options.kills}`;
    options.tell(
      `kill ${count} ${one.kind.padEnd(8)} served again after ${recovery.toFixed(2)} s; ${tallyText(storm.tally())}`,
    );
  }
  // What comes after the last recovery belongs to the storm too.
  await Promise.race([sleep((options.seconds * 1000) / Math.max(1, options.kills)), storm.died]);
  return recoveries;
}

const tallyText = ({ asked, acknowledged, refused, repeated, cut }: Tally): string =>
  `${asked} asked, ${acknowledged} acknowledged, ${refused} refused, ${repeated} repeated, ${cut} cut off`;

type Storm = {
  child: ChildProcess;
  record_file: string;
  tally(): Tally;
  /** Rejects when the storm's process ends before it is told to. */
  died: Promise<never>;
  /** Lets it finish what is under way and repeat some keys. */
  settle(): Promise<void>;
};

/** A long storm has enough people and numbers to go on to its end; a short one is set up quickly. */
function sizeFor(seconds: number): Size {
  const long = seconds > 15;
  return {
    patients: long ? 1000 : 60,
    accounts: long ? 12 : 2,
    numbers: long ? 1500 : 150,
    scarce: 100,
  };
}

async function startStorm(place: Place, folder: string, options: TortureOptions): Promise<Storm> {
  const { population, db } = contextOf(join(folder, 'data'), 'postgres://127.0.0.1:1/nowhere');
  await db.close();
  const made = await setUp(place.url(), population, sizeFor(options.seconds));
  const record_file = join(folder, 'record.jsonl');
  const order: StormOrder = {
    ...made,
    ...{ seed: options.seed, url_file: join(folder, 'url'), record_file },
    ...{ window_workers: 12, window_pause_ms_max: 100 },
    home_pause_ms_max: made.accounts.length * 300,
  };
  const order_file = join(folder, 'order.json');
  writeFileSync(order_file, JSON.stringify(order));
  const people = made.patients.length + made.accounts.length * 5;
  options.tell(
    `storm: ${made.sessions.length} sessions, ${made.draws.length} draws, ${people} people`,
  );
  const child = spawn(process.execPath, [join(import.meta.dirname, 'storm.ts'), order_file], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  process.once('exit', () => child.kill('SIGKILL'));
  let tally = nothing_yet;
  createInterface({ input: child.stdout }).on('line', (line) => {
    tally = JSON.parse(line) as Tally;
  });
  const ended = once(child, 'exit') as Promise<[number | null]>;
  const died = ended.then((): never => {
    throw new Error('the process of the storm ended early');
  });
  died.catch(() => undefined);
  const settle = async (): Promise<void> => {
    child.stdin.end();
    const timer = setTimeout(() => child.kill('SIGKILL'), settle_seconds_max * 1000);
    const [code] = await ended;
    clearTimeout(timer);
    if (code !== 0) throw new Error(`the process of the storm ended with ${code}`);
  };
  return { child, record_file, tally: () => tally, died, settle };
}

function contextOf(data_dir: string, database_url: string): Context {
  const config = readConfig({ DATA_DIR: data_dir, DEMO: '1', LOG_LEVEL: 'silent' });
  return createContext(config, { database_url });
}

async function sweepFolder(data_dir: string, record_file: string): Promise<Swept> {
  const database = await startEmbeddedDatabase({ dataDir: data_dir });
  const ctx = contextOf(data_dir, database.url);
  try {
    return await sweep(ctx, readRecord(record_file));
  } finally {
    await ctx.db.close();
    await database.stop();
  }
}
