import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { systemClock } from '../../platform/clock.ts';
import { systemRandom } from '../../platform/random.ts';
import { gatherRound } from './gather.ts';
import { readGroup, readShare } from './group.ts';
import { createHolder } from './holder.ts';
import { deal } from './shares.ts';

const USAGE = `Usage:
  npm run beacon -- deal --threshold T --holders N --period SECONDS --genesis UNIX --out FOLDER [--name NAME …]
  npm run beacon -- check --share FILE --group FILE
  npm run beacon -- hold --share FILE --group FILE [--host ADDRESS] [--port P] [--until-stdin-ends]
  npm run beacon -- round --group FILE --round R --holder URL [--holder URL …]
deal makes group.json and one secret share a holder; --name names the holders in order.`;

const ASK_MS = 10_000;

/** The person at the keyboard is told what to do; there is no stack to read. */
class UsageError extends Error {}

process.exitCode = await main(process.argv.slice(2));

/** Exit code 0: done; 1: it failed; 2: the command was not understood. */
async function main([command, ...args]: string[]): Promise<number> {
  try {
    if (command === 'deal') return dealShares(args);
    if (command === 'check') return checkShare(args);
    if (command === 'hold') return await hold(args);
    if (command === 'round') return await makeRound(args);
    throw new UsageError(
      command === undefined ? 'A command is missing.' : `No command "${command}".`,
    );
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    if (!(error instanceof UsageError)) return 1;
    console.error(USAGE);
    return 2;
  }
}

function dealShares(args: string[]): number {
  const options = read(args, {
    threshold: { type: 'string' },
    holders: { type: 'string' },
    period: { type: 'string' },
    genesis: { type: 'string' },
    out: { type: 'string' },
    name: { type: 'string', multiple: true },
  });
  const count = whole(options, 'holders');
  const named = options.name ?? [];
  if (Array.isArray(named) && named.length > count)
    throw new UsageError(`There are ${named.length} names for ${count} holders.`);
  const names = Array.from({ length: count }, (_, n) => String((named as string[])[n] ?? n + 1));
  const { group, shares } = deal(
    {
      threshold: whole(options, 'threshold'),
      names,
      genesis: whole(options, 'genesis'),
      period: whole(options, 'period'),
    },
    systemRandom,
  );
  const folder = given(options, 'out');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  // A second deal into the same folder would mix shares of two secrets.
  if (readdirSync(folder).length > 0) throw new Error(`${folder} is not empty.`);
  const write = (name: string, value: object, mode: number): void =>
    writeFileSync(join(folder, name), `${JSON.stringify(value, null, 2)}\n`, { mode, flag: 'wx' });
  for (const share of shares) write(`share-${share.index}.json`, share, 0o600);
  write('group.json', group, 0o644);
  console.log(`chain ${group.chain}`);
  console.log(`key   ${group.publicKey}`);
  for (const holder of group.holders)
    console.log(`share-${holder.index}.json is for ${holder.name}`);
  console.log('Hand each share to its holder alone, then destroy this folder.');
  return 0;
}

function checkShare(args: string[]): number {
  const options = read(args, { share: { type: 'string' }, group: { type: 'string' } });
  const group = readGroup(given(options, 'group'));
  const share = readShare(given(options, 'share'), group);
  const name = group.holders[share.index - 1]?.name ?? '';
  console.log(
    `This is share ${share.index} (${name}) of ${group.holders.length}; any ${group.threshold} make a round of chain ${group.chain}.`,
  );
  return 0;
}

async function hold(args: string[]): Promise<number> {
  const options = read(args, {
    share: { type: 'string' },
    group: { type: 'string' },
    host: { type: 'string', default: '127.0.0.1' },
    port: { type: 'string', default: '9470' },
    'until-stdin-ends': { type: 'boolean' },
  });
  const group = readGroup(given(options, 'group'));
  const share = readShare(given(options, 'share'), group);
  const server = createHolder({ group, share, clock: systemClock });
  const host = given(options, 'host');
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(whole(options, 'port'), host, resolve);
  });
  const { port } = server.address() as AddressInfo;
  const shown = host.includes(':') ? `[${host}]` : host;
  console.log(`Holding share ${share.index} at http://${shown}:${port}`);
  const stopped = new Promise<void>((resolve) => server.once('close', () => resolve()));
  const stop = (): void => {
    server.close();
    server.closeAllConnections();
  };
  process.once('SIGINT', stop).once('SIGTERM', stop);
  if (options['until-stdin-ends']) process.stdin.resume().once('end', stop).once('error', stop);
  await stopped;
  return 0;
}

async function makeRound(args: string[]): Promise<number> {
  const options = read(args, {
    group: { type: 'string' },
    round: { type: 'string' },
    holder: { type: 'string', multiple: true },
  });
  const group = readGroup(given(options, 'group'));
  const round = whole(options, 'round');
  const holders = (options.holder ?? []) as string[];
  if (holders.length === 0) throw new UsageError('--holder is missing.');
  const { signature, from, faults } = await gatherRound({
    group,
    round,
    holders: holders.map((url) => url.replace(/\/+$/, '')),
    network: fetch,
    timeout_ms: ASK_MS,
  });
  for (const fault of faults) console.error(fault);
  if (signature === undefined) {
    console.error(`${from.length} good parts; ${group.threshold} are needed.`);
    return 1;
  }
  console.log(signature);
  return 0;
}

type Options = Record<string, string | boolean | (string | boolean)[] | undefined>;

function read(args: string[], options: NonNullable<ParseArgsConfig['options']>): Options {
  try {
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

function given(options: Options, name: string): string {
  const value = options[name];
  if (typeof value !== 'string' || value === '') throw new UsageError(`--${name} is missing.`);
  return value;
}

function whole(options: Options, name: string): number {
  const value = Number(given(options, name));
  if (!Number.isSafeInteger(value) || value < 0)
    throw new UsageError(`--${name} must be a whole number.`);
  return value;
}
