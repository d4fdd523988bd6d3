/** What many readers ask for at once, computed once and shared while it is young. */
export type Snapshots = {
  /** The text of `key`, at most `ttl_ms` old; while it is being made everybody waits for the same. */
  get(key: string, make: () => Promise<string>): Promise<string>;
};

/**
 * Shared answers for reads that a crowd repeats. `now_ms` is a monotonic clock: age here is a matter
 * of load, not of the product's time. With `ttl_ms` 0 nothing is kept. A failure is not kept either.
 */
export function createSnapshots(
  options: { ttl_ms: number; entries_max?: number; now_ms?: () => number } = { ttl_ms: 1000 },
): Snapshots {
  const { ttl_ms, entries_max = 2000, now_ms = () => performance.now() } = options;
  const kept = new Map<string, { text: Promise<string>; until: number }>();
  const sweep = (now: number): void => {
    for (const [key, { until }] of kept) if (until <= now) kept.delete(key);
    // Nobody may fill the memory with addresses: then the oldest make room.
    for (const key of kept.keys()) {
      if (kept.size < entries_max) break;
      kept.delete(key);
    }
  };
  return {
    get: (key, make) => {
      if (ttl_ms === 0) return make();
      const now = now_ms();
      const found = kept.get(key);
      if (found && now < found.until) return found.text;
      kept.delete(key);
      if (kept.size >= entries_max) sweep(now);
      // Counted from the start of the making, so that an answer is never older than it says.
      const entry = { text: make(), until: now + ttl_ms };
      kept.set(key, entry);
      entry.text.catch(() => {
        if (kept.get(key) === entry) kept.delete(key);
      });
      return entry.text;
    },
  };
}
