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
import { readCheckpoint, readCheckpointsAfter, readLeafData, readLogState } from './store.ts';
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
  const findings: Finding[] = [];
  const older = options.from === undefined ? [] : openFrom(options.from, options.vkey, findings);
  const tree = await verifyTree(source, { vkey: options.vkey, older: inRange(older) });
  findings.push(...tree.findings, ...beyond(older, tree.checkpoint));
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
    const findings: Finding[] = [];
    const given = options.from === undefined ? [] : openFrom(options.from, options.vkey, findings);
    const tree = await verifyTree(databaseSource(tx), {
      vkey: options.vkey,
      older: async (from, to) => [
        ...(await inRange(given)(from, to)),
        ...(await storedCheckpoints(tx, { from, to, vkey: options.vkey }, findings)),
      ],
    });
    findings.push(...tree.findings, ...beyond(given, tree.checkpoint));
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

function openFrom(note: string, vkey: string, findings: Finding[]): OlderCheckpoint[] {
  const label = 'The older checkpoint';
  const opened = openCheckpoint(note, vkey, label);
  findings.push(...opened.findings);
  return opened.checkpoint ? [{ checkpoint: opened.checkpoint, label }] : [];
}

/** Each older checkpoint is met once: in the bundle that reaches its size; size 0 before the first. */
function inRange(older: OlderCheckpoint[]): ReadOlder {
  return async (from, to) =>
    older.filter(({ checkpoint: { size } }) => (to === 0 ? size === 0 : size > from && size <= to));
}

function beyond(older: OlderCheckpoint[], newest: Checkpoint | undefined): Finding[] {
  return older
    .filter(({ checkpoint }) => newest && checkpoint.size > newest.size)
    .map(({ checkpoint, label }) => ({
      code: 'older-checkpoint',
      sentence: `${label} covers ${checkpoint.size} leaves, but this log has only ${newest?.size}: leaves were removed.`,
    }));
}

/** The database's checkpoints in (from, to], each with its signature checked. */
async function storedCheckpoints(
  tx: Tx,
  range: { from: number; to: number; vkey: string },
  findings: Finding[],
): Promise<OlderCheckpoint[]> {
  const { from, to, vkey } = range;
  const rows = await readCheckpointsAfter(tx, to === 0 ? -1 : from, 257);
  return rows
    .filter((row) => row.size <= to)
    .flatMap((row): OlderCheckpoint[] => {
      const label = `The checkpoint of ${row.signed_at.toISOString()}`;
      const opened = openCheckpoint(row.note, vkey, label);
      findings.push(...opened.findings);
      const { checkpoint } = opened;
      if (!checkpoint) return [];
      if (checkpoint.size === row.size) return [{ checkpoint, label }];
      const sentence = `${label} is kept for ${row.size} leaves but says ${checkpoint.size}.`;
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
    const keys = fields ? await readPersonKeys(tx, fields, persons) : new Map();
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
