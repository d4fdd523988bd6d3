import {
  concatBytes,
  fromHex,
  nobleHasher,
  readU32be,
  toHex,
  u32be,
  utf8,
  type Hasher,
} from '../../platform/tlog/index.ts';
import { linesBytes } from './files.ts';
import { rankEntries } from './rank.ts';
import type { AllocationLine, PoolLine, RankingLine, ReturnLine } from './types.ts';

export const EXCLUSIONS_MAX = 20;

/** returnsHash (hex): SHA-256 of the bytes of returns.jsonl. */
export function returnsHash(lines: readonly ReturnLine[], hasher: Hasher = nobleHasher): string {
  return toHex(hasher.sha256(linesBytes(lines)));
}

/** Ranks the candidates by seed′ and gives out the returned places. */
export function drawReturn(
  input: { lines: readonly ReturnLine[]; candidates: readonly PoolLine[]; seed: string },
  hasher: Hasher = nobleHasher,
): { ranking: RankingLine[]; allocation: AllocationLine[] } {
  const ranking = rankEntries(input.seed, input.candidates, hasher);
  const wishes = new Map(input.candidates.map(({ e, p }) => [e, p]));
  const applicants = ranking.map(({ e }) => ({ e, p: wishes.get(e) ?? [] }));
  return { ranking, allocation: allocateReturn(applicants, input.lines) };
}

/**
 * Gives each applicant, in rank order, the first session on the list with a free returned place that
 * does not exclude them, the lowest such place first. Reserves do not apply.
 */
export function allocateReturn(
  applicants: readonly { e: string; p: readonly string[] }[],
  lines: readonly ReturnLine[],
): AllocationLine[] {
  const free = new Map<string, ReturnLine[]>();
  for (const line of [...lines].sort((a, b) => a.place - b.place)) {
    const session = free.get(line.slot);
    if (session) session.push(line);
    else free.set(line.slot, [line]);
  }
  return applicants.map(({ e, p }) => {
    for (const slot of p) {
      const session = free.get(slot);
      const at = session?.findIndex(({ x }) => !x.includes(e)) ?? -1;
      const taken = at < 0 ? undefined : session?.splice(at, 1)[0];
      if (taken) return { e, place: taken.place, slot };
    }
    return { e, place: null, slot: null };
  });
}

/**
 * How many returns an unwanted place waits: 1 + (first u32be of SHA-256("sealed-draw/v1/later\0" ‖
 * seed′ ‖ u32be(place)) mod later). The result is 1 … later, counted in `returns.closes`.
 */
export function laterDelay(
  input: { seed: string; place: number; later: number },
  hasher: Hasher = nobleHasher,
): number {
  const tag = utf8('sealed-draw/v1/later\0');
  const digest = hasher.sha256(concatBytes(tag, fromHex(input.seed), u32be(input.place)));
  return 1 + (readU32be(digest) % input.later);
}

/** The entries excluded from a returned place, as returns.jsonl lists them: sorted, each once. */
export function exclusions(entryIds: Iterable<string>): string[] {
  return [...new Set(entryIds)].sort();
}
