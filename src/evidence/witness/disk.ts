import {
  closeSync,
  existsSync,
  fsyncSync,
  openSync,
  readdirSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import {
  emptyRoot,
  fromHex,
  isHex,
  parseCheckpoint,
  parseNote,
  toHex,
} from '../../platform/tlog/index.ts';
import type { Seen } from './request.ts';

// What a witness keeps in its folder, a log: `<hash of the origin>.state` and, from before its first
// signature on, the marker `<hash>.witnessed`, which tells a lost state from a log never seen.

/** A log as a witness last saw it; `checkpoint` is the signed note, absent while it saw none. */
export type State = Seen & { origin: string; checkpoint: string | undefined };

/** How a log is named in paths: the SHA-256 of its origin line in hex, as C2SP tlog-witness says. */
export function originHash(origin: string): string {
  return createHash('sha256').update(origin).digest('hex');
}

const stateFile = (dir: string, origin: string) => join(dir, `${originHash(origin)}.state`);
const markerFile = (dir: string, origin: string) => join(dir, `${originHash(origin)}.witnessed`);

/** True when the folder shows that a log was witnessed from it: any log, or the one of `origin`. */
export function hasWitnessed(dir: string, origin?: string): boolean {
  if (origin !== undefined)
    return existsSync(markerFile(dir, origin)) || existsSync(stateFile(dir, origin));
  if (!existsSync(dir)) return false;
  return readdirSync(dir).some((file) => /\.(state|witnessed)$/.test(file));
}

/** The state of a log; undefined when there is none. @throws Error when the file is damaged. */
export function readState(dir: string, origin: string): State | undefined {
  const file = stateFile(dir, origin);
  if (!existsSync(file)) return undefined;
  try {
    const kept = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    const { size, root, checkpoint } = kept;
    if (kept['origin'] !== origin || !isHex(root, 32)) throw new TypeError('not of this log');
    const state = { origin, size: Number(size), root: fromHex(root) };
    if (checkpoint === undefined && size === 0 && root === toHex(emptyRoot()))
      return { ...state, checkpoint: undefined };
    const head = parseCheckpoint(parseNote(String(checkpoint)).text);
    if (head.origin !== origin || head.size !== size || toHex(head.root) !== root)
      throw new TypeError('its parts contradict each other');
    return { ...state, checkpoint: String(checkpoint) };
  } catch (error) {
    throw new Error(
      `${file} is damaged (${(error as Error).message}): move it away and start with --checkpoint FILE.`,
      { cause: error },
    );
  }
}

/** Puts the state on the disk so that no power cut takes it back: file, name and folder are synced. */
export function writeState(dir: string, state: State): void {
  const { origin, size, root, checkpoint } = state;
  const text = JSON.stringify({ origin, size, root: toHex(root), checkpoint }, null, 2);
  writeDurably(dir, stateFile(dir, origin), `${text}\n`);
}

/** Marks the log as witnessed, for good. */
export function writeMarker(dir: string, origin: string): void {
  const file = markerFile(dir, origin);
  if (!existsSync(file)) writeDurably(dir, file, `${origin}\n`);
}

/** Writes a file whole or not at all, and durably. */
export function writeDurably(dir: string, file: string, text: string, mode = 0o644): void {
  const draft = `${file}.new`;
  const handle = openSync(draft, 'w', mode);
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(draft, file);
  syncFolder(dir);
}

function syncFolder(dir: string): void {
  // Windows cannot open a folder; there a rename is on the disk when it returns.
  if (process.platform === 'win32') return;
  const handle = openSync(dir, 'r');
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
