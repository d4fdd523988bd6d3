import { canonicalText, nobleHasher, toHex, utf8, type Hasher } from '../../platform/tlog/index.ts';
import { say, type Sentence } from './sentence.ts';
import type { LogEvent, LogLine } from './types.ts';

/** The head of a log without lines. */
export const NO_LINE = '0'.repeat(64);

/** Hash (hex) of a log line: SHA-256 of its canonical text without LF. */
export function logLineHash(line: LogLine, hasher: Hasher = nobleHasher): string {
  return toHex(hasher.sha256(utf8(canonicalText(line))));
}

/** Chains one event behind the last line (null for the first). */
export function chainEvent(
  last: LogLine | null,
  event: LogEvent,
  hasher: Hasher = nobleHasher,
): LogLine {
  const { at, e, place, t } = event;
  const n = last === null ? 1 : last.n + 1;
  const prev = last === null ? NO_LINE : logLineHash(last, hasher);
  return { at, e, n, place, prev, t };
}

/** Chains events in order into the lines of log.jsonl. */
export function chainEvents(events: readonly LogEvent[], hasher: Hasher = nobleHasher): LogLine[] {
  const lines: LogLine[] = [];
  for (const event of events) lines.push(chainEvent(lines.at(-1) ?? null, event, hasher));
  return lines;
}

/** The head (hex) that closed.json commits to: the hash of the last line, 64 zeros without lines. */
export function logHead(lines: readonly LogLine[], hasher: Hasher = nobleHasher): string {
  const last = lines.at(-1);
  return last === undefined ? NO_LINE : logLineHash(last, hasher);
}

/** What is wrong with the chain itself, as sentences. */
export function chainProblems(lines: readonly LogLine[], hasher: Hasher = nobleHasher): Sentence[] {
  const problems: Sentence[] = [];
  let last: LogLine | null = null;
  for (const line of lines) {
    const expected = chainEvent(last, line, hasher);
    if (line.n !== expected.n)
      problems.push(
        say(
          `日志第 ${expected.n} 行的编号写成了 ${line.n}。`,
          `Log line ${expected.n} is numbered ${line.n}.`,
        ),
      );
    if (line.prev !== expected.prev) {
      problems.push(
        say(
          `日志第 ${line.n} 行与上一行接不上。`,
          `Log line ${line.n} does not continue the line before it.`,
        ),
      );
    }
    if (last !== null && line.at < last.at) {
      problems.push(
        say(
          `日志第 ${line.n} 行的时间早于上一行。`,
          `Log line ${line.n} is dated before the line before it.`,
        ),
      );
    }
    last = line;
  }
  return problems;
}
