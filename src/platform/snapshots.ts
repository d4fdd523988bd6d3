/** What many readers ask for at once, computed once and shared while it is young. */
export type Snapshots = {
  /**
   * What was made for `key`, at most `ttl_ms` ago; while it is being made everybody waits for the
   * same. Whoever uses a key makes one kind of thing of it.
   */
  get<T>(key: string, make: () => Promise<T>): Promise<T>;
};

/**
 * Shared answers for reads that a crowd repeats. `now_ms` is a monotonic clock: age here is a matter
 * of load, not of the product's time. With `ttl_ms` 0 nothing is kept. A failure is not kept either.
 */
export function createSnapshots(
  options: { ttl_ms: number; entries_max?: number; now_ms?: () => number } = { ttl_ms: 1000 },
): Snapshots {
  const { ttl_ms, entries_max = 2000, now_ms = () => performance.now() } = options;
  const kept = new Map<string, { made: Promise<unknown>; until: number }>();
  const sweep = (now: number): void => {
    for (const [key, { until }] of kept) if (until <= now) kept.delete(key);
    // Nobody may fill the memory with addresses: then the oldest make room.
    for (const key of kept.keys()) {
      if (kept.size < entries_max) break;
      kept.delete(key);
    }
  };
  return {
    get: <T>(key: string, make: () => Promise<T>): Promise<T> => {
      if (ttl_ms === 0) return make();
      const now = now_ms();
      const found = kept.get(key);
      if (found && now < found.until) return found.made as Promise<T>;
      kept.delete(key);
      if (kept.size >= entries_max) sweep(now);
      // Counted from the start of the making, so that an answer is never older than it says.
      const made = make();
      const entry = { made, until: now + ttl_ms };
      kept.set(key, entry);
      made.catch(() => {
        if (kept.get(key) === entry) kept.delete(key);
      });
      return made;
    },
  };
}
