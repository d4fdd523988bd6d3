import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db, Tx } from '../platform/db.ts';
import { eventSalt, readPersonKeys } from '../platform/person-keys.ts';
import {
  appendLeafHashes,
  edgeRoot,
  equalBytes,
  leafHash,
  toHex,
  type Checkpoint,
} from '../platform/tlog/index.ts';
import { nodeHasher } from '../platform/tlog/node-hasher.ts';
import { databaseSource, type LogSource } from './log-source.ts';
import { leafData } from './rules.ts';
import { readCheckpoint, readCheckpointsIn } from './store-checkpoint.ts';
import { readLeafData, readLogState } from './store.ts';
import { checkRenewals, readOrigins, type Origins } from './verify-renewals.ts';
import * as replay from './verify-store.ts';
import {
  openCheckpoint,
  verifyTree,
  type Finding,
  type OlderCheckpoint,
  type ReadOlder,
} from './verify-tree.ts';

export type LogReport = {
  findings: Finding[];
  /** Leaves under the checkpoint, all recomputed. */
  leaves: number;
  /** Root over them in hex. */
  root: string;
  signed_at: Date | undefined;
  /** With the database: what was compared with its events. */
  events?: { compared: number; not_recheckable: number; pending: number; waiting: number };
};

const CHUNK = 2000;
const FINDINGS_MAX = 100;

/**
 * Checks a copy of the log, from HTTP or files, from its entries up. `from` is an older checkpoint
 * (a signed note) that this log must extend.
 */
export async function examineCopy(
  source: LogSource,
  options: { vkey: string; from?: string },
): Promise<LogReport> {
  const { findings, older, origins, vkey } = await openOlder(source, options);
  const tree = await verifyTree(source, { vkey, older: inRange(older, origins) });
  findings.push(...tree.findings, ...beyond(older, tree.checkpoint, origins));
  const root = toHex(edgeRoot(tree.edge, nodeHasher));
  return { findings, leaves: tree.edge.size, root, signed_at: undefined };
}

/**
 * Checks the log in the database and replays its events against it, as of one moment. `fields` opens
 * the persons' keys; an event whose person's key was destroyed counts as not re-checkable, as do all
 * of persons when `fields` is left out.
 */
export async function examineLog(options: {
  db: Db;
  fields?: FieldCrypto;
  vkey: string;
  from?: string;
}): Promise<LogReport> {
  return options.db.tx(async (tx) => {
    await replay.freeze(tx);
    const { findings, older, origins, vkey } = await openOlder(databaseSource(tx), options);
    const tree = await verifyTree(databaseSource(tx), {
      vkey,
      older: async (from, to) => [
        ...(await inRange(older, origins)(from, to)),
        ...(await storedCheckpoints(tx, { from, to, origins }, findings)),
      ],
    });
    findings.push(...tree.findings, ...beyond(older, tree.checkpoint, origins));
    findings.push(...(await checkHead(tx, tree.edge)));
    const compared = await compareEvents(tx, options.fields, findings);
    const reach = await checkReach(tx, findings);
    return {
      findings,
      leaves: tree.edge.size,
      root: toHex(edgeRoot(tree.edge, nodeHasher)),
      signed_at: (await readCheckpoint(tx))?.signed_at,
      events: { ...compared, pending: reach.pending, waiting: reach.waiting },
    };
  });
}

/** The findings of {@link examineLog}; empty when the log and every event agree. */
export async function verifyLog(options: {
  db: Db;
  fields: FieldCrypto;
  vkey: string;
  from?: string;
}): Promise<Finding[]> {
  return (await examineLog(options)).findings;
}

type Opened = {
  findings: Finding[];
  older: OlderCheckpoint[];
  origins: Origins;
  /** The key under the log's present name. */
  vkey: string;
};

/** Every older checkpoint the log must extend: the given one, and the last of each former origin. */
async function openOlder(
  source: LogSource,
  options: { vkey: string; from?: string },
): Promise<Opened> {
  const renewals = await source.renewals().catch((error: unknown) => {
    if (error instanceof TypeError || error instanceof SyntaxError) return undefined;
    throw error;
  });
  const origins = readOrigins(options.vkey, renewals ?? []);
  const { findings, older } = await checkRenewals(source, renewals ?? [], origins);
  if (!renewals)
    findings.push({ code: 'renewal', sentence: 'The list of renewals cannot be read.' });
  if (options.from !== undefined) older.push(...openFrom(options.from, origins, findings));
  return { findings, older, origins, vkey: origins.vkeyOf(origins.present) ?? options.vkey };
}

function openFrom(note: string, origins: Origins, findings: Finding[]): OlderCheckpoint[] {
  const label = 'The older checkpoint';
  const vkey = origins.vkeyOf(note.slice(0, note.indexOf('\n'))) ?? origins.vkeyOf(origins.present);
  const opened = openCheckpoint(note, vkey ?? '', label);
  findings.push(...opened.findings);
  return opened.checkpoint ? [{ checkpoint: opened.checkpoint, label }] : [];
}

/**
 * Each older checkpoint is met once: in the bundle that reaches its size; size 0 before the first. One
 * of a former origin over more than was kept has nothing to be compared with; see `beyond`.
 */
function inRange(older: OlderCheckpoint[], origins: Origins): ReadOlder {
  const kept = older.filter(
    ({ checkpoint: { origin, size } }) => size <= (origins.endOf(origin) ?? Infinity),
  );
  return async (from, to) =>
    kept.filter(({ checkpoint: { size } }) => (to === 0 ? size === 0 : size > from && size <= to));
}

/** Checkpoints over more than the log kept: of all of it, or of a former origin when it was renewed. */
function beyond(
  older: OlderCheckpoint[],
  newest: Checkpoint | undefined,
  origins: Origins,
): Finding[] {
  return older.flatMap(({ checkpoint, label }): Finding[] => {
    const { origin, size } = checkpoint;
    const end = origins.endOf(origin);
    if (end !== undefined && size > end) {
      const sentence = `${label} covers ${size} leaves of the former origin ${origin}, of which ${end} were kept when the log was renewed: it proves that ${size - end} were lost.`;
      return [{ code: 'older-checkpoint', sentence }];
    }
    if (!newest || size <= newest.size) return [];
    const sentence = `${label} covers ${size} leaves, but this log has only ${newest.size}: leaves were removed.`;
    return [{ code: 'older-checkpoint', sentence }];
  });
}

/** The database's checkpoints in (from, to], each with its signature checked. */
async function storedCheckpoints(
  tx: Tx,
  range: { from: number; to: number; origins: Origins },
  findings: Finding[],
): Promise<OlderCheckpoint[]> {
  const { from, to, origins } = range;
  const rows = await readCheckpointsIn(tx, to === 0 ? -1 : from, to);
  return rows.flatMap((row): OlderCheckpoint[] => {
    const label = `The checkpoint of ${row.signed_at.toISOString()}`;
    const opened = openCheckpoint(row.note, origins.vkeyOf(row.origin) ?? '', label);
    findings.push(...opened.findings);
    const { checkpoint } = opened;
    if (!checkpoint) return [];
    const end = origins.endOf(row.origin) ?? Infinity;
    if (checkpoint.size === row.size && row.size <= end) return [{ checkpoint, label }];
    const sentence = `${label} is kept for ${row.size} leaves of ${row.origin} but says ${checkpoint.size}, or stands behind that origin's end.`;
    findings.push({ code: 'checkpoint', sentence });
    return [];
  });
}

/** Leaves after the checkpoint are not signed yet; the log's own head must still agree with them. */
async function checkHead(tx: Tx, signed: Parameters<typeof edgeRoot>[0]): Promise<Finding[]> {
  const state = await readLogState(tx);
  let edge = signed;
  for (;;) {
    const data = await readLeafData(tx, edge.size, CHUNK);
    if (data.length === 0) break;
    const hashes = data.map((bytes) => leafHash(bytes, nodeHasher));
    edge = appendLeafHashes(edge, hashes, nodeHasher).edge;
  }
  if (state?.size === edge.size && equalBytes(state.root, edgeRoot(edge, nodeHasher))) return [];
  const sentence = `The log's head says ${state?.size ?? 0} leaves, but there are ${edge.size}, or they give another root.`;
  return [{ code: 'head', sentence }];
}

async function compareEvents(
  tx: Tx,
  fields: FieldCrypto | undefined,
  findings: Finding[],
): Promise<{ compared: number; not_recheckable: number }> {
  let [compared, not_recheckable, at] = [0, 0, 0];
  while (findings.length < FINDINGS_MAX) {
    const rows = await replay.readLogged(tx, at, CHUNK);
    if (rows.length === 0) break;
    const persons = [...new Set(rows.flatMap((row) => row.person_id ?? []))];
    const keys = fields ? readPersonKeys(fields, persons) : new Map();
    for (const row of rows) {
      const verdict = compareRow(row, keys);
      if (verdict === 'same') compared++;
      else if (verdict === 'not-recheckable') not_recheckable++;
      else findings.push(verdict);
    }
    at = (rows.at(-1)?.index ?? at) + 1;
  }
  return { compared, not_recheckable };
}

const EVENT_LEAF = /^\{"h":"[0-9a-f]{64}","t":"event"\}$/;

function compareRow(
  row: replay.LoggedRow,
  keys: ReadonlyMap<string, Uint8Array>,
): 'same' | 'not-recheckable' | Finding {
  const { index, data, id } = row;
  const altered: Finding = {
    code: 'leaf-altered',
    sentence: `Leaf ${index} does not belong to event ${row.event_id} as it now stands: one of them was changed.`,
  };
  if (id === null)
    return {
      code: 'event-missing',
      sentence: `Leaf ${index} is of event ${row.event_id}, which is gone.`,
    };
  const key = row.person_id ? keys.get(row.person_id) : undefined;
  if (row.person_id && !key)
    return EVENT_LEAF.test(data.toString('latin1')) ? 'not-recheckable' : altered;
  const expected = leafData({ ...row, id }, key && eventSalt(key, id));
  return equalBytes(data, expected) ? 'same' : altered;
}

async function checkReach(tx: Tx, findings: Finding[]): Promise<replay.Reach> {
  const reach = await replay.readReach(tx);
  if (reach.missing_count > 0)
    findings.push({
      code: 'leaf-missing',
      sentence: `${reach.missing_count} events were passed over and have no leaf, e.g. ${reach.missing.slice(0, 3).join(', ')}.`,
    });
  for (const gap of await replay.readGaps(tx))
    findings.push({
      code: 'version-gap',
      sentence: `${gap.subject} has ${gap.events} events with versions from ${gap.lowest} to ${gap.highest}: some are missing.`,
    });
  for (const row of await replay.readDisorder(tx))
    findings.push({
      code: 'version-order',
      sentence: `Leaf ${row.index} is version ${row.version} of ${row.subject}, but a later version stands before it.`,
    });
  return reach;
}
