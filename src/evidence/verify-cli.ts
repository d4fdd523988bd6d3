import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { FolderInUseError, startEmbeddedDatabase } from '../platform/database-server.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import { openDb, type Db } from '../platform/db.ts';
import { openFields } from '../platform/field-keys.ts';
import { openPersonKeys } from '../platform/person-key-file.ts';
import { projectFolder } from '../platform/project.ts';
import { systemRandom } from '../platform/random.ts';
import { openSecrets, type Secrets } from '../platform/secrets.ts';
import { folderSource, httpSource, type LogSource } from './log-source.ts';
import { logVkey } from './log-key.ts';
import { readLogState } from './store.ts';
import { examineCopy, examineLog, type LogReport } from './verify.ts';

const USAGE = `Usage: npm run log:verify -- [options]
  (none)                        the running server at http://127.0.0.1:8080/log, else the data folder
  --log URL|FOLDER              a log over HTTP or in a folder of files
  --data DIR                    the built-in database in DIR (its server must be stopped)
  --database URL --data DIR     a PostgreSQL database, with the keys in DIR
  --database URL                the same without the keys: leaves of persons are not recomputed
  --person-keys DIR             where the persons' keys are, when not in DIR/person-keys
  --vkey KEY                    the log's verifier key, as you noted it earlier
  --from FILE                   an older checkpoint that the log must extend
Ends with 0 when all is well, 1 when something is wrong, 2 on bad use.`;

const SERVER = 'http://127.0.0.1:8080/log';

class BadUse extends Error {}

type Options = {
  log?: string | undefined;
  data?: string | undefined;
  'person-keys'?: string | undefined;
  database?: string | undefined;
  vkey?: string | undefined;
  from?: string | undefined;
};
type Say = (line: string) => void;

/**
 * `npm run log:verify`: checks a log and prints plain sentences.
 * @returns the exit code: 0 all is well, 1 findings, 2 bad use or nothing to check.
 */
export async function verifyCommand(args: string[], say: Say): Promise<number> {
  try {
    const options = readOptions(args);
    if (!options) {
      say(USAGE);
      return 0;
    }
    return report(await examine(options, say), say);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    if (error instanceof BadUse) say(USAGE);
    return 2;
  }
}

function readOptions(args: string[]): (Options & { from?: string | undefined }) | undefined {
  const text = { type: 'string' } as const;
  const options = {
    log: text,
    data: text,
    'person-keys': text,
    database: text,
    vkey: text,
    from: text,
  };
  try {
    const { values } = parseArgs({ args, options: { ...options, help: { type: 'boolean' } } });
    if (values.help === true) return undefined;
    if (values.log !== undefined && (values.data ?? values.database) !== undefined)
      throw new BadUse('Give either --log, or --data and --database.');
    return values;
  } catch (error) {
    throw error instanceof BadUse ? error : new BadUse((error as Error).message);
  }
}

async function examine(options: Options, say: Say): Promise<LogReport> {
  const from = options.from === undefined ? undefined : readFileSync(options.from, 'utf8');
  const given = { ...options, ...(from === undefined ? {} : { from }) };
  if (options.log !== undefined) return copy(sourceAt(options.log), given, say);
  if (options.database !== undefined) return database(options.database, given, say);
  if (options.data === undefined) {
    const server = httpSource(SERVER);
    const isUp = await server.checkpoint().then(
      (note) => note !== undefined,
      () => false,
    );
    if (isUp) {
      say(
        `Checking the running server at ${SERVER}; events are compared with --data or --database.`,
      );
      return copy(server, given, say);
    }
  }
  return embedded(options.data ?? join(projectFolder, 'data'), given, say);
}

function sourceAt(place: string): LogSource {
  if (/^https?:\/\//.test(place)) return httpSource(place);
  if (!existsSync(place)) throw new BadUse(`There is no folder ${place}.`);
  return folderSource(place);
}

async function copy(source: LogSource, { vkey, from }: Options, say: Say): Promise<LogReport> {
  const key = vkey ?? (await source.vkey());
  if (key === undefined) throw new BadUse('Nothing there tells the log’s key: give --vkey.');
  if (vkey === undefined) sayUnpinned(key, say);
  return examineCopy(source, { vkey: key, ...(from === undefined ? {} : { from }) });
}

function sayUnpinned(vkey: string, say: Say): void {
  say(`The key ${vkey} comes from the log itself; compare it with your own note of it (--vkey).`);
}

async function embedded(data: string, options: Options, say: Say): Promise<LogReport> {
  if (!existsSync(join(data, 'postgres')))
    throw new BadUse(`No server answers at ${SERVER}, and ${data} holds no database.`);
  const started = await startEmbeddedDatabase({ dataDir: data }).catch((error: unknown) => {
    if (!(error instanceof FolderInUseError)) throw error;
    throw new BadUse(
      `The server (process ${error.pid}) is using ${data}: check it with --log and its address, or stop it first.`,
    );
  });
  try {
    return await database(started.url, { ...options, data }, say);
  } finally {
    await started.stop();
  }
}

async function database(url: string, options: Options, say: Say): Promise<LogReport> {
  const db = openDb(url, { connections_max: 2 });
  try {
    const state = await readLogState(db);
    if (!state) throw new Error('The log in this database has not begun.');
    const secrets = options.data === undefined ? undefined : existingSecrets(options.data);
    const vkey = options.vkey ?? (secrets ? logVkey(secrets, state.origin) : state.vkey);
    if (options.vkey === undefined && !secrets) sayUnpinned(vkey, say);
    const keys =
      secrets &&
      openFields(secrets, openPersonKeys(personKeysIn(options['person-keys'], options.data)));
    await keys?.refresh(db);
    return await withKeys(db, { ...options, vkey }, keys);
  } finally {
    await db.close();
  }
}

async function withKeys(
  db: Db,
  { vkey, from }: Options & { vkey: string },
  fields: FieldCrypto | undefined,
): Promise<LogReport> {
  const older = from === undefined ? {} : { from };
  return examineLog({
    db,
    vkey,
    ...older,
    ...(fields ? { fields } : {}),
  });
}

/** Where the persons' keys are: beside the root secret unless the installation keeps them elsewhere. */
function personKeysIn(given: string | undefined, data: string | undefined): string {
  return given ?? join(data ?? '.', 'person-keys');
}

/** Reads the root secret; a verifier never makes one. */
function existingSecrets(data: string): Secrets {
  if (!existsSync(join(data, 'root-secret')))
    throw new BadUse(`${data} holds no root-secret, so persons' leaves cannot be recomputed.`);
  return openSecrets(data, systemRandom);
}

function report(found: LogReport, say: Say): number {
  const { events, findings } = found;
  if (events) {
    say(`${events.compared} leaves were compared with their events.`);
    if (events.not_recheckable > 0)
      say(
        `${events.not_recheckable} leaves are of persons whose keys are not there (destroyed, or not given): not re-checkable.`,
      );
    if (events.waiting > 0)
      say(`${events.waiting} events wait for an earlier one of their subject.`);
    if (events.pending > 0) say(`${events.pending} events are not in the log yet.`);
  }
  for (const finding of findings) say(`WRONG (${finding.code}): ${finding.sentence}`);
  if (findings.length > 0) {
    say(`log NOT verified: ${findings.length} findings`);
    return 1;
  }
  const signed = found.signed_at?.toISOString() ?? 'a time this copy does not tell';
  say(`log verified: ${found.leaves} leaves, root ${found.root}, checkpoint signed at ${signed}`);
  return 0;
}

if (import.meta.main)
  process.exitCode = await verifyCommand(process.argv.slice(2), (line) => console.log(line));
