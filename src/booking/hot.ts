import { createBatcher, type Batcher } from '../platform/batch.ts';
import type { Queryable } from '../platform/db.ts';
import { keyReused } from '../platform/idempotency.ts';
import { Problem } from '../platform/problem.ts';
import { refused } from './errors.ts';
import { stepVisits, takeNumbers } from './store-hot.ts';
import type { Answer, StepRequest, TakeRequest } from './types.ts';

/** The two hot writes of booking. */
export type BookingHot = {
  take: Batcher<TakeRequest, Answer>;
  step: Batcher<StepRequest, Answer>;
  /** Sweeps of one session that are under way, so that a crowd asks for one. */
  lapsing: Map<string, Promise<number>>;
};

const retries_max = 4;

type Keyed = { scope: string; key: string; fingerprint: string };

/** Folds requests with one key into the first of them, so that a batch never meets itself. */
async function runFolded<Request extends Keyed>(
  requests: Request[],
  statement: (
    distinct: Request[],
  ) => Promise<{ ord: number; answer: Answer; replay_fingerprint: string | null }[]>,
): Promise<(Answer | Problem)[]> {
  const seat = new Map<string, number>();
  const distinct: Request[] = [];
  for (const request of requests) {
    const name = `${request.scope} ${request.key}`;
    if (seat.has(name)) continue;
    seat.set(name, distinct.length);
    distinct.push(request);
  }
  const answers = await statement(distinct);
  return requests.map((request) => {
    const at = seat.get(`${request.scope} ${request.key}`) as number;
    const found = answers[at];
    if (!found) throw new Error('the statement answered fewer requests than it was given');
    const first = found.replay_fingerprint ?? distinct[at]?.fingerprint;
    return first === request.fingerprint ? found.answer : new Problem(keyReused);
  });
}

/** Batches of each kind that run side by side, as many as two small cores can use. */
const lanes = 1;

/**
 * One batcher a lane. Requests that could meet share a lane by their `meeting` id, so their order of
 * arrival is kept and lanes seldom wait for each other's rows.
 */
function hotBatcher<Request extends Keyed>(
  meeting: (request: Request) => string,
  statement: (
    requests: Request[],
  ) => Promise<{ ord: number; answer: Answer; replay_fingerprint: string | null }[]>,
): Batcher<Request, Answer> {
  const batchers = Array.from({ length: lanes }, () =>
    createBatcher<Request, Answer | Problem>({
      run: (requests) => runFolded(requests, statement),
      size_max: 512,
      queue_max: 20_000 / lanes,
    }),
  );
  const laneOf = (request: Request): Batcher<Request, Answer | Problem> =>
    batchers[(meeting(request).at(-1)?.charCodeAt(0) ?? 0) % lanes] as (typeof batchers)[number];
  return {
    waiting: () => batchers.reduce((sum, batcher) => sum + batcher.waiting(), 0),
    crowded: () => batchers.some((batcher) => batcher.crowded()),
    submit: async (request) => {
      for (let attempt = 0; ; attempt++) {
        const answer = await laneOf(request).submit(request);
        if (answer instanceof Problem) throw answer;
        if (answer.refusal !== 'retry' || attempt === retries_max) return answer;
      }
    },
  };
}

/** On a transaction, the hot writes join what the caller does in it. */
export function createBookingHot(db: Queryable): BookingHot {
  return {
    take: hotBatcher(
      ({ session_id }) => session_id,
      (requests) => takeNumbers(db, requests),
    ),
    step: hotBatcher(
      ({ appointment_id }) => appointment_id,
      (requests) => stepVisits(db, requests),
    ),
    lapsing: new Map(),
  };
}

/** The answer of a hot write as a value, or its refusal as a Problem. */
export function settled(answer: Answer): Answer {
  if (answer.refusal) throw refused(answer.refusal, answer.limit);
  return answer;
}
