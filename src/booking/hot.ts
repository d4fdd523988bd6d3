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

/** A batcher whose requests are asked again when they met one another. */
function hotBatcher<Request extends Keyed>(
  in_flight_max: number,
  statement: (
    requests: Request[],
  ) => Promise<{ ord: number; answer: Answer; replay_fingerprint: string | null }[]>,
): Batcher<Request, Answer> {
  const batcher = createBatcher<Request, Answer | Problem>({
    run: (requests) => runFolded(requests, statement),
    size_max: 512,
    queue_max: 20_000,
    in_flight_max,
  });
  return {
    ...batcher,
    submit: async (request) => {
      for (let attempt = 0; ; attempt++) {
        const answer = await batcher.submit(request);
        if (answer instanceof Problem) throw answer;
        if (answer.refusal !== 'retry' || attempt === retries_max) return answer;
      }
    },
  };
}

/**
 * On a transaction, the hot writes join what the caller does in it. With a `lane` two batches of takings
 * are under way: the second is with the database when it ends the first, and sees what that wrote.
 */
export function createBookingHot(db: Queryable, lane?: Queryable): BookingHot {
  return {
    take: hotBatcher(lane ? 2 : 1, (requests) => takeNumbers(lane ?? db, requests)),
    step: hotBatcher(1, (requests) => stepVisits(db, requests)),
    lapsing: new Map(),
  };
}

/** The answer of a hot write as a value, or its refusal as a Problem. */
export function settled(answer: Answer): Answer {
  if (answer.refusal) throw refused(answer.refusal, answer.limit);
  return answer;
}
