import type { AddressInfo } from 'node:net';
import pg from 'pg';
import { expireReferrals, lapseHolds, offerRebookings, tickDirect } from './booking/index.ts';
import { buildApp } from './app.ts';
import { createContext, type Context, type Overrides } from './context.ts';
import { startDemoAuthority } from './demo-authority.ts';
import { startDemoHis } from './demo-his.ts';
import { prepareDemo } from './demo.ts';
import { startDemoWitnesses, type DemoWitnesses } from './demo-witnesses.ts';
import { WitnessRefusal } from './evidence/index.ts';
import { limitSharing } from './gate/index.ts';
import { offerSetup, sweepPersonalData, type DemoLogins } from './identity/index.ts';
import { remindPatients, sendMessages } from './notify/index.ts';
import { startPaper } from './paper/index.ts';
import { tickPayment } from './payment/index.ts';
import { personData } from './person-data.ts';
import { readConfig, type Config } from './platform/config.ts';
import {
  acquireServerLock,
  assertUtf8,
  startEmbeddedDatabase,
} from './platform/database-server.ts';
import type { App } from './platform/http.ts';
import { newId } from './platform/id.ts';
import { listenWide } from './platform/listen.ts';
import { loggedError } from './platform/log.ts';
import { createLoop, type Loop } from './platform/loop.ts';
import { migrate } from './platform/migrate.ts';
import { missingYears } from './platform/working-days.ts';
import { tickRelease } from './release/index.ts';

export type Running = { url: string; welcome: string; ctx: Context; stop(): Promise<void> };

export type StartOptions = {
  environment: Record<string, string | undefined>;
  /** Runs the worker's loops in this process too. */
  background: boolean;
  /** Listens for requests; a worker does not. */
  listen?: boolean;
  overrides?: Omit<Overrides, 'database_url'>;
  /** More routes on the product's own server, e.g. what a bench compares with. */
  extend?: (app: App, ctx: Context) => void;
};

type Database = { url: string; stop(): Promise<void> };

/**
 * Starts the product: database, migrations, demo or first set-up, background loops, HTTP. Whatever
 * fails stops what was started before it and is reported in words.
 */
export async function startServer(options: StartOptions): Promise<Running> {
  const config = readConfig(options.environment);
  const database = await openDatabase(config);
  const ctx = createContext(config, { ...options.overrides, database_url: database.url });
  const isUp = Promise.withResolvers<void>();
  const authority = await startDemoAuthority(ctx);
  let witnesses: Promise<DemoWitnesses> | undefined;
  const stopDatabase = async (): Promise<void> => {
    await (await witnesses?.catch(() => undefined))?.stop();
    await authority.stop();
    await ctx.db.close();
    ctx.fields.persons.close();
    await database.stop();
  };
  try {
    await migrate(ctx.db);
    const keepKeys = await keepFieldKeys(ctx);
    if (options.background && config.demo && ctx.witnesses.length === 0)
      witnesses = beginDemoWitnesses(ctx, isUp.promise);
    const demo = config.demo ? await prepareDemo(ctx) : undefined;
    const code = demo ? undefined : await offerSetup(ctx);
    const app = await buildApp(ctx, {
      log: config.log_level !== 'silent',
      ...(demo ? { demo } : {}),
    });
    options.extend?.(app, ctx);
    // Before anybody can announce a draw: its manifest names them.
    ctx.witnesses.push(...((await witnesses)?.settings ?? []));
    const listening = options.listen === false ? undefined : await listen(app, config);
    for (const year of missingYears(ctx.clock.now()))
      report(new Error(`The official holidays of ${year} are missing in working-days.ts.`));
    const loops = options.background ? startLoops(ctx) : [];
    loops.push(createLoop(ticks_ms.keys, keepKeys, report));
    // Every server moves the rooms on: each holds its own streams and numbers handed out.
    loops.push(createLoop(ticks_ms.gate, () => ctx.gate.rooms.tick(), report));
    loops.push(createLoop(ticks_ms.limits, limitSharing(ctx), report));
    loops.push(createLoop(ticks_ms.delegates, () => ctx.guard.delegates.refresh(), report));
    if (options.background && demo) loops.push(await startDemoHis(ctx, report));
    isUp.resolve();
    const url = addressOf(config, app.server.address() as AddressInfo | null);
    return {
      url,
      ctx,
      welcome: welcome(url, demo, code),
      stop: async () => {
        const deaf = listening?.();
        await app.close();
        await deaf;
        for (const loop of loops) await loop.stop();
        await ctx.paymentSandbox?.stop();
        await stopDatabase();
      },
    };
  } catch (error) {
    await stopDatabase();
    throw error;
  }
}

/** They start while the demo is prepared; whoever waits for them hears of a failure. */
function beginDemoWitnesses(ctx: Context, isUp: Promise<void>): Promise<DemoWitnesses> {
  const starting = startDemoWitnesses(ctx, reportLoudly, isUp);
  starting.catch(() => undefined);
  return starting;
}

/**
 * Learns the keys of fields, says which ones this server knows, and gives the work that keeps both
 * true: `npm run keys:rotate` waits for every running server.
 */
async function keepFieldKeys(ctx: Context): Promise<() => Promise<void>> {
  const server_id = newId(ctx);
  const keep = async (): Promise<void> => {
    await ctx.fields.refresh(ctx.db);
    await ctx.fields.report(ctx.db, ctx.clock, server_id);
  };
  await keep();
  return keep;
}

/** @throws Error in a sentence when another program has the port. */
async function listen(app: App, { host, port }: Config): Promise<() => Promise<void>> {
  try {
    return await listenWide(app, { host, port });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EADDRINUSE') throw error;
    throw new Error(
      `Port ${port} on ${host} is in use, perhaps by another copy of this server: stop it, or choose another with PORT.`,
      { cause: error },
    );
  }
}

/** The external database when one is named, else the embedded one; refuses a server that is not UTF-8. */
async function openDatabase(config: Config): Promise<Database> {
  if (config.database_url === undefined)
    return startEmbeddedDatabase({
      dataDir: config.data_dir,
      onExit: (code) => {
        console.error(
          `The database stopped (${code ?? 'killed'}); the server cannot go on without it.`,
        );
        process.exit(1);
      },
    });
  const unlock = await acquireServerLock(config.data_dir);
  const client = new pg.Client({ connectionString: config.database_url });
  try {
    await client.connect();
    await assertUtf8(client);
  } catch (error) {
    await unlock();
    throw error;
  } finally {
    await client.end().catch(() => undefined);
  }
  return { url: config.database_url, stop: unlock };
}

const ticks_ms = {
  delegates: 30_000,
  payment: 1000,
  gate: 1000,
  limits: 1000,
  release: 500,
  holds: 1000,
  messages: 1000,
  reminders: 5000,
  rebookings: 3000,
  keys: 2000,
  retention: 3_600_000,
};

function report(error: unknown): void {
  console.error('background work failed and will be tried again:', loggedError(error));
}

/** What no retry heals and a person must see, whatever else scrolls by. */
function reportLoudly(error: unknown): void {
  const { message } = loggedError(error);
  console.error(`\n${'!'.repeat(78)}\n${message}\n${'!'.repeat(78)}\n`);
}

/** Events, the log's sequencer and its witnesses, releases and draws, expired holds, messages. */
function startLoops(ctx: Context): Loop[] {
  ctx.outbox.start(report);
  ctx.sequencer.start(report);
  ctx.witnessing.start((error) =>
    error instanceof WitnessRefusal ? reportLoudly(error) : report(error),
  );
  return [
    ctx.witnessing,
    ctx.outbox,
    createLoop(ticks_ms.release, () => tickRelease(ctx), report),
    createLoop(ticks_ms.holds, () => lapseHolds(ctx), report),
    createLoop(ticks_ms.payment, () => tickPayment(ctx), report),
    createLoop(ticks_ms.holds, () => tickDirect(ctx), report),
    createLoop(ticks_ms.holds, () => expireReferrals(ctx), report),
    createLoop(ticks_ms.messages, afterTheCrowd(ctx, sendMessages), report),
    createLoop(ticks_ms.retention, () => sweepPersonalData(ctx, personData(ctx)), report),
    createLoop(ticks_ms.reminders, afterTheCrowd(ctx, remindPatients), report),
    createLoop(ticks_ms.rebookings, afterTheCrowd(ctx, offerRebookings), report),
    startPaper(ctx, reportLoudly),
    ctx.sequencer,
  ];
}

const crowd_ms_max = 10_000;

/** Work that lets people at the door go first, and waits for them ten seconds at most. */
function afterTheCrowd(
  ctx: Context,
  work: (ctx: Context) => Promise<unknown>,
): () => Promise<unknown> {
  let ran_at = performance.now();
  return async () => {
    if (ctx.bookingHot.take.crowded() && performance.now() - ran_at < crowd_ms_max) return;
    ran_at = performance.now();
    await work(ctx);
  };
}

function addressOf(config: Config, address: AddressInfo | null): string {
  const host = config.host.includes(':') ? `[${config.host}]` : config.host;
  return `${config.tls ? 'https' : 'http'}://${host}:${address?.port ?? config.port}`;
}

function welcome(url: string, demo: DemoLogins | undefined, code: string | undefined): string {
  const lines = [
    '',
    '正号 is ready.',
    `  patients  ${url}/`,
    `  staff     ${url}/console/`,
    `  API       ${url}/openapi.json`,
    `  log       ${url}/log/checkpoint`,
  ];
  if (code !== undefined)
    lines.push('', `First administrator: open ${url}/console/setup and enter the code ${code}`);
  if (demo) {
    lines.push('', 'Demo sign-ins (fictional people; codes appear at /outbox):');
    for (const staff of demo.staff)
      lines.push(`  ${staff.username.padEnd(9)} ${staff.password}  ${staff.display_name}`);
    lines.push(`  patients: any of the phones ${demo.phones.join('  ')}`);
    for (const person of demo.people.slice(0, 3))
      lines.push(`  e.g. ${person.name} ${person.document_number}`);
  }
  return `${lines.join('\n')}\n`;
}
