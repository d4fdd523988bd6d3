import { networkOf } from '../../identity/index.ts';
import type { Clock } from '../../platform/clock.ts';
import { Problem } from '../../platform/problem.ts';
import { photosLater, reportsLater } from './errors.ts';

/** Spends of a key's allowance; 0 when there was enough, else the milliseconds until there is. */
export type Allowance = { take(key: string, cost: number, now_ms: number): number };

/**
 * What may come in, in the memory of one process and keyed by a network that is written nowhere. A ward
 * shares one network, so it is generous; whoever meets it loses no word and is noted nowhere.
 */
export type ReportLimits = {
  /** Reports of one network: twenty at once, then one a minute. */
  reports: Allowance;
  /** Bytes of photos of one network: 60 MB at once, then 10 kB a second. */
  photos: Allowance;
  /** Bytes of photos of everybody: 1 GB at once, then 100 kB a second, so that no disk fills. */
  all_photos: Allowance;
};

export const reportRates = {
  reports: { per_second: 1 / 60, burst: 20, slots: 2 ** 12 },
  photos: { per_second: 10_000, burst: 60_000_000, slots: 2 ** 12 },
  all_photos: { per_second: 100_000, burst: 1_000_000_000, slots: 8 },
} as const;

type LimitContext = { clock: Clock; limits: ReportLimits };

/** @throws Problem governance/reports-later when this network just sent very many. */
export function spendReport({ clock, limits }: LimitContext, ip: string): void {
  const wait = limits.reports.take(networkOf(ip), 1, clock.now().getTime());
  if (wait > 0) throw later(reportsLater, wait);
}

/** @throws Problem governance/photos-later; the words of the report are safe all the same. */
export function spendPhoto({ clock, limits }: LimitContext, ip: string, bytes: number): void {
  const now = clock.now().getTime();
  const wait = Math.max(
    limits.photos.take(networkOf(ip), bytes, now),
    limits.all_photos.take('all', bytes, now),
  );
  if (wait > 0) throw later(photosLater, wait);
}

function later(kind: typeof reportsLater, wait_ms: number): Problem {
  return new Problem(kind, {}, { retryAfterSeconds: Math.ceil(wait_ms / 1000) });
}
