import assert from 'node:assert/strict';
import { toHexRows } from '../../src/platform/tlog/index.ts';
import { nodeHasher } from '../../src/platform/tlog/node-hasher.ts';
import {
  allocate,
  allocateReturn,
  applyEvent,
  closeReturn,
  drawReturn,
  drawSeed,
  dueAt,
  exclusions,
  openLedger,
  rankEntries,
  returnLineProblems,
  returnsHash,
  returnSeed,
  type AllocationLine,
  type Ledger,
  type PoolLine,
  type ReturnLine,
} from '../../src/release/sealed-draw/index.ts';
import { textHash } from './simulated-draws.ts';
import { chance, type Chance } from './statistics.ts';

const CLOSES = [1000, 2000, 3000, 4000, 5000, 6000, 7000, 8000];

export type Crowd = {
  honest: number;
  /** Identities in the hands of the scalper. */
  scalper: number;
  places: number;
  sessions?: readonly string[];
  later?: number;
};

/** A draw after its main round: who holds what, and who waits. */
export type Aftermath = {
  name: string;
  next: Chance;
  ledger: Ledger;
  pool: Map<string, PoolLine>;
  seal: string;
  /** entryIds in the rank order of the main draw. */
  order: string[];
  scalper: ReadonlySet<string>;
};

type Main = Pick<Aftermath, 'pool' | 'seal' | 'order' | 'scalper'> & {
  slots: string[];
  allocation: AllocationLine[];
};

// Strategies are played over the same main draws, each with returns of its own.
const mains = new Map<string, Main>();

function drawMain(name: string, crowd: Crowd): Main {
  const next = chance(name);
  const sessions = crowd.sessions ?? ['A'];
  const ids = toHexRows(next.bytes(32 * (crowd.honest + crowd.scalper)), 32);
  const lines = ids.map((e): PoolLine => ({ c: 0, e, p: next.shuffled(sessions), w: 1 }));
  const scalper = new Set(ids.slice(crowd.honest));
  const pool = new Map(lines.map((line) => [line.e, line]));
  const seal = textHash(`${name} seal`);
  const seed = drawSeed(seal, textHash(`${name} round`), nodeHasher);
  const order = rankEntries(seed, lines, nodeHasher).map(({ e }) => e);
  const slots = Array.from(
    { length: crowd.places },
    (_, place) => sessions[place % sessions.length] as string,
  );
  const applicants = order.map((e) => pool.get(e) as PoolLine);
  const precedence = [...slots.keys()];
  const allocation = allocate(applicants, { slots, precedence, reserves: [] });
  return { pool, seal, order, scalper, slots, allocation };
}

/**
 * Main draw `n` of a crowd by the product's own steps, and chance for the strategy `name` that is played
 * after it.
 */
export function mainDraw(name: string, n: number, crowd: Crowd): Aftermath {
  const key = `${JSON.stringify(crowd)} ${n}`;
  const main = mains.get(key) ?? drawMain(key, crowd);
  mains.set(key, main);
  const returns = { closes: CLOSES, later: crowd.later ?? 1, offset: 600 };
  const ledger = openLedger({ slots: main.slots, returns }, main.allocation);
  return { ...main, name: `${name} ${n}`, next: chance(`${name} ${n}`), ledger };
}

/** The places that entries of a set hold, ascending. */
export function heldBy({ ledger }: Aftermath, entries: ReadonlySet<string>) {
  return [...ledger.holders]
    .flatMap(([place, { e }]) => (e !== null && entries.has(e) ? [{ e, place }] : []))
    .sort((a, b) => a.place - b.place);
}

/** Gives a place back as its holder, just now. */
export function giveBack({ ledger }: Aftermath, held: { e: string; place: number }): void {
  applyEvent(ledger, { at: 0, e: held.e, place: held.place, t: 'cancel' });
}

/** Somebody on standby who is not the scalper's: the buyer, with an account of their own. */
export function aBuyer({ ledger, scalper, next }: Aftermath): string {
  const waiting = [...ledger.standby].filter((e) => !scalper.has(e));
  return waiting[next.below(waiting.length)] ?? '';
}

/** How a return is held. Left out: as the product does it, only the canceller being excluded. */
export type Holding = {
  /** The cluster of a canceller. */
  cluster?: (by: string) => Iterable<string>;
  /** seed′ from the bundle's hash of the returned places. */
  seedOf?: (hash: string) => string;
  /** Who is served in which order. */
  serve?: (lines: readonly ReturnLine[], candidates: readonly PoolLine[]) => AllocationLine[];
};

/** The places the next return would draw now, as returns.jsonl lists them. */
export function returnLines({ ledger }: Aftermath, holding: Holding = {}): ReturnLine[] {
  const cluster = holding.cluster ?? ((by: string) => [by]);
  return dueAt(ledger, ledger.next).map(({ place, slot, why, by, x }) => ({
    place,
    slot,
    why,
    x: x ?? exclusions(by === null ? [] : cluster(by)),
  }));
}

export const standbyPool = ({ ledger, pool }: Aftermath): PoolLine[] =>
  [...ledger.standby].map((e) => pool.get(e) as PoolLine);

/** seed′ of the next return as the product makes it: seal, returned places and a fresh round. */
export const freshSeed =
  (life: Aftermath, round = `${life.name} round of return ${life.ledger.next}`) =>
  (hash: string): string =>
    returnSeed({ seal: life.seal, returnsHash: hash, randomness: textHash(round) }, nodeHasher);

/**
 * Holds the next return. `candidates` counts who may take some place of it, `places` how many it has;
 * `winners` maps each place to the entry that got it.
 */
export function holdReturn(life: Aftermath, holding: Holding = {}) {
  const { ledger } = life;
  const n = ledger.next;
  const lines = returnLines(life, holding);
  assert.equal(returnLineProblems(ledger, n, lines).length, 0);
  const pool = standbyPool(life);
  const candidates = pool.filter(({ e }) => lines.some(({ x }) => !x.includes(e))).length;
  const hash = returnsHash(lines, nodeHasher);
  const seed = (holding.seedOf ?? freshSeed(life))(hash);
  const allocation = holding.serve
    ? holding.serve(lines, pool)
    : drawReturn({ lines, candidates: pool, seed }, nodeHasher).allocation;
  closeReturn(ledger, n, lines.length > 0 ? { lines, allocation, seed } : null, nodeHasher);
  const winners = new Map<number, string>();
  for (const { e, place } of allocation) {
    if (place === null) continue;
    winners.set(place, e);
    applyEvent(ledger, { at: 0, e, place, t: 'promote' });
  }
  assert.equal(ledger.problems.length, 0);
  return { candidates, places: lines.length, seed, winners };
}

/** The control: those on standby served in the rank order of the main draw, which is public. */
export const inMainOrder =
  ({ order }: Aftermath): NonNullable<Holding['serve']> =>
  (lines, candidates) => {
    const waiting = new Map(candidates.map((line) => [line.e, line]));
    return allocateReturn(
      order.flatMap((e) => waiting.get(e) ?? []),
      lines,
    );
  };

/**
 * One number given back at a random instant, first come first served: whether a bot that asks every
 * `every` seconds gets it before people who each look once in `refresh` seconds.
 */
export function botIsFirst(
  next: Chance,
  race: { every: number; people: number; refresh: number },
): boolean {
  const bot = next.unit() * race.every;
  const firstPerson = (-Math.log(1 - next.unit()) * race.refresh) / race.people;
  return bot < firstPerson;
}

/** The same as a formula: (1 − e^(−λτ)) / (λτ). */
export function botIsFirstChance(race: { every: number; people: number; refresh: number }): number {
  const rate = (race.people / race.refresh) * race.every;
  return (1 - Math.exp(-rate)) / rate;
}
