import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { systemClock } from './clock.ts';
import type { FieldAlgorithm } from './crypto/index.ts';
import { openDb, type Db } from './db.ts';
import { openFields } from './field-keys.ts';
import { openPersonKeys } from './person-key-file.ts';
import { projectFolder } from './project.ts';
import { systemRandom } from './random.ts';
import { rotateFieldKeys, type Rotation } from './rotate-field-keys.ts';
import { openDatabaseOf } from './running-database.ts';
import { openSecrets } from './secrets.ts';
import { sql } from './sql.ts';

const USAGE = `Usage: npm run keys:rotate -- --actor NAME [options]
  Makes a new key for sealed fields, seals every field anew, proves that nothing is left under an
  older key and retires it; a run a day later destroys it. Servers keep running meanwhile. A run that
  was stopped goes on where it was.
  --actor NAME        who decides this; it is written into the log
  --reseal            makes no new key: only seals anew what another key or algorithm sealed
  --algorithm NAME    aes-256-gcm or sm4; default what the servers use (FIELD_ALGORITHM)
  --data DIR          the data folder with the built-in database and the root secret; default data
  --person-keys DIR   the persons' keys; default person-keys in the data folder
  --database URL      a PostgreSQL database instead of the built-in one`;

class BadUse extends Error {}

type Options = {
  actor: string;
  reseal: boolean;
  algorithm: FieldAlgorithm | undefined;
  data: string;
  person_keys: string;
  database: string | undefined;
};

const algorithms: Record<string, FieldAlgorithm> = {
  'aes-256-gcm': 'aes-256-gcm',
  sm4: 'sm4-ctr-hmac-sm3',
};

function readOptions(args: string[]): Options {
  const text = { type: 'string' } as const;
  const names = { actor: text, algorithm: text, data: text, 'person-keys': text, database: text };
  try {
    const options = { ...names, reseal: { type: 'boolean' } } as const;
    const { values } = parseArgs({ args, options });
    const { actor, algorithm, data = join(projectFolder, 'data'), database, reseal } = values;
    if (actor === undefined || !/\S/.test(actor)) throw new BadUse('Give --actor.');
    if (algorithm !== undefined && !(algorithm in algorithms))
      throw new BadUse(`--algorithm must be aes-256-gcm or sm4, not ${algorithm}.`);
    if (!existsSync(join(data, 'root-secret')))
      throw new BadUse(`${data} holds no root-secret: restore it from its backup.`);
    return {
      ...{ actor, data, database, reseal: reseal === true },
      algorithm: algorithm === undefined ? undefined : algorithms[algorithm],
      person_keys: values['person-keys'] ?? join(data, 'person-keys'),
    };
  } catch (error) {
    throw error instanceof BadUse ? error : new BadUse((error as Error).message);
  }
}

/** What the servers seal with, as the newest of them reported it. */
async function algorithmInUse(db: Db): Promise<FieldAlgorithm> {
  const row = await db.maybe<{ algorithm: FieldAlgorithm }>(
    sql`select algorithm from platform.field_key_server order by seen_at desc limit 1`,
  );
  return row?.algorithm ?? 'aes-256-gcm';
}

async function rotate(
  options: Options,
  say: (line: string) => void,
  pause_ms: number,
): Promise<Rotation> {
  const server = options.database === undefined ? await openDatabaseOf(options.data) : undefined;
  const db = openDb(options.database ?? server?.url ?? '', { connections_max: 2 });
  const persons = openPersonKeys(options.person_keys);
  try {
    const secrets = openSecrets(options.data, systemRandom);
    const fields = openFields(secrets, persons, options.algorithm ?? (await algorithmInUse(db)));
    return await rotateFieldKeys(
      { db, secrets, fields, clock: systemClock, random: systemRandom },
      {
        actor: `operator:${options.actor}`,
        keepKey: options.reseal,
        pause: () => sleep(pause_ms),
        onBatch: ({ column, resealed }) => say(`${column}: ${resealed} sealed anew`),
      },
    );
  } finally {
    persons.close();
    await db.close();
    await server?.stop();
  }
}

// Servers look for new keys every two seconds.
const pause_ms_default = 2500;

/** `npm run keys:rotate`. @returns the exit code: 0 done, 1 failed, 2 bad use. */
export async function keysCommand(
  args: string[],
  say: (line: string) => void,
  pause_ms = pause_ms_default,
): Promise<number> {
  try {
    const done = await rotate(readOptions(args), say, pause_ms);
    for (const { name, resealed, total } of done.columns)
      say(`${name}: ${total} values, ${resealed} sealed anew, 0 left under another key`);
    say(`Active key: ${done.key_id}.`);
    if (done.retired.length > 0) say(`Retired: ${done.retired.join(', ')}. Run it again in a day.`);
    if (done.destroyed.length > 0) say(`Destroyed: ${done.destroyed.join(', ')}.`);
    return 0;
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    if (!(error instanceof BadUse)) return 1;
    say(USAGE);
    return 2;
  }
}

if (import.meta.main)
  process.exitCode = await keysCommand(process.argv.slice(2), (line) => console.log(line));
