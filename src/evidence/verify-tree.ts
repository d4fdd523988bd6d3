import { createPublicKey, verify } from 'node:crypto';
import {
  appendLeafHashes,
  decodeEntries,
  edgeRoot,
  EMPTY_EDGE,
  equalBytes,
  leafHash,
  parseCheckpoint,
  parseNote,
  parseVkey,
  TILE_WIDTH,
  concatBytes,
  toHex,
  signaturesBy,
  utf8,
  ED25519_ALG,
  type Checkpoint,
  type LogEdge,
  type Note,
  type NoteKey,
  type Tile,
} from '../platform/tlog/index.ts';
import { nodeHasher } from '../platform/tlog/node-hasher.ts';
import type { LogSource } from './log-source.ts';

/** One thing that is wrong, as a stable code and a plain sentence. */
export type Finding = { code: FindingCode; sentence: string };
export type FindingCode =
  | 'checkpoint'
  | 'signature'
  | 'root'
  | 'entries'
  | 'tile'
  | 'older-checkpoint'
  | 'renewal'
  | 'head'
  | 'leaf-altered'
  | 'event-missing'
  | 'leaf-missing'
  | 'version-gap'
  | 'version-order';

export type TreeReport = {
  findings: Finding[];
  /** The log as recomputed from its entries; its size is that of the checkpoint. */
  edge: LogEdge;
  checkpoint: Checkpoint | undefined;
};

/** Older checkpoints by size, each with where it comes from for the sentence. */
export type OlderCheckpoint = { checkpoint: Checkpoint; label: string };
export type ReadOlder = (from: number, to: number) => Promise<OlderCheckpoint[]>;

const FINDINGS_MAX = 100;

/**
 * Recomputes a log from its entries: every leaf hash, every tile, the root, and the roots of older
 * checkpoints, and checks the newest checkpoint's signature under `vkey`.
 */
export async function verifyTree(
  source: LogSource,
  options: { vkey: string; older?: ReadOlder },
): Promise<TreeReport> {
  const findings: Finding[] = [];
  const note = await source.checkpoint();
  const opened = openCheckpoint(note, options.vkey);
  findings.push(...opened.findings);
  const { checkpoint } = opened;
  if (!checkpoint) return { findings, edge: EMPTY_EDGE, checkpoint };
  const edge = await walk(source, checkpoint.size, {
    findings,
    older: options.older ?? (async () => []),
  });
  if (edge.size === checkpoint.size && !equalBytes(edgeRoot(edge, nodeHasher), checkpoint.root))
    findings.push({
      code: 'root',
      sentence: `The ${edge.size} entries give the root ${toHex(edgeRoot(edge, nodeHasher))}, but the checkpoint says ${toHex(checkpoint.root)}.`,
    });
  return { findings, edge, checkpoint };
}

/** Reads and checks one signed checkpoint. */
export function openCheckpoint(
  note: string | undefined,
  vkey: string,
  label = 'The checkpoint',
): { findings: Finding[]; checkpoint: Checkpoint | undefined } {
  if (note === undefined)
    return {
      findings: [{ code: 'checkpoint', sentence: `${label} is missing.` }],
      checkpoint: undefined,
    };
  try {
    const key = parseVkey(vkey);
    const signed = parseNote(note);
    const checkpoint = parseCheckpoint(signed.text);
    const findings: Finding[] = [];
    if (!isSigned(signed, key))
      findings.push({ code: 'signature', sentence: `${label} is not signed by ${key.name}.` });
    if (checkpoint.origin !== key.name)
      findings.push({
        code: 'checkpoint',
        sentence: `${label} is of the log ${checkpoint.origin}, not of ${key.name}.`,
      });
    return { findings, checkpoint };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return {
      findings: [{ code: 'checkpoint', sentence: `${label} cannot be read: ${why}.` }],
      checkpoint: undefined,
    };
  }
}

/** As `verifyNote` of the portable tlog code, but native: a log has as many checkpoints as busy seconds. */
function isSigned(note: Note, key: NoteKey): boolean {
  if (key.alg !== ED25519_ALG) return false;
  const x = Buffer.from(key.publicKey).toString('base64url');
  const publicKey = createPublicKey({ key: { kty: 'OKP', crv: 'Ed25519', x }, format: 'jwk' });
  const mine = signaturesBy(note, key);
  const text = utf8(note.text);
  return mine.length > 0 && mine.every((one) => verify(null, text, publicKey, one.signature));
}

type Walk = { findings: Finding[]; older: ReadOlder };

async function walk(source: LogSource, size: number, state: Walk): Promise<LogEdge> {
  let edge = EMPTY_EDGE;
  await checkOlder(edge, [], state);
  while (edge.size < size && state.findings.length < FINDINGS_MAX) {
    const index = edge.size / TILE_WIDTH;
    const width = Math.min(TILE_WIDTH, size - edge.size);
    const data = await readBundle(source, index, width, state.findings);
    if (!data) return edge;
    const hashes = data.map((bytes) => leafHash(bytes, nodeHasher));
    await checkOlder(edge, hashes, state);
    const next = appendLeafHashes(edge, hashes, nodeHasher);
    for (const tile of next.tiles)
      if (tile.width === TILE_WIDTH) await checkTile(source, tile, state.findings);
    edge = next.edge;
  }
  for (const [level, hashes] of edge.partial.entries()) {
    if (hashes.length === 0) continue;
    const index = Math.floor(edge.size / TILE_WIDTH ** (level + 1));
    const tile = { level, index, width: hashes.length, bytes: concatBytes(...hashes) };
    await checkTile(source, tile, state.findings);
  }
  return edge;
}

async function readBundle(
  source: LogSource,
  index: number,
  width: number,
  findings: Finding[],
): Promise<Uint8Array[] | undefined> {
  const bundle = await source.entries(index, width);
  try {
    const entries = bundle && decodeEntries(bundle);
    if (entries && entries.length >= width) return entries.slice(0, width);
  } catch {
    // An unreadable bundle is as good as none.
  }
  findings.push({
    code: 'entries',
    sentence: `Entries ${index * TILE_WIDTH} to ${index * TILE_WIDTH + width - 1} are missing or cannot be read.`,
  });
  return undefined;
}

async function checkTile(source: LogSource, tile: Tile, findings: Finding[]): Promise<void> {
  const bytes = await source.tile(tile);
  if (bytes && equalBytes(bytes, tile.bytes)) return;
  const what = bytes ? 'differs from what its entries give' : 'is missing';
  findings.push({
    code: 'tile',
    sentence: `Tile ${tile.index} of level ${tile.level} (${tile.width} hashes) ${what}.`,
  });
}

async function checkOlder(edge: LogEdge, hashes: Uint8Array[], state: Walk): Promise<void> {
  for (const { checkpoint, label } of await state.older(edge.size, edge.size + hashes.length)) {
    const upTo = hashes.slice(0, checkpoint.size - edge.size);
    const then = appendLeafHashes(edge, upTo, nodeHasher).edge;
    if (equalBytes(edgeRoot(then, nodeHasher), checkpoint.root)) continue;
    state.findings.push({
      code: 'older-checkpoint',
      sentence: `${label} over ${checkpoint.size} leaves contradicts this log: its first ${checkpoint.size} entries give another root. History was rewritten.`,
    });
  }
}
