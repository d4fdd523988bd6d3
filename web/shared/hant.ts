/** What traditional Chinese needs: `from` and `to` are characters in the same order. */
export type HantTable = {
  readonly from: string;
  readonly to: string;
  readonly words: Readonly<Record<string, string>>;
};

type Ready = { chars: Map<string, string>; starts: Map<string, string[]>; count: number };

const prepared = new WeakMap<HantTable, Ready>();

function prepare(table: HantTable): Ready {
  const known = prepared.get(table);
  const words = Object.keys(table.words);
  if (known?.count === words.length) return known;
  const to = [...table.to];
  const chars = new Map([...table.from].map((char, at) => [char, to[at] ?? char]));
  const starts = new Map<string, string[]>();
  for (const word of words.sort((a, b) => b.length - a.length)) {
    const first = word.slice(0, 1);
    starts.set(first, [...(starts.get(first) ?? []), word]);
  }
  const ready = { chars, starts, count: words.length };
  prepared.set(table, ready);
  return ready;
}

/** A text in traditional characters: the longest known word first, else character by character. */
export function toTraditional(text: string, table: HantTable): string {
  const { chars, starts } = prepare(table);
  let written = '';
  for (let at = 0; at < text.length;) {
    const first = text.charAt(at);
    const word = starts.get(first)?.find((one) => text.startsWith(one, at));
    written += word === undefined ? (chars.get(first) ?? first) : (table.words[word] ?? word);
    at += word?.length ?? 1;
  }
  return written;
}
