import { poolLineText } from './entry.ts';
import type { LineReader } from './files.ts';
import {
  allocationLineShape,
  poolLineShape,
  rankingLineShape,
  type AllocationLine,
  type PoolLine,
  type RankingLine,
} from './types.ts';

// The three files with a line an entry. A line that matches its pattern is canonical and well-shaped by
// the pattern alone, which is ten times cheaper than parsing it and writing it again; any other line is
// read the general way, which tells what is wrong with it. Numbers have 15 digits at most, below 2^53.

const POOL =
  /^\{"c":(0|[1-9]\d{0,14}),"e":"([0-9a-f]{64})","p":\[(?:"([A-Za-z0-9._-]{1,64}(?:","[A-Za-z0-9._-]{1,64})*)")?\],"w":([1-9]\d{0,14})\}$/;
const RANKING = /^\{"e":"([0-9a-f]{64})","key":"([0-9a-f]{64})"\}$/;
const ALLOCATION =
  /^\{"e":"([0-9a-f]{64})","place":(?:null|(0|[1-9]\d{0,14})),"slot":(?:null|"([A-Za-z0-9._-]{1,64})")\}$/;

/** Lines of pool.jsonl. */
export const poolLines: LineReader<PoolLine> = {
  shape: poolLineShape,
  write: poolLineText,
  quick(text) {
    const match = POOL.exec(text);
    if (match === null) return null;
    const [, c, e, p, w] = match;
    return { c: Number(c), e: e as string, p: p === undefined ? [] : p.split('","'), w: Number(w) };
  },
};

/** Lines of ranking.jsonl. */
export const rankingLines: LineReader<RankingLine> = {
  shape: rankingLineShape,
  write: ({ e, key }) => `{"e":"${e}","key":"${key}"}`,
  quick(text) {
    const match = RANKING.exec(text);
    return match && { e: match[1] as string, key: match[2] as string };
  },
};

/** Lines of allocation.jsonl. */
export const allocationLines: LineReader<AllocationLine> = {
  shape: allocationLineShape,
  write: ({ e, place, slot }) =>
    `{"e":"${e}","place":${place},"slot":${slot === null ? 'null' : `"${slot}"`}}`,
  quick(text) {
    const match = ALLOCATION.exec(text);
    if (match === null) return null;
    const [, e, place, slot] = match;
    return {
      e: e as string,
      place: place === undefined ? null : Number(place),
      slot: slot ?? null,
    };
  },
};
