import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '../platform/clock.ts';
import { startEmbeddedDatabase } from '../platform/database-server.ts';
import { openDb } from '../platform/db.ts';
import { openFields } from '../platform/field-keys.ts';
import { openPersonKeys } from '../platform/person-key-file.ts';
import { projectFolder } from '../platform/project.ts';
import { systemRandom } from '../platform/random.ts';
import { openSecrets } from '../platform/secrets.ts';
import { renewLog, type Renewed } from './renew.ts';

const USAGE = `Usage: npm run log:renew -- --actor NAME [options]
  After a restoration from a backup: continues the log under a new origin. Stop the server first.
  --actor NAME       who decides this; it is written into the log
  --origin NAME      the new origin; default a fresh name
  --data DIR         the data folder with the built-in database and the keys; default data
  --database URL     a PostgreSQL database instead, with the keys in --data
  --out FILE         where the new origin's first checkpoint goes; default new-origin.checkpoint`;

class BadUse extends Error {}
type Options = { actor: string; origin?: string; data: string; database?: string; out: string };

function readOptions(args: string[]): Options {
  const text = { type: 'string' } as const;
  const names = { actor: text, origin: text, data: text, database: text, out: text };
  try {
    const { actor, origin, database, ...rest } = parseArgs({ args, options: names }).values;
    if (actor === undefined || !/\S/.test(actor)) throw new BadUse('Give --actor.');
    const data = rest.data ?? join(projectFolder, 'data');
    if (!existsSync(join(data, 'root-secret')))
      throw new BadUse(`${data} holds no root-secret: restore it from its backup.`);
    return {
      ...{ actor, data, out: rest.out ?? 'new-origin.checkpoint' },
      ...(origin === undefined ? {} : { origin }),
      ...(database === undefined ? {} : { database }),
    };
  } catch (error) {
    throw error instanceof BadUse ? error : new BadUse((error as Error).message);
  }
}

async function renew(options: Options): Promise<Renewed> {
  const { actor, origin, data } = options;
  const server =
    options.database === undefined ? await startEmbeddedDatabase({ dataDir: data }) : undefined;
  const db = openDb(options.database ?? server?.url ?? '', { connections_max: 2 });
  const secrets = openSecrets(data, systemRandom);
  const fields = openFields(secrets, openPersonKeys(join(data, 'person-keys')));
  try {
    await fields.refresh(db);
    return await renewLog(
      { db, secrets, fields, clock: systemClock, random: systemRandom },
      { actor: `operator:${actor}`, ...(origin === undefined ? {} : { origin }) },
    );
  } finally {
    await db.close();
    await server?.stop();
  }
}

/** `npm run log:renew`. @returns the exit code: 0 done, 1 failed, 2 bad use. */
export async function renewCommand(args: string[], say: (line: string) => void): Promise<number> {
  try {
    const options = readOptions(args);
    const done = await renew(options);
    writeFileSync(options.out, done.checkpoint);
    say(`The log ${done.old_origin} goes on as ${done.origin} from ${done.old_size} entries.`);
    say(`Its key: ${done.vkey}`);
    say(`Its first checkpoint is in ${options.out}. Give both to each witness, which starts with:`);
    say(`  npm run witness -- --log ${done.vkey} --checkpoint ${options.out} --name … --dir …`);
    return 0;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    if (!(error instanceof BadUse)) return 1;
    say(USAGE);
    return 2;
  }
}

if (import.meta.main)
  process.exitCode = await renewCommand(process.argv.slice(2), (line) => console.log(line));
