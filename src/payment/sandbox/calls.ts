import type { Loss } from './server.ts';

/** A callback as it leaves the channel. */
export type Call = { url: string; headers: Record<string, string>; body: string };
/** Delivers a callback and says whether it was acknowledged. */
export type Deliver = (call: Call) => Promise<boolean>;

/** What goes wrong on purpose, for both channels. */
export type Faults = {
  /** Does the work of the next requests, but loses the answers. */
  dropReplies(count: number, how?: Loss): void;
  /** Sends every callback so many times. */
  duplicateCallbacks(times: number): void;
  /** Keeps callbacks back until they are released, the latest first when asked so. */
  holdCallbacks(): void;
  releaseCallbacks(order?: 'latest first'): Promise<void>;
  /** Repeats at once what was not acknowledged, instead of some time later. */
  redeliver(): Promise<void>;
  /** Every callback sent so far. */
  readonly calls: readonly Call[];
};

const retry_ms = [2_000, 15_000, 60_000, 300_000];

/** Callbacks and their losses: repeated with a fresh signature until acknowledged, as the channels do. */
export function callbackPost(deliver: Deliver): Faults & {
  nextLoss(): Loss | undefined;
  post(make: () => Call): Promise<void>;
} {
  const losses: Loss[] = [];
  const calls: Call[] = [];
  const pending = new Set<() => Call>();
  let times = 1;
  let held: (() => Call)[] | undefined;
  const attempt = async (make: () => Call, tries: number): Promise<void> => {
    const call = make();
    calls.push(call);
    pending.delete(make);
    if (await deliver(call).catch(() => false)) return;
    pending.add(make);
    const wait = retry_ms[tries];
    if (wait === undefined) return;
    setTimeout(() => {
      if (pending.has(make)) void attempt(make, tries + 1);
    }, wait).unref();
  };
  const send = async (make: () => Call): Promise<void> => {
    for (let time = 0; time < times; time++) await attempt(make, 0);
  };
  return {
    calls,
    nextLoss: () => losses.shift(),
    dropReplies(count, how = 'cut') {
      losses.push(...Array.from({ length: count }, () => how));
    },
    duplicateCallbacks(count) {
      times = count;
    },
    async redeliver() {
      for (const make of [...pending]) await attempt(make, retry_ms.length);
    },
    holdCallbacks() {
      held ??= [];
    },
    async releaseCallbacks(order) {
      const waiting = held ?? [];
      held = undefined;
      if (order === 'latest first') waiting.reverse();
      for (const make of waiting) await send(make);
    },
    async post(make) {
      if (held) held.push(make);
      else await send(make);
    },
  };
}

/** Delivers over HTTP and waits as long as the channels do. */
export function deliverBy(network: typeof fetch, acknowledged: (body: string) => boolean): Deliver {
  return async ({ url, headers, body }) => {
    const signal = AbortSignal.timeout(5_000);
    const reply = await network(url, { method: 'POST', headers, body, signal });
    return reply.ok && acknowledged(await reply.text());
  };
}
