import { toHex, utf8 } from '../../src/platform/tlog/index.ts';
import { nodeHasher } from '../../src/platform/tlog/node-hasher.ts';
import {
  allocate,
  drawSeed,
  entryId,
  poolLineText,
  rankEntries,
  sealOf,
  sortPool,
  type Applicant,
  type PoolLine,
} from '../../src/release/sealed-draw/index.ts';
import { chance, hypergeometric, randomisedP, rankSum, type DiscreteLaw } from './statistics.ts';

/** Sizes of the simulated draws, taken in turn; `early` are the bots that register first. */
const SHAPES = [
  { entries: 60, early: 20, old: 12, grinders: 6, places: 6 },
  { entries: 90, early: 30, old: 18, grinders: 9, places: 20 },
  { entries: 120, early: 30, old: 30, grinders: 12, places: 12 },
] as const;
type Shape = (typeof SHAPES)[number];

/** Grinders try so many nonces and keep the one with the lowest entryId. */
const GRINDER_TRIES = 6;

export const GROUPS = ['early', 'old', 'grinders'] as const;
export type Group = (typeof GROUPS)[number];

/** One draw as its statistics see it; people are named by their place in the order of arrival. */
export type SimulatedDraw = {
  shape: Shape;
  /** Arrival indexes in rank order. */
  order: number[];
  /** Arrival indexes of those who were given a place. */
  winners: number[];
  members: Record<Group, ReadonlySet<number>>;
  /** Uniform numbers for the p-values, two a group. */
  spare: number[];
};

/** The hash of a text, hex: stands for a manifest or for a round's randomness. */
export const textHash = (text: string): string => toHex(nodeHasher.sha256(utf8(text)));

/** Draw number `n` through the product's own steps D2 to D7; everything follows from `name` and n. */
export function simulateDraw(name: string, n: number): SimulatedDraw {
  const draws = chance(`${name} ${n}`);
  const shape = SHAPES[n % SHAPES.length] as Shape;
  const manifest = textHash(`${name} manifest ${n}`);
  const everyone = Array.from({ length: shape.entries }, (_, arrival) => arrival);
  const members = {
    early: new Set(everyone.slice(0, shape.early)),
    old: new Set(draws.shuffled(everyone).slice(0, shape.old)),
    grinders: new Set(draws.shuffled(everyone).slice(0, shape.grinders)),
  };
  const pool: PoolLine[] = [];
  const arrivalOf = new Map<string, number>();
  for (const arrival of everyone) {
    const tries = members.grinders.has(arrival) ? GRINDER_TRIES : 1;
    const random = draws.bytes(32 * (1 + tries));
    const tag = random.subarray(0, 32);
    let e = 'g';
    for (let at = 32; at < random.length; at += 32) {
      const nonce = random.subarray(at, at + 32);
      const made = entryId({ manifestHash: manifest, personTag: tag, nonce }, nodeHasher);
      if (made < e) e = made;
    }
    arrivalOf.set(e, arrival);
    pool.push({ c: 0, e, p: draws.shuffled(['A', 'B']), w: 1 });
  }
  const lines = sortPool(pool);
  // Any commitment to the lines will do here; the Merkle root costs a third of the run.
  const root = textHash(lines.map(poolLineText).join('\n'));
  const seal = sealOf({ manifestHash: manifest, root, entries: lines.length }, nodeHasher);
  const seed = drawSeed(seal, textHash(`${name} round ${n}`), nodeHasher);
  const ranking = rankEntries(seed, lines, nodeHasher);
  const order = ranking.map(({ e }) => arrivalOf.get(e) ?? -1);
  const wishes = new Map(lines.map(({ c, e, p }) => [e, { c, e, p }]));
  const inOrder = ranking.map(({ e }) => wishes.get(e) as Applicant);
  const slots = everyone.slice(0, shape.places).map((place) => (place % 3 ? 'A' : 'B'));
  const places = { slots, precedence: [...slots.keys()], reserves: [] };
  const winners = allocate(inOrder, places)
    .filter(({ place }) => place !== null)
    .map(({ e }) => arrivalOf.get(e) ?? -1);
  const spare = Array.from({ length: 2 * GROUPS.length }, () => draws.unit());
  return { shape, order, winners, members, spare };
}

/** Ways to order people that are not fair; each is a control that the statistics must reject. */
export const UNFAIR_ORDERS: Record<string, (draw: SimulatedDraw, n: number) => number[]> = {
  'by arrival': ({ order }) => order.toSorted((a, b) => a - b),
  // "The drawn number": one byte modulo those still left in the list. 256 is no multiple of most m.
  'byte modulo m': ({ order }, n) => {
    const left = order.toSorted((a, b) => a - b);
    const bytes = chance(`modulo ${n}`).bytes(left.length);
    return Array.from(bytes, (byte) => left.splice(byte % left.length, 1)[0] ?? -1);
  },
  // Tickets of one byte modulo m, equal ones by arrival.
  'short tickets': ({ order }, n) => {
    const bytes = chance(`short ${n}`).bytes(order.length);
    const ticket = (arrival: number): number => (bytes[arrival] ?? 0) % order.length;
    return order.toSorted((a, b) => ticket(a) - ticket(b) || a - b);
  },
};

/** The draw as it would have been with another order. */
export function reordered(draw: SimulatedDraw, order: number[]): SimulatedDraw {
  return { ...draw, order, winners: order.slice(0, draw.shape.places) };
}

const laws = new Map<string, DiscreteLaw>();
function lawOf(kind: string, make: () => DiscreteLaw): DiscreteLaw {
  const known = laws.get(kind) ?? make();
  laws.set(kind, known);
  return known;
}

/** The p-values of a group in one draw, exactly uniform under equal odds: of its wins and of its ranks. */
export function groupPValues(draw: SimulatedDraw, group: Group): { wins: number; ranks: number } {
  const { shape, members, spare } = draw;
  const { entries, places, [group]: size } = shape;
  const own = members[group];
  const at = 2 * GROUPS.indexOf(group);
  const wins = draw.winners.filter((arrival) => own.has(arrival)).length;
  const sum = draw.order.reduce((total, who, rank) => total + (own.has(who) ? rank : 0), 0);
  const winLaw = lawOf(`wins ${entries} ${size}`, () => hypergeometric(entries, size, places));
  const sumLaw = lawOf(`ranks ${entries} ${size}`, () => rankSum(entries, size));
  return {
    wins: randomisedP(winLaw, wins, spare[at] ?? 0),
    ranks: randomisedP(sumLaw, sum, spare[at + 1] ?? 0),
  };
}
