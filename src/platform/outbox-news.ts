import type { Db } from './db.ts';
import { sql } from './sql.ts';

type Listener = { name: string; events: readonly string[] };

/** Who has something to hear: known from one statement for all, however many listen. */
export type News<L extends Listener> = {
  /** Looks at what was told since the last look, once for all. */
  look(): Promise<void>;
  /** Those with something to hear, in their order; at first everybody. */
  due(): L[];
  /** It has heard everything. */
  heard(listener: L): void;
};

/** Transactions after which those who had nothing to hear are moved on: a poll writes nothing else. */
const idle_lag_max = 200n;
/** Events told meanwhile after which they are, too. */
const idle_events_max = 1_000;
/** Before every event of a transaction. */
export const no_id = '00000000-0000-0000-0000-000000000000';

/**
 * Asks by name: whoever listens to a name that was told since the last look is due until it has heard
 * everything. Each look begins where the last one ended, which is below the oldest transaction that runs,
 * so that late commits are in the next look.
 */
export function createNews<L extends Listener>(db: Db, listeners: readonly L[]): News<L> {
  const due = new Set<L>(listeners);
  let seen: string | undefined;
  let moved: string | undefined;
  let passed = 0;
  const moveIdle = async (): Promise<void> => {
    const idle = listeners.filter((one) => !due.has(one)).map(({ name }) => name);
    if (seen === undefined || idle.length === 0) return;
    const lag = BigInt(seen) - BigInt(moved ?? seen);
    moved ??= seen;
    if (lag <= idle_lag_max && passed <= idle_events_max) return;
    await skipTo(db, idle, seen);
    moved = seen;
    passed = 0;
  };
  return {
    look: async () => {
      const { bound, names, count } = await readNews(db, seen);
      seen = bound;
      passed += count;
      const told = new Set(names);
      for (const one of listeners) if (one.events.some((name) => told.has(name))) due.add(one);
      await moveIdle();
    },
    due: () => listeners.filter((one) => due.has(one)),
    heard: (listener) => void due.delete(listener),
  };
}

/** The names told in transactions from `since` on that have ended, and the bound below which all have. */
function readNews(
  db: Db,
  since: string | undefined,
): Promise<{ bound: string; names: string[]; count: number }> {
  // Without an earlier look nothing needs to be read: everybody is due.
  return db.one(sql`
    select b.bound::text, coalesce(e.names, '{}') as names, coalesce(e.count, 0)::int as count
    from (select pg_snapshot_xmin(pg_current_snapshot()) as bound) b
    cross join lateral (
      select array_agg(distinct e.name) as names, count(*) as count from platform.event e
      where e.tx >= ${since ?? null}::text::xid8 and e.tx < b.bound) e`);
}

/** None of these listens to anything told before `bound`; one that fails keeps its place. */
async function skipTo(db: Db, names: readonly string[], bound: string): Promise<void> {
  await db.run(sql`
    insert into platform.subscription (name, tx, id)
    select name, ${bound}::xid8, ${no_id} from unnest(${[...names]}::text[]) as n(name) order by name
    on conflict (name) do update set tx = excluded.tx, id = excluded.id
    where subscription.failures = 0 and subscription.tx < excluded.tx`);
}
