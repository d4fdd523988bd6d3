import { canonicalText, parseCanonical, utf8, utf8Text } from '../../platform/tlog/index.ts';
import { DrawError } from './errors.ts';
import type { Shape } from './shape.ts';

/** A bundle: file bytes by path, with forward slashes. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>;

/** The bytes of a .jsonl file: a canonical line each, ending in LF. */
export function linesBytes(lines: readonly object[]): Uint8Array {
  return textLinesBytes(lines.map(canonicalText));
}

/** The bytes of a .jsonl file from ready line texts. */
export function textLinesBytes(texts: readonly string[]): Uint8Array {
  // One allocation; a pool of a million lines is too long for one string with room to spare.
  const bytes = new Uint8Array(texts.reduce((total, text) => total + text.length * 3 + 1, 0));
  const encoder = new TextEncoder();
  let offset = 0;
  for (const text of texts) {
    offset += encoder.encodeInto(text, bytes.subarray(offset)).written;
    bytes[offset++] = 0x0a;
  }
  return bytes.slice(0, offset);
}

/** Reads a .json file: canonical bytes without final LF; undefined if absent; DrawError 'bundle' if bad. */
export function readJson<T>(files: BundleFiles, path: string, shape: Shape<T>): T | undefined {
  const bytes = files.get(path);
  return bytes && readText(path, () => shape(parseCanonical(utf8Text(bytes)), path));
}

/** The line texts of a .jsonl file without their LF; undefined if absent; DrawError 'bundle' if cut off. */
export function readLineTexts(files: BundleFiles, path: string): string[] | undefined {
  const bytes = files.get(path);
  if (bytes === undefined) return undefined;
  if (bytes.length === 0) return [];
  if (bytes[bytes.length - 1] !== 0x0a) {
    throw new DrawError('bundle', `${path}: the last line does not end.`);
  }
  const texts: string[] = [];
  for (let start = 0; start < bytes.length;) {
    const end = bytes.indexOf(0x0a, start);
    const line = bytes.subarray(start, end);
    texts.push(readText(path, () => utf8Text(line)));
    start = end + 1;
  }
  return texts;
}

/** Reads a .jsonl file; undefined if absent; DrawError 'bundle' if a line is not canonical or misshapen. */
export function readLines<T>(files: BundleFiles, path: string, shape: Shape<T>): T[] | undefined {
  return readLineTexts(files, path)?.map((text, i) =>
    readText(path, () => shape(parseCanonical(text), `line ${i + 1}`)),
  );
}

/** The bytes of a .json file. */
export function jsonBytes(value: object): Uint8Array {
  return utf8(canonicalText(value));
}

function readText<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new DrawError('bundle', `${path}: ${reason}`);
  }
}
