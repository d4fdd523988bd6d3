import type { AddressInfo } from 'node:net';
import { Agent, get } from 'node:http';
import { parseArgs } from 'node:util';
import { buildApp } from '../../src/app.ts';
import { createContext } from '../../src/context.ts';
import { prepareDemo } from '../../src/demo.ts';
import { readConfig } from '../../src/platform/config.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { testCluster } from '../../test/support/cluster.ts';
import { BenchError, type Case } from './section.ts';

const CONNECTIONS = 64;

/**
 * Availability of a department over loopback: from the snapshot everybody shares, and with every read
 * asking the database. Both on this machine, client and server together.
 */
export async function* benchRead(args: string[]): AsyncGenerator<Case> {
  const { values } = parseArgs({ args, options: { seconds: { type: 'string' } } });
  const seconds = Number(values.seconds ?? 5);
  if (!(seconds > 0 && seconds <= 600))
    throw new BenchError('--seconds is a number from 1 to 600.', true);
  for (const snapshot_ms of [1000, 0]) {
    const { reads, round_trips } = await measure(snapshot_ms, seconds);
    const name = snapshot_ms === 0 ? 'database' : 'snapshot';
    const per_second = Math.round(reads / seconds);
    yield {
      figures: { reads: name, per_second, statements_per_1000_reads: Math.round((round_trips / reads) * 1000) }, // prettier-ignore
      table: [
        [`availability, ${name}`, `${per_second} reads/s`],
        ['statements for 1,000 reads', ((round_trips / reads) * 1000).toFixed(1)],
      ],
    };
  }
}

async function measure(
  snapshot_ms: number,
  seconds: number,
): Promise<{ reads: number; round_trips: number }> {
  const cluster = await testCluster();
  const config = readConfig({ DATA_DIR: cluster.dataDir, LOG_LEVEL: 'silent' });
  const ctx = createContext(config, { database_url: cluster.url, snapshot_ms });
  try {
    await migrate(ctx.db);
    await prepareDemo(ctx);
    ctx.guard.on.limits = false;
    const app = await buildApp(ctx);
    await app.listen({ port: 0, host: '127.0.0.1' });
    const { port } = app.server.address() as AddressInfo;
    const hospitals = (await app.inject('/api/hospitals')).json<{ hospitals: { id: string }[] }>();
    const hospital = await app.inject(`/api/hospitals/${hospitals.hospitals[0]?.id}`);
    const { departments } = hospital.json<{ departments: { id: string }[] }>();
    const url = `http://127.0.0.1:${port}/api/departments/${departments[0]?.id}/availability`;
    const before = ctx.db.roundTrips();
    const reads = await storm(url, seconds);
    await app.close();
    return { reads, round_trips: ctx.db.roundTrips() - before };
  } finally {
    await ctx.db.close();
    await cluster.stop();
  }
}

/** Reads over so many connections, each asking again as soon as it is answered. */
async function storm(url: string, seconds: number): Promise<number> {
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  const until = performance.now() + seconds * 1000;
  let reads = 0;
  const one = (): Promise<void> =>
    new Promise((resolve, reject) => {
      get(url, { agent }, (reply) => {
        if (reply.statusCode !== 200)
          reject(new BenchError(`${url} answered ${reply.statusCode}.`));
        reply.resume().once('end', resolve);
      }).once('error', reject);
    });
  const reader = async (): Promise<void> => {
    while (performance.now() < until) {
      await one();
      reads++;
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, reader));
  agent.destroy();
  return reads;
}
