import { addDays, shanghaiDate, shanghaiInstant } from '../platform/clock.ts';

export type EditionKind = 'evening' | 'morning' | 'manual';

export const editionNames: Record<EditionKind, string> = {
  evening: '前一晚20点版',
  morning: '当天6点版',
  manual: '手动版',
};

/** Files are removed so many days after their clinic day. */
export const keep_days = 3;
/** Outcomes may be typed in for so many days back. */
export const typing_days_max = 7;
/** The evening looks so far ahead for the next clinic day: longer than any holiday. */
export const ahead_days_max = 14;
/** Whoever writes an edition has it for so long. */
export const claim_minutes = 5;
/** An edition whose files keep failing is tried so often. */
export const attempts_max = 10;

const evening = '20:00';
const morning = '06:00';

/**
 * The edition whose hour came last: the morning's from 06:00, the evening's from 20:00. A server that
 * was down at the hour writes it when it is back.
 */
export function dueEdition(now: Date): { kind: 'evening' | 'morning'; due_at: Date } {
  const today = shanghaiDate(now);
  const tonight = shanghaiInstant(today, evening);
  if (now >= tonight) return { kind: 'evening', due_at: tonight };
  const early = shanghaiInstant(today, morning);
  if (now >= early) return { kind: 'morning', due_at: early };
  return { kind: 'evening', due_at: shanghaiInstant(addDays(today, -1), evening) };
}

/** The clinic days an edition may be for, the first one with sessions is taken; both included. */
export function daysOf(edition: { kind: 'evening' | 'morning'; due_at: Date }): {
  from: string;
  to: string;
} {
  const day = shanghaiDate(edition.due_at);
  if (edition.kind === 'morning') return { from: day, to: day };
  return { from: addDays(day, 1), to: addDays(day, ahead_days_max) };
}

/** A name as a folder or file may have it on any disk; codes stay different (they have no `~`). */
export function fileName(text: string): string {
  return text
    .replaceAll('/', '~')
    .replaceAll(/[^\p{L}\p{N}._~-]+/gu, '_')
    .replace(/^\.+/, '_')
    .slice(0, 60);
}

/** Folders whose clinic day is over for longer than files are kept. */
export function isOld(folder: string, today: string): boolean {
  return /^\d{4}-\d{2}-\d{2}$/.test(folder) && folder < addDays(today, -keep_days);
}
