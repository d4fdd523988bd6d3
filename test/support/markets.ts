import { nodeHasher } from '../../src/platform/tlog/node-hasher.ts';
import {
  rankEntries,
  type AllocationLine,
  type Applicant,
  type Places,
} from '../../src/release/sealed-draw/index.ts';
import { textHash } from './simulated-draws.ts';
import { chance } from './statistics.ts';

const SESSIONS = ['A', 'B', 'C', 'D', 'E'];

/** A small draw: applicants in rank order with their true lists, and what there is to give out. */
export type Market = { applicants: Applicant[]; places: Places; sessions: readonly string[] };

/** How places are given to applicants in rank order; the product's is `allocate`. */
export type Allocator = (applicants: readonly Applicant[], places: Places) => AllocationLine[];

/**
 * A random market of 3 to 6 entries of three classes and weights 1 to 8 in the order `rankEntries` gives
 * them, 2 to 5 sessions of some places, `reserves` for about half of these, precedence shuffled.
 */
export function market(name: string, options: { reserves: boolean }): Market {
  const next = chance(name);
  const sessions = SESSIONS.slice(0, 2 + next.below(4));
  const slots = Array.from(
    { length: 2 + next.below(5) },
    () => sessions[next.below(sessions.length)] as string,
  );
  const reserves = slots.flatMap((_, place) =>
    options.reserves && next.below(2) ? [{ c: next.below(3), place }] : [],
  );
  const precedence = next.shuffled([...slots.keys()]);
  const pool = Array.from({ length: 3 + next.below(4) }, (_, i) => ({
    c: next.below(3),
    e: textHash(`${name} entry ${i}`),
    p: next.shuffled(sessions).slice(0, 1 + next.below(sessions.length)),
    w: 1 + next.below(8),
  }));
  const byId = new Map(pool.map((line) => [line.e, line]));
  const ranking = rankEntries(textHash(`${name} seed`), pool, nodeHasher);
  const applicants = ranking.map(({ e }) => byId.get(e) as Applicant);
  return { applicants, places: { slots, precedence, reserves }, sessions };
}

/** Every list of distinct sessions, the empty one too. */
export function everyList(sessions: readonly string[]): string[][] {
  const lists: string[][] = [];
  const extend = (list: string[]): void => {
    lists.push(list);
    for (const one of sessions) if (!list.includes(one)) extend([...list, one]);
  };
  extend([]);
  return lists;
}

/** How far down the true list an outcome is; nothing and what was not asked for come last. */
export function disappointment(wishes: readonly string[], slot: string | null): number {
  const at = slot === null ? -1 : wishes.indexOf(slot);
  return at < 0 ? wishes.length : at;
}

/** The market in which the applicant at `rank` hands in another list. */
export const misreport = (applicants: readonly Applicant[], rank: number, p: string[]) =>
  applicants.map((one, i) => (i === rank ? { ...one, p } : one));

/** Tries every list for every applicant; how many lists were tried and how many gave a better place. */
export function searchMisreports(
  { applicants, places, sessions }: Market,
  allocator: Allocator,
): { tried: number; profitable: number } {
  const lists = everyList(sessions);
  const honest = allocator(applicants, places);
  let tried = 0;
  let profitable = 0;
  applicants.forEach(({ p: wishes }, rank) => {
    const got = disappointment(wishes, honest[rank]?.slot ?? null);
    if (got === 0) return; // has the first wish: nothing better exists
    tried += lists.length;
    for (const p of lists) {
      const lying = allocator(misreport(applicants, rank, p), places);
      if (disappointment(wishes, lying[rank]?.slot ?? null) < got) profitable++;
    }
  });
  return { tried, profitable };
}

/**
 * The control: immediate acceptance ("Boston"). In round k everyone still without a place asks for the
 * k-th wish, and what is given then is given for good; reserves and precedence as in the product.
 */
export const immediateAcceptance: Allocator = (applicants, { slots, precedence, reserves }) => {
  const reservedFor = new Map(reserves.map(({ c, place }) => [place, c]));
  const placed: (number | null)[] = applicants.map(() => null);
  const longest = Math.max(...applicants.map(({ p }) => p.length));
  for (let wish = 0; wish < longest; wish++) {
    const asking = [...applicants.keys()].filter((rank) => placed[rank] === null);
    for (const place of precedence) {
      if (placed.includes(place)) continue;
      const wanting = asking.filter(
        (rank) => placed[rank] === null && applicants[rank]?.p[wish] === slots[place],
      );
      const own = wanting.find((rank) => applicants[rank]?.c === reservedFor.get(place));
      const winner = own ?? wanting[0];
      if (winner !== undefined) placed[winner] = place;
    }
  }
  return applicants.map(({ e }, rank) => {
    const place = placed[rank] ?? null;
    return { e, place, slot: place === null ? null : (slots[place] ?? null) };
  });
};
