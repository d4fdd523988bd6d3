import type { Random } from '../../src/platform/random.ts';

/**
 * What dies: the server alone, whose database goes on for a moment; PostgreSQL's main process, and
 * with it the server; both at once; one process of PostgreSQL, after which it recovers below a living
 * server; and a server that is killed and killed again while it starts.
 */
export const kill_kinds = ['server', 'database', 'both', 'backend', 'start'] as const;
export type KillKind = (typeof kill_kinds)[number];

export type PlannedKill = {
  kind: KillKind;
  /** Milliseconds of storm before it. */
  after_ms: number;
  /** Of a start that is killed too: milliseconds into it. */
  start_ms: number;
};

/** So many kills over about so many seconds: each kind in turn, in an order and at moments by chance. */
export function planKills(random: Random, kills: number, seconds: number): PlannedKill[] {
  const mean_ms = (seconds * 1000) / Math.max(1, kills);
  let hat: KillKind[] = [];
  return Array.from({ length: kills }, () => {
    if (hat.length === 0) hat = [...kill_kinds];
    const [kind = 'both'] = hat.splice(random.below(hat.length), 1);
    return {
      kind,
      after_ms: Math.round(mean_ms * (0.1 + (1.8 * random.below(1000)) / 1000)),
      start_ms: 50 + random.below(1200),
    };
  });
}
