import {
  decodeEntries,
  equalBytes,
  formatVkey,
  noteKey,
  parseCheckpoint,
  parseNote,
  parseVkey,
  TILE_WIDTH,
  toHex,
  utf8,
  type Checkpoint,
  type NoteKey,
} from '../platform/tlog/index.ts';
import type { LogSource } from './log-source.ts';
import type { Renewal } from './renewals.ts';
import { hashLeaf } from './rules.ts';
import { tileWidth } from './tiles.ts';
import { openCheckpoint, type Finding, type OlderCheckpoint } from './verify-tree.ts';

/**
 * The log's chain of origins. All of them are one key under several names, so whoever noted the key
 * under any of them can check the log as it now is: nothing in a list of renewals has to be trusted.
 */
export type Origins = {
  /** The verifier key of an origin in the chain; undefined for any other name. */
  vkeyOf(origin: string): string | undefined;
  /** Under which name the log signs now. */
  present: string;
  /** Up to how many leaves an origin's checkpoints count; undefined for the present one. */
  endOf(origin: string): number | undefined;
};

/** The origins before and after the one whose key is `vkey`. */
export function readOrigins(vkey: string, renewals: readonly Renewal[]): Origins {
  const key = readKey(vkey);
  let present = key?.name ?? '';
  const chain = new Map<string, number | undefined>([[present, undefined]]);
  for (const { old_origin, old_size, new_origin } of renewals) {
    chain.set(old_origin, old_size);
    if (!chain.has(new_origin)) chain.set(new_origin, undefined);
    if (old_origin === present) present = new_origin;
  }
  const vkeyOf = (origin: string): string | undefined =>
    key && chain.has(origin) ? formatVkey(noteKey(origin, key.alg, key.publicKey)) : undefined;
  return { present, vkeyOf, endOf: (origin) => chain.get(origin) };
}

function readKey(vkey: string): NoteKey | undefined {
  try {
    return parseVkey(vkey);
  } catch {
    return undefined; // told of where the checkpoint's signature is checked
  }
}

type Checked = { findings: Finding[]; older: OlderCheckpoint[] };

/**
 * Checks that each renewal leads from the origin before it with the same size and root, and that the
 * leaf it names tells of it. The old checkpoints come back, for the tree has to extend them.
 */
export async function checkRenewals(
  source: LogSource,
  renewals: readonly Renewal[],
  origins: Origins,
): Promise<Checked> {
  const findings: Finding[] = [];
  const older: OlderCheckpoint[] = [];
  const note = (sentence: string): void => void findings.push({ code: 'renewal', sentence });
  const size = sizeOf(await source.checkpoint());
  for (const [at, renewal] of renewals.entries()) {
    const { old_origin, new_origin } = renewal;
    const label = `The renewal from ${old_origin} to ${new_origin}`;
    const after = renewals[at + 1]?.old_origin ?? origins.present;
    if (after !== new_origin) note(`${label} is followed by ${after}.`);
    const before = opened(renewal.old_checkpoint, old_origin, origins, findings);
    const first = opened(renewal.new_checkpoint, new_origin, origins, findings);
    if (before && first) {
      older.push({ checkpoint: before, label: `The last checkpoint of ${old_origin}` });
      if (before.size !== renewal.old_size) note(`${label} names another size than it shows.`);
      if (before.size !== first.size || !equalBytes(before.root, first.root))
        note(`${label} does not go on from where the old origin stood.`);
      if (!tellsOf(renewal, before)) note(`${label} is told differently by its event.`);
    }
    if (!(await isLogged(source, renewal, size))) note(`${label} is not in the log where it says.`);
  }
  return { findings, older };
}

function opened(
  note: string,
  origin: string,
  origins: Origins,
  findings: Finding[],
): Checkpoint | undefined {
  const label = `A checkpoint of ${origin}`;
  const found = openCheckpoint(note, origins.vkeyOf(origin) ?? '', label);
  findings.push(...found.findings);
  return found.checkpoint;
}

function sizeOf(checkpoint: string | undefined): number {
  try {
    return parseCheckpoint(parseNote(checkpoint ?? '').text).size;
  } catch {
    return 0; // told of where the checkpoint itself is checked
  }
}

function tellsOf(renewal: Renewal, before: Checkpoint): boolean {
  try {
    const { name, payload, subject } = JSON.parse(renewal.event ?? '') as Record<string, unknown>;
    const told = payload as Record<string, unknown>;
    return (
      name === 'evidence.log.renewed' &&
      subject === `log:${renewal.new_origin}` &&
      told['old_origin'] === renewal.old_origin &&
      told['old_size'] === before.size &&
      told['old_root'] === toHex(before.root)
    );
  } catch {
    return false;
  }
}

/** A leaf that the newest checkpoint does not cover yet cannot be checked and is let pass. */
async function isLogged(source: LogSource, renewal: Renewal, size: number): Promise<boolean> {
  const { index, event, old_size } = renewal;
  if (index === null || event === null || index < old_size) return false;
  if (index >= size) return true;
  const tile = Math.floor(index / TILE_WIDTH);
  const bundle = await source.entries(tile, tileWidth(0, tile, size));
  try {
    const data = bundle && decodeEntries(bundle)[index - tile * TILE_WIDTH];
    return data !== undefined && equalBytes(data, hashLeaf(utf8(event)));
  } catch {
    return false;
  }
}
