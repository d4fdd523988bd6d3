import {
  canonicalText,
  concatBytes,
  parseCanonical,
  utf8,
  utf8Text,
} from '../../platform/tlog/index.ts';
import { DrawError } from './errors.ts';
import { say, sentenceOf } from './sentence.ts';
import type { Shape } from './shape.ts';

const LF = 0x0a;
const PIECE_BYTES = 2 ** 24;

/** A bundle: file bytes by path, with forward slashes. */
export type BundleFiles = ReadonlyMap<string, Uint8Array>;

/** About how many bytes the chunks of a long file have. */
export const CHUNK_BYTES = 4 * 2 ** 20;

const LINES_AT_ONCE = 256;

/** The bytes of a .jsonl file: a canonical line each, ending in LF. */
export function linesBytes(lines: readonly object[]): Uint8Array {
  return textLinesBytes(lines.map(canonicalText));
}

/** The bytes of a .jsonl file from ready line texts. */
export function textLinesBytes(texts: readonly string[]): Uint8Array {
  return concatBytes(...Array.from(textLineChunks(texts), (chunk) => chunk.slice()));
}

/** {@link textLinesBytes} piece by piece; a chunk is valid until the next one is asked for. */
export function* textLineChunks(texts: readonly string[]): Generator<Uint8Array> {
  // Encoding some hundred lines at once costs a fifth of encoding line by line.
  const encoder = new TextEncoder();
  let buffer = new Uint8Array(Math.min(CHUNK_BYTES, LINES_AT_ONCE * 4 * texts.length));
  let used = 0;
  for (let from = 0; from < texts.length; from += LINES_AT_ONCE) {
    const joined = `${texts.slice(from, from + LINES_AT_ONCE).join('\n')}\n`;
    const bytesMax = 3 * joined.length;
    if (used + bytesMax > buffer.length) {
      if (used > 0) yield buffer.subarray(0, used);
      used = 0;
      if (bytesMax > buffer.length) buffer = new Uint8Array(bytesMax);
    }
    used += encoder.encodeInto(joined, buffer.subarray(used)).written;
  }
  if (used > 0) yield buffer.subarray(0, used);
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
  if (bytes[bytes.length - 1] !== LF) {
    throw new DrawError(
      'bundle',
      say(`${path}：最后一行没有写完。`, `${path}: the last line does not end.`),
    );
  }
  const texts: string[] = [];
  // Whole lines at a time, so that no text grows beyond what an engine can hold.
  for (let start = 0; start < bytes.length;) {
    const piece = bytes.subarray(start, start + PIECE_BYTES);
    const end = start + PIECE_BYTES < bytes.length ? piece.lastIndexOf(LF) : piece.length - 1;
    const whole =
      end < 0 ? bytes.subarray(start, bytes.indexOf(LF, start)) : piece.subarray(0, end);
    for (const text of readText(path, () => utf8Text(whole)).split('\n')) texts.push(text);
    start += whole.length + 1;
  }
  return texts;
}

/**
 * How the lines of a file are read: `quick` reads the usual form of a line, or says null to the rest;
 * `write` writes the one canonical text of a line.
 */
export type LineReader<T> = {
  shape: Shape<T>;
  quick(text: string): T | null;
  write(line: T): string;
};

/** Reads a .jsonl file; undefined if absent; DrawError 'bundle' if a line is not canonical or misshapen. */
export function readLines<T>(
  files: BundleFiles,
  path: string,
  reader: Shape<T> | LineReader<T>,
): T[] | undefined {
  return readLineTexts(files, path)?.map((text, i) => readLine(path, reader, { text, i }));
}

/**
 * {@link readLines} where the lines are known beforehand: a file that has exactly these needs no parsing,
 * and gives `expected` itself.
 */
export function readLinesLike<T>(
  files: BundleFiles,
  path: string,
  reader: LineReader<T>,
  expected: T[],
): T[] | undefined {
  const texts = readLineTexts(files, path);
  const isLike =
    texts?.length === expected.length &&
    texts.every((text, i) => text === reader.write(expected[i] as T));
  return isLike ? expected : texts?.map((text, i) => readLine(path, reader, { text, i }));
}

function readLine<T>(
  path: string,
  reader: Shape<T> | LineReader<T>,
  { text, i }: { text: string; i: number },
): T {
  const isShape = typeof reader === 'function';
  const quick = isShape ? null : reader.quick(text);
  if (quick !== null) return quick;
  const shape = isShape ? reader : reader.shape;
  return readText(path, () => shape(parseCanonical(text), `line ${i + 1}`));
}

/** The bytes of a .json file. */
export function jsonBytes(value: object): Uint8Array {
  return utf8(canonicalText(value));
}

function readText<T>(path: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    const { zh, en } = sentenceOf(error);
    throw new DrawError('bundle', say(`${path}：${zh}`, `${path}: ${en}`));
  }
}
