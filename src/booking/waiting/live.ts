import type { ServerResponse } from 'node:http';
import type { Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db.ts';
import { queueOrder } from '../rules.ts';
import type { Priority } from '../types.ts';
import { paceOf, waitOf } from './rules.ts';
import { selectCalls, selectScreenPeople, type ScreenPerson } from './store.ts';

/** Between two looks at the queues, as long as anybody watches. */
const look_ms = 2_000;
/** Every so many looks an open stream hears that it lives, which is every 14 seconds. */
const beat_looks = 7;
/** A stream ends after so many looks (a quarter of an hour): whoever may still read it reconnects. */
const stream_looks = 450;
/** The oldest stream of an account ends when it opens one more. */
const account_streams_max = 5;
/** A stream whose reader has not taken so many bytes is cut off; the page reconnects by itself. */
const unread_max = 16 * 1024;

/** What moves of a visit while it waits; instants ISO 8601. */
type LivePlace = {
  appointment_id: string;
  status: 'checked_in' | 'called';
  queue: { place: number; ahead: number };
  identity_seen: boolean;
  missed: boolean;
  priority: Priority | null;
  calls: number;
  called_at: string | null;
  begun: boolean;
  wait: { minutes: number; intervals: number } | null;
};

type Watcher = {
  account_id: string;
  appointment_ids: readonly string[];
  session_ids: readonly string[];
  to: ServerResponse;
  said: string | null;
  looks: number;
};

/** Open streams of places in line (候诊): the queues are looked up once for all who watch them. */
type Live = {
  /** Sends the places of these visits now and whenever they move. */
  watch(to: ServerResponse, of: Pick<Watcher, 'account_id' | 'appointment_ids' | 'session_ids'>): void; // prettier-ignore
  /** Looks at the queues that are watched and tells whoever's place moved; two statements for all. */
  look(): Promise<void>;
  open(): number;
  /** Ends every stream. */
  end(): void;
};

export function createLive(ctx: { db: Db; clock: Clock }): Live {
  const watchers = new Set<Watcher>();
  let timer: NodeJS.Timeout | undefined;
  let looking: Promise<void> | undefined;
  let again = false;

  const round = async (): Promise<void> => {
    const sessions = [...new Set([...watchers].flatMap(({ session_ids }) => session_ids))];
    if (sessions.length === 0) return;
    const places = await placesOf(ctx, sessions);
    const now = ctx.clock.now().toISOString();
    for (const one of watchers) tell(one, places, now);
  };
  // Whoever comes while a look is under way shares the one after it, however many they are.
  const look = (): Promise<void> => {
    again = looking !== undefined;
    looking ??= round().finally(() => {
      looking = undefined;
      return again ? look() : undefined;
    });
    return looking;
  };
  const plan = (): void => {
    if (timer !== undefined || watchers.size === 0) return;
    timer = setTimeout(() => {
      // A look that failed is made up for by the next one; the pages also ask by themselves.
      void look()
        .catch(() => undefined)
        .finally(() => {
          timer = undefined;
          plan();
        });
    }, look_ms);
    timer.unref();
  };
  return {
    look,
    open: () => watchers.size,
    watch: (to, of) => {
      const mine = [...watchers].filter(({ account_id }) => account_id === of.account_id);
      for (const old of mine.slice(0, Math.max(0, mine.length + 1 - account_streams_max)))
        old.to.end();
      const one: Watcher = { ...of, to, said: null, looks: 0 };
      watchers.add(one);
      to.once('close', () => watchers.delete(one));
      void look().catch(() => undefined);
      plan();
    },
    end: () => {
      for (const { to } of watchers) to.end();
      watchers.clear();
      clearTimeout(timer);
      timer = undefined;
    },
  };
}

function tell(one: Watcher, places: ReadonlyMap<string, LivePlace>, now: string): void {
  const { to } = one;
  if (to.writableLength > unread_max) {
    to.destroy();
    return;
  }
  one.looks += 1;
  const visits = one.appointment_ids.flatMap((id) => places.get(id) ?? []);
  const said = JSON.stringify(visits);
  if (said !== one.said) to.write(`data: ${JSON.stringify({ now, visits })}\n\n`);
  else if (one.looks % beat_looks === 0) to.write(`event: beat\ndata: ${JSON.stringify({ now })}\n\n`); // prettier-ignore
  one.said = said;
  if (one.looks >= stream_looks) to.end();
}

/** The place of everybody who waits in these sessions, by visit. */
async function placesOf(
  ctx: { db: Db; clock: Clock },
  session_ids: readonly string[],
): Promise<Map<string, LivePlace>> {
  const [people, calls] = await Promise.all([
    selectScreenPeople(ctx.db, session_ids),
    selectCalls(ctx.db, session_ids),
  ]);
  const at = ctx.clock.now();
  const places = new Map<string, LivePlace>();
  const calledIn = Map.groupBy(calls, ({ session_id }) => session_id);
  for (const [session_id, queue] of Map.groupBy(people, (one) => one.session_id)) {
    const called = (calledIn.get(session_id) ?? []).map(({ called_at }) => called_at);
    const pace = paceOf(called, at);
    const begun = called.length > 0;
    for (const [ahead, one] of queueOrder(queue).entries())
      places.set(one.appointment_id, placeOf(one, { ahead, pace, begun }));
  }
  return places;
}

function placeOf(
  one: ScreenPerson,
  line: { ahead: number; pace: ReturnType<typeof paceOf>; begun: boolean },
): LivePlace {
  const { ahead, pace, begun } = line;
  return {
    appointment_id: one.appointment_id,
    status: one.status,
    queue: { place: ahead + 1, ahead },
    identity_seen: one.identity_seen,
    missed: one.missed,
    priority: one.priority,
    calls: one.calls,
    called_at: one.called_at === null ? null : new Date(one.called_at).toISOString(),
    begun,
    wait:
      pace && one.status === 'checked_in'
        ? { minutes: waitOf(ahead, pace.minutes), intervals: pace.intervals }
        : null,
  };
}
