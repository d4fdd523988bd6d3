import { databaseError } from './db.ts';
import { Problem, problem } from './problem.ts';

export const busy = problem(
  'platform/busy',
  503,
  '现在人很多，请稍后几秒再试；您没有失去任何号或名次。',
  'The server is busy; try again in a few seconds. Nothing was lost.',
);

/** Collects what arrives together into one statement. */
export type Batcher<Item, Result> = {
  submit(item: Item): Promise<Result>;
  waiting(): number;
  /** Whether a crowd is being served: large batches until a moment ago. */
  crowded(): boolean;
};

const crowd_items = 16;
const crowd_ms = 300;
/** So many are told together: what they do next is still at hand when the last of them does it. */
const told_together = 8;
/** So long a few wait in a crowd for those who are on their way, before they are served alone. */
const gather_ms = 10;

/** 64 as begin in one turn: the first of a rush are looked up while the rest are still being read. */
const many = { size_max: 512, queue_max: 20_000, at_once: 64 };

/**
 * One batcher a database for a look-up that everybody shares: those who ask together share `run` of
 * whoever asked first. `run` may differ from call to call in nothing but what it closes over.
 */
export function sharedBatcher<Item, Result>(): (
  db: object,
  run: (items: Item[]) => Promise<Result[]>,
) => Batcher<Item, Result> {
  const known = new WeakMap<object, Batcher<Item, Result>>();
  return (db, run) => {
    let batcher = known.get(db);
    if (!batcher) known.set(db, (batcher = createBatcher<Item, Result>({ ...many, run })));
    return batcher;
  };
}

type Waiting<Item, Result> = {
  item: Item;
  resolve(result: Result): void;
  reject(error: unknown): void;
};

type Run<Item, Result> = (items: Item[]) => Promise<Result[]>;

/** What is to be told to those who wait, in their order; nobody is told yet. */
async function runOrHalve<Item, Result>(
  run: Run<Item, Result>,
  group: Waiting<Item, Result>[],
  retries: number,
): Promise<(() => void)[]> {
  try {
    const results = await run(group.map((entry) => entry.item));
    return group.map((entry, at) => () => entry.resolve(results[at] as Result));
  } catch (error) {
    const code = databaseError(error)?.code;
    if (retries > 0 && (code === '40001' || code === '40P01'))
      return runOrHalve(run, group, retries - 1);
    if (!code?.startsWith('23') || (group.length === 1 && retries === 0))
      return group.map((entry) => () => entry.reject(error));
    if (group.length === 1) return runOrHalve(run, group, retries - 1);
    const half = Math.ceil(group.length / 2);
    const first = await runOrHalve(run, group.slice(0, half), retries);
    return [...first, ...(await runOrHalve(run, group.slice(half), retries))];
  }
}

/**
 * Micro-batching: while one batch is under way the next one gathers, so a quiet server answers at
 * once and a crowded one shares commits. Order of arrival is kept. A batch that violates a
 * constraint is halved and retried until the one item at fault stands alone, so one refusal never
 * spoils its neighbours; a serialization failure or deadlock is retried whole.
 * @throws Problem `platform/busy` when `queue_max` items already wait.
 */
export function createBatcher<Item, Result>(options: {
  run: Run<Item, Result>;
  size_max: number;
  queue_max: number;
  /** More than one needs a `run` that keeps the order of what it is given, e.g. on `Db.lane`. */
  in_flight_max?: number;
  /** So many do not wait for the end of the turn. */
  at_once?: number;
}): Batcher<Item, Result> {
  const queue: Waiting<Item, Result>[] = [];
  let inFlight = 0;
  let crowd_at = -Infinity;
  let last_size = 0;
  let ended_at = -Infinity;
  let gathering: NodeJS.Timeout | undefined;

  const serve = async (group: Waiting<Item, Result>[]): Promise<void> => {
    const tells = await runOrHalve(options.run, group, 3);
    inFlight--;
    ended_at = performance.now();
    pump();
    // The next batch is on its way before those of this one are answered, or the database would wait
    // for the whole crowd's replies to be written. The pool hands its connection over in a tick.
    for (let from = 0; from < tells.length; from += told_together) {
      const some = tells.slice(from, from + told_together);
      setImmediate(() => some.forEach((tell) => tell()));
    }
  };

  /**
   * A batch costs as much as a dozen of its items before any is served, so in a crowd a few do not go
   * alone: half as many as last time are waited for, a moment at most. A batch behind another under way
   * has more time, and goes only when it has as many.
   */
  const isWorthIt = (): boolean => {
    const isMany = queue.length * 2 >= last_size;
    if (inFlight > 0) return isMany && queue.length >= crowd_items;
    if (isMany || last_size < crowd_items) return true;
    const left_ms = gather_ms - (performance.now() - ended_at);
    if (left_ms <= 0) return true;
    gathering ??= setTimeout(() => {
      gathering = undefined;
      pump();
    }, left_ms);
    return false;
  };

  const pump = (): void => {
    while (inFlight < (options.in_flight_max ?? 1) && queue.length > 0 && isWorthIt()) {
      inFlight++;
      const group = queue.splice(0, options.size_max);
      last_size = group.length;
      if (group.length >= crowd_items) crowd_at = performance.now();
      void serve(group);
    }
  };

  return {
    waiting: () => queue.length,
    crowded: () => performance.now() - crowd_at < crowd_ms,
    submit: (item) =>
      new Promise((resolve, reject) => {
        if (queue.length >= options.queue_max) {
          reject(new Problem(busy, {}, { retryAfterSeconds: 2 }));
          return;
        }
        queue.push({ item, resolve, reject });
        // Waiting for the end of this turn lets every request parsed in it join the same batch.
        const enough = Math.max(crowd_items, Math.ceil(last_size / 2));
        if (queue.length === options.at_once) pump();
        else if (queue.length === 1 || queue.length === enough) setImmediate(pump);
      }),
  };
}
