import { spawn } from 'node:child_process';
import type { AddressInfo } from 'node:net';
import { parseArgs } from 'node:util';
import { buildApp } from '../../src/app.ts';
import { createContext } from '../../src/context.ts';
import { prepareDemo } from '../../src/demo.ts';
import { readConfig } from '../../src/platform/config.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { testCluster } from '../../test/support/cluster.ts';
import { BenchError, type Case } from './section.ts';

const CONNECTIONS = 64;

/** What a browser sends, and what one sends that has the answer of a second ago. */
const asks = {
  plain: {},
  browser: { 'accept-encoding': 'gzip, deflate, br' },
  unchanged: { 'accept-encoding': 'gzip, deflate, br', 'if-none-match': '' },
};

/**
 * Availability of a department over loopback: from the snapshot everybody shares (as text, as a browser
 * asks, and asked again by one that has it), and with every read asking the database. The server has one
 * thread; the readers are another process on the same machine.
 */
export async function* benchRead(args: string[]): AsyncGenerator<Case> {
  const { values } = parseArgs({ args, options: { seconds: { type: 'string' } } });
  const seconds = Number(values.seconds ?? 5);
  if (!(seconds > 0 && seconds <= 600))
    throw new BenchError('--seconds is a number from 1 to 600.', true);
  yield* measure({ snapshot_ms: 1000, seconds, asked: ['plain', 'browser', 'unchanged'] });
  yield* measure({ snapshot_ms: 0, seconds, asked: ['browser'] });
}

async function* measure(input: {
  snapshot_ms: number;
  seconds: number;
  asked: (keyof typeof asks)[];
}): AsyncGenerator<Case> {
  const cluster = await testCluster();
  const config = readConfig({ DATA_DIR: cluster.dataDir, LOG_LEVEL: 'silent' });
  const { snapshot_ms, seconds } = input;
  const ctx = createContext(config, { database_url: cluster.url, snapshot_ms });
  try {
    await migrate(ctx.db);
    await prepareDemo(ctx);
    const app = await buildApp(ctx);
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    const hospitals = (await app.inject('/api/hospitals')).json<{ hospitals: { id: string }[] }>();
    const hospital = await app.inject(`/api/hospitals/${hospitals.hospitals[0]?.id}`);
    const { departments } = hospital.json<{ departments: { id: string }[] }>();
    const path = `/api/departments/${departments[0]?.id}/availability`;
    let etag = '';
    for (const name of input.asked) {
      const before = ctx.db.roundTrips();
      const headers = { ...asks[name], ...(name === 'unchanged' ? { 'if-none-match': etag } : {}) };
      const read = await storm({ port, path, headers, seconds });
      ({ etag } = read);
      const statements = ctx.db.roundTrips() - before;
      yield caseOf(snapshot_ms === 0 ? 'database' : name, read, statements);
    }
    await app.close();
  } finally {
    await ctx.db.close();
    await cluster.stop();
  }
}

type Read = { reads: number; seconds: number; bytes: number; etag: string; all: number };

function caseOf(name: string, { reads, seconds, bytes, all }: Read, statements: number): Case {
  const per_second = Math.round(reads / seconds);
  const per_1000 = Math.round((statements / all) * 1000);
  return {
    figures: { reads: name, per_second, bytes_a_read: Math.round(bytes / reads), statements_per_1000_reads: per_1000 }, // prettier-ignore
    table: [
      [`availability, ${name}`, `${per_second} reads/s`],
      ['bytes a read', String(Math.round(bytes / reads))],
      ['statements for 1,000 reads', String(per_1000)],
    ],
  };
}

/** Reads over so many connections by another process, each asking again as soon as it is answered. */
async function storm(input: {
  port: number;
  path: string;
  headers: Record<string, string>;
  seconds: number;
}): Promise<Read> {
  const { port, path, headers, seconds } = input;
  const file = new URL('./read-load.ts', import.meta.url).pathname;
  const args = ['--port', String(port), '--path', path, '--headers', JSON.stringify(headers)];
  const more = ['--connections', String(CONNECTIONS), '--seconds', String(seconds)];
  const child = spawn(process.execPath, [file, ...args, ...more], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let text = '';
  child.stdout.setEncoding('utf8').on('data', (piece: string) => (text += piece));
  const code = await new Promise((resolve) => void child.once('close', resolve));
  if (code !== 0) throw new BenchError(`The readers of ${path} stopped.`);
  const read = JSON.parse(text) as Read & { statuses: Record<string, number> };
  const wanted = headers['if-none-match'] ? '304' : '200';
  const others = Object.keys(read.statuses).filter((status) => status !== wanted);
  if (others.length > 0) throw new BenchError(`${path} answered ${others.join(', ')}.`);
  return { ...read, reads: read.statuses[wanted] ?? 0 };
}
