import type { EventName, Events } from '../events.ts';
import type { Clock } from './clock.ts';
import type { Db, Tx } from './db.ts';
import { newId } from './id.ts';
import { createNews, no_id } from './outbox-news.ts';
import type { Random } from './random.ts';
import { sql } from './sql.ts';

export type NewEvent<Name extends EventName = EventName> = {
  name: Name;
  hospital_id: string | null;
  /** `kind:id`; its version is the row counter that the same change raised. */
  subject: string;
  version: number;
  person_id?: string | null;
  actor: string;
  payload: Events[Name];
};

export type StoredEvent<Name extends EventName = EventName> = NewEvent<Name> & {
  tx: string;
  id: string;
  occurred_at: Date;
};

/** Writes events in the transaction of the change they tell of, in one statement. */
export async function appendEvents(
  tx: Tx,
  source: { clock: Clock; random: Random },
  events: NewEvent[],
): Promise<string[]> {
  if (events.length === 0) return [];
  const occurred_at = source.clock.now();
  const rows = events.map((event) => ({
    ...event,
    id: newId(source),
    person_id: event.person_id ?? null,
    occurred_at,
  }));
  await tx.run(sql`
    insert into platform.event
      (id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at)
    select id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at
    from json_to_recordset(${JSON.stringify(rows)}) as r(id uuid, hospital_id uuid, name text,
      subject text, version int, person_id uuid, actor text, payload jsonb, occurred_at timestamptz)`);
  return rows.map((row) => row.id);
}

export type Subscription = {
  name: string;
  events: readonly EventName[];
  /** Handles events that committed, in one transaction with the move of the cursor. */
  handle(tx: Tx, events: StoredEvent[]): Promise<void>;
};

const FAILURES_MAX = 5;

type Cursor = { tx: string; id: string; failures: number; bound: string };

/**
 * Reads what a subscription has not seen and hands it over. A plain `id > last` cursor would lose
 * late commits, so it reads only below the oldest running transaction (pg_snapshot_xmin). One server
 * at a time runs a subscription: with `wait` this one waits for its turn. A poll that finds nothing
 * writes nothing.
 * @returns how many events were read, and whether none is left; when another server has its turn, that
 * is not known.
 */
export async function runSubscription(
  ctx: { db: Db; clock: Clock },
  subscription: Subscription,
  { limit = ROUND_EVENTS_MAX, wait = false }: { limit?: number; wait?: boolean } = {},
): Promise<{ read: number; caught_up: boolean }> {
  let read: StoredEvent[] = [];
  try {
    return await ctx.db.tx(async (tx) => {
      const cursor = await lockCursor(tx, subscription.name, wait);
      if (!cursor) return { read: 0, caught_up: false };
      const wanted = cursor.failures > 0 ? 1 : limit;
      read = await readAfter(tx, cursor, subscription.events, wanted);
      const last = read.at(-1);
      if (last) await subscription.handle(tx, read);
      const caught_up = read.length < wanted;
      if (last)
        await moveCursor(tx, subscription.name, caught_up ? { tx: cursor.bound, id: no_id } : last);
      return { read: read.length, caught_up };
    });
  } catch (error) {
    await noteFailure(ctx, subscription.name, read[0], error);
    return { read: read.length, caught_up: false };
  }
}

/**
 * The cursor, for this round alone until the transaction ends; undefined when another has it and is not
 * waited for.
 */
async function lockCursor(tx: Tx, name: string, wait: boolean): Promise<Cursor | undefined> {
  const { mine } = await tx.one<{ mine: boolean }>(
    wait
      ? sql`select true as mine from pg_advisory_xact_lock(hashtextextended(${`subscription ${name}`}, 0))`
      : sql`select pg_try_advisory_xact_lock(hashtextextended(${`subscription ${name}`}, 0)) as mine`,
  );
  if (!mine) return undefined;
  // A statement of its own: its snapshot is younger than the lock, so no cursor is read stale.
  return tx.one<Cursor>(sql`
    select coalesce(s.tx, '0')::text as tx, coalesce(s.id, ${no_id}) as id, coalesce(s.failures, 0) as failures,
      pg_snapshot_xmin(pg_current_snapshot())::text as bound
    from (select ${name}::text as name) n left join platform.subscription s using (name)`);
}

async function readAfter(
  tx: Tx,
  cursor: Cursor,
  names: readonly EventName[],
  limit: number,
): Promise<StoredEvent[]> {
  return tx.many<StoredEvent>(sql`
    select tx::text, id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at
    from platform.event
    where (tx, id) > (${cursor.tx}::xid8, ${cursor.id}::uuid) and tx < ${cursor.bound}::xid8
      and name = any(${names})
    -- Qualified: a bare tx would mean the text above, by which 1000 comes before 999.
    order by event.tx, event.id limit ${limit}`);
}

async function moveCursor(tx: Tx, name: string, to: { tx: string; id: string }): Promise<void> {
  await tx.run(sql`
    insert into platform.subscription (name, tx, id) values (${name}, ${to.tx}::xid8, ${to.id})
    on conflict (name) do update set tx = excluded.tx, id = excluded.id, failures = 0`);
}

/** After repeated failures the event at fault is parked, so that one bad event cannot stop the rest. */
async function noteFailure(
  ctx: { db: Db; clock: Clock },
  name: string,
  first: StoredEvent | undefined,
  error: unknown,
): Promise<void> {
  if (!first) throw error;
  await ctx.db.tx(async (tx) => {
    const { failures } = await tx.one<{ failures: number }>(sql`
      insert into platform.subscription (name, failures) values (${name}, 1)
      on conflict (name) do update set failures = subscription.failures + 1
      returning failures`);
    if (failures < FAILURES_MAX) return;
    await tx.run(sql`insert into platform.parked_event (subscription, event_id, error, parked_at)
      values (${name}, ${first.id}, ${String(error).slice(0, 500)}, ${ctx.clock.now()})
      on conflict do nothing`);
    await moveCursor(tx, name, first);
  });
}

export type Outbox = {
  /** Runs every subscription until none finds anything new. */
  drain(): Promise<void>;
  /** Keeps draining until stopped; `onError` hears of failures between rounds. */
  start(onError: (error: unknown) => void): void;
  stop(): Promise<void>;
};

const POLL_MS = 100;
const YIELD_MS_MAX = 3000;
const ROUND_EVENTS_MAX = 500;
/** Beside a crowd: small enough that nobody at the door notices. */
const CROWD_EVENTS_MAX = 100;

/**
 * `yields` says that people are being served right now: the loop then takes a small bite every 3
 * seconds, and makes up for it when they have gone. It runs only those who have something to hear:
 * asking each of them ten times a second was two thirds of what a quiet server asked the database.
 */
export function createOutbox(
  ctx: { db: Db; clock: Clock },
  subscriptions: Subscription[],
  yields: () => boolean = () => false,
): Outbox {
  let running: Promise<void> | undefined;
  let stopped = false;
  const drain = async (): Promise<void> => {
    // A round of the loop that is under way is waited for, or what it holds would pass for done.
    const how = { limit: ROUND_EVENTS_MAX, wait: true };
    for (let read = 1; read > 0;) {
      read = 0;
      for (const one of subscriptions) read += (await runSubscription(ctx, one, how)).read;
    }
  };
  const news = createNews(ctx.db, subscriptions);
  const round = async (): Promise<number> => {
    await news.look();
    let read = 0;
    for (const one of news.due()) {
      const limit = yields() ? CROWD_EVENTS_MAX : ROUND_EVENTS_MAX;
      const run = await runSubscription(ctx, one, { limit });
      if (run.caught_up) news.heard(one);
      read += run.read;
    }
    return read;
  };
  const pause = () => new Promise((resolve) => setTimeout(resolve, POLL_MS));
  return {
    drain,
    start: (onError) => {
      const loop = async (): Promise<void> => {
        let ran_at = performance.now();
        while (!stopped) {
          if (yields() && performance.now() - ran_at < YIELD_MS_MAX) {
            await pause();
            continue;
          }
          ran_at = performance.now();
          const read = await round().catch((error) => {
            onError(error);
            return 0;
          });
          if (read === 0) await pause();
        }
      };
      running = loop();
    },
    stop: async () => {
      stopped = true;
      await running;
    },
  };
}
