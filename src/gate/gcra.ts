import type { Random } from '../platform/random.ts';

/**
 * A limit by the generic cell rate algorithm: every key may spend `burst` at once and gets
 * `per_second` back. One number a key (when its debt is paid), in tables of a fixed size, so that
 * neither millions of keys nor a long day cost more memory, and a request allocates nothing.
 */
export type Gcra = {
  /**
   * Spends `cost` of `key` at `now_ms`.
   * @returns 0 when there was enough, else the milliseconds until there is; then nothing is spent.
   */
  take(key: string, cost: number, now_ms: number): number;
  /**
   * What keys spent here and no other server was told yet; the next call tells only what came after.
   * A key is told of when it spent a twentieth of its burst, so that who asks little is no news.
   */
  takeSpent(): Spent[];
  /** Spends what was spent at another server at `at_ms`, asked or not. */
  add(spent: Spent, at_ms: number): void;
  /** What the tables occupy, in bytes; it never changes. */
  bytes(): number;
};

/** A key by the 64 bits under which servers of the same seed know it, and units. */
export type Spent = { high: number; low: number; units: number };

export type GcraSettings = { per_second: number; burst: number; slots: number };

/** Keys that share a place of the table; when all are living, the one closest to paid is forgotten. */
const ways = 8;
/** Keys that are told of at once; more wait for the next time. */
const told_max = 4096;

/** Writes 64 bits of a key into `into`, without making anything that must be cleared away. */
function hash(key: string, seeds: Uint32Array, into: Uint32Array): void {
  let a = 0xdeadbeef ^ (seeds[0] as number);
  let b = 0x41c6ce57 ^ (seeds[1] as number);
  for (let at = 0; at < key.length; at++) {
    const unit = key.charCodeAt(at);
    a = Math.imul(a ^ unit, 2654435761);
    b = Math.imul(b ^ unit, 1597334677);
  }
  a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
  b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
  into[0] = a;
  into[1] = b;
}

/** What places of the table spent and nobody was told of; `least` is what is worth telling. */
function createNews(slots: number, least: number) {
  const untold = new Float32Array(slots);
  const queued = new Uint8Array(slots);
  const queue = new Uint32Array(told_max);
  let waiting = 0;
  return {
    note(at: number, cost: number): void {
      const units = (untold[at] as number) + cost;
      untold[at] = units;
      if (queued[at] === 1 || units < least || waiting === told_max) return;
      queued[at] = 1;
      queue[waiting++] = at;
    },
    forget(at: number): void {
      untold[at] = 0;
    },
    take(): { at: number; units: number }[] {
      const news: { at: number; units: number }[] = [];
      for (const at of queue.subarray(0, waiting)) {
        queued[at] = 0;
        const units = untold[at] as number;
        // Another key took the place over meanwhile, and owes too little to be told of.
        if (units < least) continue;
        untold[at] = 0;
        news.push({ at, units });
      }
      waiting = 0;
      return news;
    },
    bytes: untold.byteLength + queued.byteLength + queue.byteLength,
  };
}

/** @param settings.slots keys remembered, a power of two. */
export function createGcra(settings: GcraSettings, random: Pick<Random, 'below'>): Gcra {
  const { per_second, burst, slots } = settings;
  const sets = slots / ways;
  if (!Number.isInteger(Math.log2(sets))) throw new RangeError('slots must be a power of two');
  const unit_ms = 1000 / per_second;
  const tolerance_ms = burst * unit_ms;
  const names = new Uint32Array(slots * 2);
  const paid_at = new Float64Array(slots);
  const news = createNews(slots, burst / 20);
  // Unknown outside, or somebody could make up keys that meet another's.
  const seeds = Uint32Array.of(random.below(2 ** 32), random.below(2 ** 32));
  const name = new Uint32Array(2);

  /** The named key's place, or the place it takes over from the key that owes least. */
  const seat = (): number => {
    const high = name[0] as number;
    const low = name[1] as number;
    const first = (low & (sets - 1)) * ways;
    let victim = first;
    for (let at = first; at < first + ways; at++) {
      if (names[at * 2] === high && names[at * 2 + 1] === low) return at;
      if ((paid_at[at] as number) < (paid_at[victim] as number)) victim = at;
    }
    names[victim * 2] = high;
    names[victim * 2 + 1] = low;
    paid_at[victim] = 0;
    news.forget(victim);
    return victim;
  };

  return {
    take(key, cost, now_ms) {
      hash(key, seeds, name);
      const at = seat();
      const spent = Math.min(cost, burst);
      const paid = Math.max(now_ms, paid_at[at] as number) + spent * unit_ms;
      const wait = paid - now_ms - tolerance_ms;
      // Half a millisecond of rounding is nobody's debt.
      if (wait > 0.5) return wait;
      paid_at[at] = paid;
      news.note(at, spent);
      return 0;
    },
    takeSpent: () =>
      news.take().map(({ at, units }) => ({
        high: names[at * 2] as number,
        low: names[at * 2 + 1] as number,
        units,
      })),
    add({ high, low, units }, at_ms) {
      name.set([high, low]);
      const at = seat();
      paid_at[at] = Math.max(at_ms, paid_at[at] as number) + units * unit_ms;
    },
    bytes: () => names.byteLength + paid_at.byteLength + news.bytes,
  };
}
