import { spawn } from 'node:child_process';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { BeaconConfig } from '../../src/platform/beacon-config.ts';
import type { Db } from '../../src/platform/db.ts';
import { projectFolder } from '../../src/platform/project.ts';
import { sql } from '../../src/platform/sql.ts';

/** A configuration of beacons without any way out, but for what a test opens. */
export function beaconConfig(change: Partial<BeaconConfig>): { beacon: BeaconConfig } {
  return { beacon: { kind: 'drand', drand_urls: [], city: undefined, ...change } };
}

/** A small web server on loopback. */
export async function listening(handler: RequestListener): Promise<{ url: string; stop(): void }> {
  const server = createServer(handler);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    stop: () => server.close().closeAllConnections(),
  };
}

export const beaconCli = join(projectFolder, 'src/release/beacon/cli.ts');

/** A key holder in a process of its own, from a ceremony's folder; `end` ends it, with its exit code. */
export async function holderProcess(
  folder: string,
  n: number,
  port = '0',
): Promise<{ url: string; end(): Promise<number | null> }> {
  const files = ['--share', join(folder, `share-${n}.json`), '--group', join(folder, 'group.json')];
  const child = spawn(
    process.execPath,
    [beaconCli, 'hold', ...files, '--port', port, '--until-stdin-ends'],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const ended = new Promise<number | null>((done) => child.once('exit', done));
  for await (const text of child.stdout) {
    const url = /http:\/\/\S+/.exec(String(text))?.[0];
    if (url === undefined) continue;
    return {
      url,
      end: () => {
        child.stdin.end();
        return ended;
      },
    };
  }
  throw new Error('the key holder ended before it listened');
}

let draws = 0;

/** A draw of which nothing matters but its beacon; returns its id. */
export async function bareDraw(db: Db, beacon: object): Promise<string> {
  const n = ++draws;
  const manifest = JSON.stringify({ beacon, n });
  const { id } = await db.one<{ id: string }>(sql`
    insert into release.draw (id, hospital_id, code, number, draw_group, state, kind, opens_at, closes_at, seal_by,
      round_at, confirm_until, manifest, manifest_hash, announced_event_id)
    values (gen_random_uuid(), '00000000-0000-4000-8000-000000000001', ${`bare-${n}`}, ${n}, 'EYE', 'sealed', 'first',
      now(), now(), now(), now(), now(), ${manifest}, ${`hash ${n}`}, gen_random_uuid())
    returning id`);
  return id;
}
