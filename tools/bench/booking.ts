import { fork, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import project from '../../package.json' with { type: 'json' };
import type { Answer, Ask } from './booking/server.ts';
import { BenchError, type Case } from './section.ts';

const doctors = 64;
const connection_counts = [64, 512];
const requests_a_second_max = 8_000;
/** As `npm start` has them. */
const serverFlags = project.scripts.start.match(/--\S+/g) ?? [];
const case_names = ['a', 'b', 'c', 'd'] as const;
type CaseName = (typeof case_names)[number];

/** What a case asks of which sessions: days are columns, so that every run has sessions of its own. */
type Plan = {
  name: CaseName | 'rowlock' | 'warm';
  connections: number;
  day: number;
  count: number;
};

/**
 * Bookings through the product as it is started, from a load generator in a process of its own, at 64
 * and at 512 connections: (a) 5,000 people at one session of 30 numbers, (b) eight people a number of
 * one doctor, (c) people and numbers enough in one session, (d) the same over 64 doctors. Beside each
 * stand, measured in the same run: `noop`, `bare` and `rowlock`.
 */
export async function* benchBooking(args: string[]): AsyncGenerator<Case> {
  const { seconds, only, connections_only } = optionsOf(args);
  const many = Math.ceil(seconds * requests_a_second_max);
  const plans = plansOf(many);
  const folder = mkdtempSync(join(tmpdir(), 'zhenghao-bench-'));
  const server = await startBenchServer(folder, { plans, people: many });
  try {
    for (const connections of connections_only) {
      const load = (path: string, plan: Plan) => measure(server, { folder, seconds, path, plan });
      const mine = plans.filter((plan) => plan.connections === connections);
      const planOf = (name: Plan['name']) => mine.find((plan) => plan.name === name) as Plan;
      // Nobody measures a server in its first seconds, while its code is still being compiled.
      await load('/api/appointments', planOf('warm'));
      const noop = () => load('/api/bench/noop', planOf('c'));
      let before = await noop();
      const bare = await load('/', planOf('c'));
      const rowlock = await load('/api/bench/rowlock', planOf('rowlock'));
      for (const name of only) {
        const run = await load('/api/appointments', planOf(name));
        // The machine changes its pace within minutes, so what a case is compared with runs on both sides of it.
        const after = await noop();
        const noop_per_s = (before.requests_per_s + after.requests_per_s) / 2;
        yield report({ name, connections, run, noop_per_s, bare, rowlock });
        before = after;
      }
    }
  } finally {
    server.child.disconnect();
    await once(server.child, 'exit');
    rmSync(folder, { recursive: true, force: true });
  }
}

type Options = { seconds: number; only: readonly CaseName[]; connections_only: readonly number[] };

/** `--case` and `--connections` narrow the run, e.g. while one case is being looked at. */
function optionsOf(args: string[]): Options {
  const option = { type: 'string' } as const;
  const options = { seconds: option, case: option, connections: option };
  const { values } = parseArgs({ args, options });
  const seconds = Number(values.seconds ?? 5);
  if (!(seconds >= 1 && seconds <= 60))
    throw new BenchError('--seconds is a number from 1 to 60.', true);
  const only = case_names.filter((name) => values.case === undefined || name === values.case);
  if (only.length === 0) throw new BenchError('--case is a, b, c or d.', true);
  const connections_only = connection_counts.filter(
    (count) => values.connections === undefined || String(count) === values.connections,
  );
  if (connections_only.length === 0) throw new BenchError('--connections is 64 or 512.', true);
  return { seconds, only, connections_only };
}

function plansOf(many: number): Plan[] {
  let day = 0;
  return connection_counts.flatMap((connections) => [
    { name: 'a' as const, connections, day: day++, count: 5_000 },
    { name: 'b' as const, connections, day: day++, count: 8 * 500 },
    { name: 'c' as const, connections, day: day++, count: many },
    { name: 'd' as const, connections, day: day++, count: many },
    { name: 'rowlock' as const, connections, day: day++, count: many },
    { name: 'warm' as const, connections, day: day++, count: many },
  ]);
}

/** How many numbers a doctor has for a run. */
function numbersOf(plan: Plan, doctor: number): number {
  if (plan.name === 'd') return Math.ceil(plan.count / doctors);
  if (doctor > 0) return 0;
  if (plan.name === 'a') return 30;
  return plan.name === 'b' ? 500 : plan.count;
}

type Server = { child: ChildProcess; ended: Promise<never>; port: number; bare_port: number };

async function startBenchServer(
  folder: string,
  { plans, people }: { plans: readonly Plan[]; people: number },
): Promise<Server> {
  const numbers = Array.from({ length: doctors }, (_, doctor) =>
    plans.map((plan) => numbersOf(plan, doctor)),
  );
  const setting = { data_dir: join(folder, 'data'), doctors, people, numbers };
  const child = fork(new URL('./booking/server.ts', import.meta.url), [JSON.stringify(setting)], {
    execArgv: serverFlags,
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit').then((): never => {
    throw new BenchError('The server under measurement ended.');
  });
  ended.catch(() => undefined);
  const ready = await answerOf({ child, ended }, 'ready');
  return { child, ended, ...ready };
}

/** The child's next answer of a kind; its end is an error. */
async function answerOf<Kind extends Answer['answer']>(
  { child, ended }: Pick<Server, 'child' | 'ended'>,
  kind: Kind,
): Promise<Extract<Answer, { answer: Kind }>> {
  for (;;) {
    const [message] = (await Promise.race([once(child, 'message'), ended])) as [Answer];
    if (message.answer === kind) return message as Extract<Answer, { answer: Kind }>;
  }
}

function ask(child: ChildProcess, asked: Ask): void {
  child.send(asked);
}

type Measured = {
  requests_per_s: number;
  accepted_per_s: number;
  p50: number;
  p99: number;
  asked_p99: number;
  heard_p99: number;
  asked_back_per_s: number;
  oversold: number;
  lost: number;
};

async function measure(
  server: Server,
  of: { folder: string; seconds: number; path: string; plan: Plan },
): Promise<Measured> {
  const { folder, path, plan } = of;
  const requests = join(folder, 'requests');
  const acknowledged = join(folder, 'acknowledged');
  const targets: [number, number][] =
    plan.name === 'd'
      ? Array.from({ length: doctors }, (_, doctor) => [doctor, plan.day])
      : [[0, plan.day]];
  const { count } = plan;
  ask(server.child, { ask: 'requests', file: requests, path, count, targets });
  await answerOf(server, 'requests');
  const load = await runLoad([
    ...['--port', String(path === '/' ? server.bare_port : server.port)],
    ...['--requests', requests, '--acknowledged', acknowledged],
    ...['--connections', String(plan.connections), '--seconds', String(of.seconds)],
    ...['--warm-port', String(server.bare_port)],
  ]);
  ask(server.child, { ask: 'sweep', file: acknowledged });
  const isReal = path === '/api/appointments';
  const { oversold, lost } = await answerOf(server, 'sweep');
  const total = Object.values(load.statuses).reduce((sum, one) => sum + one, 0);
  const asked_back = load.statuses['503'] ?? 0;
  return {
    requests_per_s: (total - asked_back) / load.elapsed_s,
    asked_back_per_s: asked_back / load.elapsed_s,
    accepted_per_s: load.accepted / load.elapsed_s,
    p50: load.p50,
    p99: load.p99,
    asked_p99: load.asked_p99,
    heard_p99: load.heard_p99,
    oversold: isReal ? oversold : 0,
    lost: isReal ? lost : 0,
  };
}

type Load = {
  elapsed_s: number;
  accepted: number;
  p50: number;
  p99: number;
  asked_p99: number;
  heard_p99: number;
  statuses: Record<string, number>;
};

async function runLoad(args: string[]): Promise<Load> {
  const file = new URL('./booking/load.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [file, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (piece: Buffer) => (text += piece.toString()));
  const [code] = (await once(child, 'close')) as [number];
  if (code !== 0) throw new BenchError('The load generator failed.');
  return JSON.parse(text) as Load;
}

function report(of: {
  name: CaseName;
  connections: number;
  run: Measured;
  noop_per_s: number;
  bare: Measured;
  rowlock: Measured;
}): Case {
  const { name, connections, run, noop_per_s, bare, rowlock } = of;
  const whole = (value: number): number => Math.round(value);
  const tenth = (value: number): number => Math.round(value * 10) / 10;
  return {
    figures: {
      case: name,
      connections,
      accepted_per_s: whole(run.accepted_per_s),
      requests_per_s: whole(run.requests_per_s),
      noop_per_s: whole(noop_per_s),
      bare_per_s: whole(bare.requests_per_s),
      rowlock_per_s: whole(rowlock.accepted_per_s),
      p50_ms: tenth(run.p50),
      p99_ms: tenth(run.p99),
      asked_back_per_s: whole(run.asked_back_per_s),
      since_first_asked_p99_ms: whole(run.asked_p99),
      first_heard_p99_ms: whole(run.heard_p99),
      oversold: run.oversold,
      lost: run.lost,
    },
    table: [
      [`booking (${name}) at ${connections} connections`, ''],
      ['accepted a second', String(whole(run.accepted_per_s))],
      ['answered a second', String(whole(run.requests_per_s))],
      ['answered / noop', (run.requests_per_s / noop_per_s).toFixed(2)],
      ['accepted / rowlock', (run.accepted_per_s / rowlock.accepted_per_s).toFixed(1)],
      ['noop / bare', (noop_per_s / bare.requests_per_s).toFixed(2)],
      ['p50, p99 of accepted', `${tenth(run.p50)}, ${tenth(run.p99)} ms`],
      ['asked to come back a second', String(whole(run.asked_back_per_s))],
      ['p99 since the first time of asking', `${whole(run.asked_p99)} ms`],
      ['p99 from connecting to a first small answer', `${whole(run.heard_p99)} ms`],
      ['oversold, lost', `${run.oversold}, ${run.lost}`],
    ],
  };
}
