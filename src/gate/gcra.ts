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
  /** What the tables occupy, in bytes; it never changes. */
  bytes(): number;
};

export type GcraSettings = { per_second: number; burst: number; slots: number };

/** Keys that share a place of the table; when all are living, the one closest to paid is forgotten. */
const ways = 8;

/** @param settings.slots keys remembered, a power of two. */
export function createGcra(settings: GcraSettings, random: Random): Gcra {
  const { per_second, burst, slots } = settings;
  const sets = slots / ways;
  if (!Number.isInteger(Math.log2(sets))) throw new RangeError('slots must be a power of two');
  const unit_ms = 1000 / per_second;
  const tolerance_ms = burst * unit_ms;
  const names = new Uint32Array(slots * 2);
  const paid_at = new Float64Array(slots);
  // Unknown outside, or somebody could make up keys that meet another's.
  const seed_a = random.below(2 ** 32);
  const seed_b = random.below(2 ** 32);
  let high = 0;
  let low = 0;

  const hash = (key: string): void => {
    let a = 0xdeadbeef ^ seed_a;
    let b = 0x41c6ce57 ^ seed_b;
    for (let at = 0; at < key.length; at++) {
      const unit = key.charCodeAt(at);
      a = Math.imul(a ^ unit, 2654435761);
      b = Math.imul(b ^ unit, 1597334677);
    }
    a = Math.imul(a ^ (a >>> 16), 2246822507) ^ Math.imul(b ^ (b >>> 13), 3266489909);
    b = Math.imul(b ^ (b >>> 16), 2246822507) ^ Math.imul(a ^ (a >>> 13), 3266489909);
    high = a >>> 0;
    low = b >>> 0;
  };

  /** The key's place, or the place it takes over from the key that owes least. */
  const seat = (): number => {
    const first = (low & (sets - 1)) * ways;
    let victim = first;
    for (let at = first; at < first + ways; at++) {
      if (names[at * 2] === high && names[at * 2 + 1] === low) return at;
      if ((paid_at[at] as number) < (paid_at[victim] as number)) victim = at;
    }
    names[victim * 2] = high;
    names[victim * 2 + 1] = low;
    paid_at[victim] = 0;
    return victim;
  };

  return {
    take(key, cost, now_ms) {
      hash(key);
      const at = seat();
      const paid = Math.max(now_ms, paid_at[at] as number) + Math.min(cost, burst) * unit_ms;
      const wait = paid - now_ms - tolerance_ms;
      // Half a millisecond of rounding is nobody's debt.
      if (wait > 0.5) return wait;
      paid_at[at] = paid;
      return 0;
    },
    bytes: () => names.byteLength + paid_at.byteLength,
  };
}
