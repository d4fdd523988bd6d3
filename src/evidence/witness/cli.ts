import { mkdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { systemClock } from '../../platform/clock.ts';
import { acquireServerLock, FolderInUseError } from '../../platform/database-server-lock.ts';
import { systemRandom } from '../../platform/random.ts';
import type { Start } from './begin.ts';
import { serveWitness } from './server.ts';
import { createWitness } from './witness.ts';

const USAGE = `Usage: npm run witness -- --log VKEY --name NAME --dir DIR [options]
  --log VKEY           the verifier key of the log, from its operator or its /log/vkey
  --name NAME          this witness's name, e.g. witness.example/w1
  --dir DIR            its folder: key, and what it has seen of the log
  --first              begins with a log that nobody has seen yet
  --checkpoint FILE    begins with a log as of this signed checkpoint
                       (neither: goes on from what is in the folder)
  --key FILE           its private key; default DIR/key, made at the first start
  --port P, --host H   where it listens; default 8091 on 127.0.0.1
  --until-stdin-ends   ends when its standard input does`;

const ending_ms_max = 3000;

class BadUse extends Error {}

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;

function readOptions(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        ...{ log: text, name: text, dir: text, first: flag, checkpoint: text, key: text },
        ...{ port: { ...text, default: '8091' }, host: text, 'until-stdin-ends': flag },
      },
    });
    const { log, name, dir } = values;
    if (log === undefined || name === undefined || dir === undefined)
      throw new BadUse('Give --log, --name and --dir.');
    if (values.first && values.checkpoint !== undefined)
      throw new BadUse('Give --first or --checkpoint, not both.');
    if (!/^\d{1,5}$/.test(values.port)) throw new BadUse('--port must be a number.');
    return { ...values, log, name, dir };
  } catch (error) {
    throw error instanceof BadUse ? error : new BadUse((error as Error).message);
  }
}

function startOf(options: { first: boolean; checkpoint?: string | undefined }): Start {
  if (options.first) return { first: true };
  if (options.checkpoint === undefined) return undefined;
  return { checkpoint: readFileSync(options.checkpoint, 'utf8') };
}

/** Two processes on one folder could sign two histories. One that is just ending is waited for. */
async function lockFolder(dir: string): Promise<() => Promise<void>> {
  for (let waited_ms = 0; ; waited_ms += 100)
    try {
      return await acquireServerLock(dir);
    } catch (error) {
      if (!(error instanceof FolderInUseError)) throw error;
      if (waited_ms >= ending_ms_max)
        throw new Error(`Another witness (process ${error.pid}) is using ${dir}.`, {
          cause: error,
        });
      await sleep(100);
    }
}

/** Runs a witness as a process of its own: `npm run witness`. */
async function run(args: string[]): Promise<void> {
  const options = readOptions(args);
  mkdirSync(options.dir, { recursive: true, mode: 0o700 });
  const unlock = await lockFolder(options.dir);
  const start = startOf(options);
  const witness = createWitness({
    ...{ log: options.log, name: options.name, dir: options.dir },
    ...(options.key === undefined ? {} : { key_file: options.key }),
    ...(start ? { start } : {}),
    ...{ clock: systemClock, random: systemRandom },
  });
  const server = await serveWitness(witness, {
    port: Number(options.port),
    ...(options.host === undefined ? {} : { host: options.host }),
  });
  const end = async (): Promise<void> => {
    await server.close();
    await unlock();
    process.exit(0);
  };
  process.once('SIGTERM', () => void end());
  // A child ends with its parent, which gets the terminal's interrupt too and may still need it.
  process.on('SIGINT', () => (options['until-stdin-ends'] ? undefined : void end()));
  if (options['until-stdin-ends']) process.stdin.resume().on('end', () => void end());
  process.stdout.write(`${witness.about()}The witness ${witness.vkey} listens on ${server.url}.\n`);
}

await run(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof BadUse) process.stderr.write(`${USAGE}\n`);
  process.exit(error instanceof BadUse ? 2 : 1);
});
