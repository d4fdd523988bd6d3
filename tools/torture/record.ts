import { open } from 'node:fs/promises';
import { existsSync, readFileSync } from 'node:fs';
import type { Receipt } from '../../src/release/sealed-draw/index.ts';

/** What the storm does; each act has a key of its own, under which it is asked until it is answered. */
export type ActName = 'book' | 'hold' | 'confirm' | 'cancel' | 'restore' | 'enter' | 'withdraw';

export type Asked = {
  key: string;
  act: ActName;
  patient_id: string;
  /** The session, visit, draw or entry that it is about. */
  subject: string;
};

/** One answer to a key; a refusal has a code. Server errors and broken connections are no answers. */
export type Answer = {
  status: number;
  code?: string;
  appointment_id?: string;
  session_id?: string;
  sequence?: number;
  e?: string;
  receipt?: Receipt;
  /** Read afterwards from the list of entries: the answer itself was lost with its connection. */
  looked_up?: true;
};

export type Line =
  | ({ line: 'asked' } & Asked)
  | ({ line: 'answered'; key: string } & Answer)
  /** No answer came: the connection broke, or the server could not reach its database. */
  | { line: 'cut'; key: string; why: string };

/** What became of one key. */
export type Told = { asked: Asked; answers: Answer[]; cuts: number };

/** Everything the storm wrote, in the order in which it was first asked. */
export type StormRecord = Map<string, Told>;

/** Appends lines that are on the disk when `append` returns; lines that meet share one fsync. */
export async function openRecord(path: string): Promise<{
  append(line: Line): Promise<void>;
  close(): Promise<void>;
}> {
  const file = await open(path, 'a');
  let waiting: string[] = [];
  let writing: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const flush = async (): Promise<void> => {
    const lines = waiting;
    waiting = [];
    await file.appendFile(lines.join(''));
    await file.sync();
  };
  return {
    append: (line) => {
      waiting.push(`${JSON.stringify(line)}\n`);
      next ??= (writing ?? Promise.resolve()).then(() => {
        next = undefined;
        writing = flush();
        return writing;
      });
      return next;
    },
    close: async () => {
      await next;
      await writing;
      await file.close();
    },
  };
}

/** Reads what `openRecord` wrote. */
export function readRecord(path: string): StormRecord {
  const record: StormRecord = new Map();
  if (!existsSync(path)) return record;
  for (const text of readFileSync(path, 'utf8').split('\n')) {
    if (text === '') continue;
    addLine(record, JSON.parse(text) as Line);
  }
  return record;
}

export function addLine(record: StormRecord, entry: Line): void {
  if (entry.line === 'asked') {
    const { line: _, ...asked } = entry;
    record.set(asked.key, { asked, answers: [], cuts: 0 });
    return;
  }
  const told = record.get(entry.key);
  if (!told) throw new Error(`the record answers ${entry.key}, which was never asked`);
  if (entry.line === 'cut') told.cuts++;
  else {
    const { line: _, key: __, ...answer } = entry;
    told.answers.push(answer);
  }
}

/** The answer that counts: the first, or what was read afterwards in its place. */
export function finalAnswer(told: Told): Answer | undefined {
  return told.answers.find((answer) => answer.looked_up) ?? told.answers[0];
}

export const isAcknowledged = (told: Told): boolean => finalAnswer(told)?.status === 200;
