import { pinyin } from 'pinyin-pro';

/** A text with the ways people type it: as it is, its whole pinyin, its initials. */
export type Sought = { text: string; full: string; initials: string; starts: ReadonlySet<number> };

const known = new Map<string, Sought>();
/** Names repeat from one reading of the directory to the next; more than this is somebody's flood. */
const KNOWN_MAX = 200_000;

/** How `text` can be sought; ü is typed v. A person's name is read with the readings of surnames. */
export function sought(text: string, isName = false): Sought {
  const key = `${isName ? 'n' : 't'}${text}`;
  const found = known.get(key);
  if (found) return found;
  const options = { toneType: 'none', type: 'array', v: true, nonZh: 'consecutive' } as const;
  const syllables = pinyin(text, { ...options, surname: isName ? 'head' : 'off' }).map((syllable) =>
    syllable.toLowerCase().replaceAll(/[^a-z0-9]/g, ''),
  );
  const starts = new Set<number>();
  let length = 0;
  for (const syllable of syllables) {
    starts.add(length);
    length += syllable.length;
  }
  const made: Sought = {
    text: text.toLowerCase(),
    full: syllables.join(''),
    initials: syllables.map((syllable) => syllable.slice(0, 1)).join(''),
    starts,
  };
  if (known.size < KNOWN_MAX) known.set(key, made);
  return made;
}

/** What was typed, for comparing: no blanks, no letter case, full-width letters made plain. */
export function plainQuery(q: string): string {
  return q
    .normalize('NFKC')
    .toLowerCase()
    .replaceAll(/[\s'’·,，。、]/g, '');
}

const letters = /^[a-z0-9]+$/;

/** How well a text fits what was typed (`plainQuery`): 0 not at all, 4 it is it. */
export function fit(q: string, { text, full, initials, starts }: Sought): number {
  if (text === q) return 4;
  if (text.startsWith(q)) return 3;
  if (text.includes(q)) return 2;
  if (!letters.test(q) || q.length < 2) return 0;
  if (full === q || initials === q) return 3;
  if (full.startsWith(q) || initials.startsWith(q)) return 2;
  for (let at = full.indexOf(q); at >= 0; at = full.indexOf(q, at + 1))
    if (starts.has(at)) return 1;
  return initials.includes(q) ? 1 : 0;
}
