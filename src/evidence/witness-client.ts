import type { Db } from '../platform/db.ts';
import {
  consistencyProofFromTiles,
  parseNote,
  parseVkey,
  signatureLine,
  signaturesBy,
  toBase64,
} from '../platform/tlog/index.ts';
import { nodeHasher } from '../platform/tlog/node-hasher.ts';
import { addCosignature } from './proof.ts';
import { readCapped } from './read-capped.ts';
import { readHead, readWitnessedSize, type CheckpointRow } from './store-checkpoint.ts';
import { tileReader } from './tiles.ts';

/** A witness as we ask it: its verifier key (type 0x04) and the prefix of its service, '' while it has none. */
export type WitnessAddress = { vkey: string; url: string };

export type WitnessingContext = { db: Db; network: typeof fetch };

export type WitnessingOptions = {
  /** How long one request may take. Default 10 000. */
  timeout_ms?: number;
  /** How often a new checkpoint is looked for. Default 200. */
  poll_ms?: number;
  /** Longest pause after failures. Default 5000, well under a draw's margin. */
  backoff_max_ms?: number;
};

export type Witnessing = {
  /** Asks each witness once for the newest checkpoint. @returns new cosignatures, and what failed. */
  run(): Promise<{ cosigned: number; failures: Error[] }>;
  /** Keeps asking until stopped; `onError` hears once of each kind of failure of each witness. */
  start(onError: (error: unknown) => void): void;
  stop(): Promise<void>;
};

/**
 * A witness has seen another history of this log than the database holds: it was restored from a
 * backup, reset or changed. No retry heals that; see `renewLog`.
 */
export class WitnessRefusal extends Error {
  override name = 'WitnessRefusal';
}

const DEFAULTS = { timeout_ms: 10_000, poll_ms: 200, backoff_max_ms: 5000 };
const REPLY_BYTES_MAX = 16_384;

/** One witness and how far it has come with which origin; `met` once it has answered for that origin. */
type Lane = { witness: WitnessAddress; origin: string; size: number; met: boolean };

/**
 * Sends the log's checkpoints to its witnesses (C2SP tlog-witness) and keeps their cosignatures.
 * Each witness has a lane of its own, so one that is slow or down holds up no other; it is always
 * asked for the newest checkpoint, and what it returns is kept though the log has grown meanwhile.
 * `witnesses` is read at each run and at start.
 */
export function createWitnessing(
  ctx: WitnessingContext,
  witnesses: readonly WitnessAddress[],
  options: WitnessingOptions = {},
): Witnessing {
  const limits = { ...DEFAULTS, ...options };
  const lanes = new Map<string, Lane>();
  const laneOf = (witness: WitnessAddress): Lane => {
    const key = `${witness.vkey}@${witness.url}`;
    const lane = lanes.get(key) ?? { witness, origin: '', size: 0, met: false };
    lanes.set(key, lane);
    return lane;
  };
  let stopping = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  const ask = (lane: Lane) =>
    step(ctx, lane, AbortSignal.any([AbortSignal.timeout(limits.timeout_ms), stopping.signal]));
  return {
    run: async () => {
      const done = await Promise.allSettled(witnesses.map((one) => ask(laneOf(one))));
      const failed = done.filter((one) => one.status === 'rejected');
      return {
        cosigned: done.filter((one) => one.status === 'fulfilled' && one.value).length,
        failures: failed.map((one) => asError(one.reason)),
      };
    },
    start: (onError) => {
      stopping = new AbortController();
      const { signal } = stopping;
      const loops = witnesses.map((one) => keepAsking(() => ask(laneOf(one)), { limits, signal, onError })); // prettier-ignore
      running = Promise.all(loops);
    },
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

type Pace = {
  limits: typeof DEFAULTS;
  signal: AbortSignal;
  onError: (error: unknown) => void;
};

async function keepAsking(ask: () => Promise<boolean>, pace: Pace): Promise<void> {
  const { limits, signal, onError } = pace;
  let failures = 0;
  let reported = '';
  while (!signal.aborted) {
    try {
      await ask();
      failures = 0;
      reported = '';
    } catch (error) {
      if (signal.aborted) return;
      failures++;
      const { message } = asError(error);
      if (message !== reported) onError(error);
      reported = message;
    }
    const backoff = failures === 0 ? limits.poll_ms : 2 ** Math.min(failures, 10) * limits.poll_ms;
    await pause(Math.min(backoff, Math.max(limits.backoff_max_ms, limits.poll_ms)), signal);
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal.addEventListener('abort', end);
  });
}

function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}

/** Gets the newest checkpoint cosigned, if the witness has not done so. @returns true when it now has. */
async function step(ctx: WitnessingContext, lane: Lane, signal: AbortSignal): Promise<boolean> {
  const head = await readHead(ctx.db);
  // An empty log holds nothing to witness.
  if (!head || head.size === 0) return false;
  // Named, but not running: the demo's own while they start.
  if (lane.witness.url === '') return false;
  if (lane.origin !== head.origin) {
    lane.size = await readWitnessedSize(ctx.db, head.origin, lane.witness.vkey);
    lane.origin = head.origin;
    lane.met = false;
  }
  // The first time it is asked even if the database says that it signed this: a database that was put
  // back is found out at once, not when the log next grows.
  if (lane.met && lane.size === head.size) return false;
  // What we believe of the witness may be wrong once: its answer then says what it has.
  const known = await ask(ctx, lane, { head, signal });
  if (known === undefined) return true;
  lane.size = known;
  if ((await ask(ctx, lane, { head, signal })) === undefined) return true;
  throw new Error(`${nameOf(lane)} keeps saying that it has another size than it said.`);
}

type Asked = { head: CheckpointRow; signal: AbortSignal };

/** @returns undefined when the cosignature is kept, else the size the witness says it has. */
async function ask(ctx: WitnessingContext, lane: Lane, asked: Asked): Promise<number | undefined> {
  const { head } = asked;
  if (lane.size > head.size)
    throw new WitnessRefusal(
      `${nameOf(lane)} has countersigned ${lane.size} entries of the log ${head.origin}, which here has only ${head.size}. The log was restored from a backup or reset: continue it with npm run log:renew. Until then draws that name this witness are burnt.`,
    );
  const proof = await consistencyProofFromTiles(
    tileReader(ctx.db),
    lane.size,
    head.size,
    nodeHasher,
  );
  const lines = proof.map((hash) => `${toBase64(hash)}\n`).join('');
  const reply = await post(ctx, lane, `old ${lane.size}\n${lines}\n${head.note}`, asked.signal);
  if (reply.status === 409) return conflictSize(lane, reply);
  if (reply.status !== 200) throw refusalOf(lane, head, reply);
  if (!(await keep(ctx, lane, head, reply.body)))
    throw new Error(`${nameOf(lane)} answered without a countersignature under its key.`);
  lane.size = head.size;
  lane.met = true;
  return undefined;
}

type Reply = { status: number; type: string; body: string };

async function post(
  ctx: WitnessingContext,
  lane: Lane,
  body: string,
  signal: AbortSignal,
): Promise<Reply> {
  try {
    const reply = await ctx.network(`${lane.witness.url.replace(/\/+$/, '')}/add-checkpoint`, {
      method: 'POST',
      headers: { 'content-type': 'text/plain; charset=utf-8' },
      body,
      redirect: 'error',
      signal,
    });
    const type = (reply.headers.get('content-type') ?? '').split(';')[0]?.trim() ?? '';
    const bytes = await readCapped(reply, REPLY_BYTES_MAX);
    return { status: reply.status, type, body: Buffer.from(bytes).toString('utf8') };
  } catch (error) {
    throw new Error(`${nameOf(lane)} cannot be reached at ${lane.witness.url}.`, { cause: error });
  }
}

function conflictSize(lane: Lane, reply: Reply): number {
  const size = /^(0|[1-9]\d{0,15})\n$/.exec(reply.body)?.[1];
  if (reply.type !== 'text/x.tlog.size' || size === undefined || !Number.isSafeInteger(+size))
    throw new Error(`${nameOf(lane)} answered 409 without saying which size it has.`);
  return Number(size);
}

function refusalOf(lane: Lane, head: CheckpointRow, { status }: Reply): Error {
  if (status === 422)
    return new WitnessRefusal(
      `${nameOf(lane)} has seen another history of the log ${head.origin}: the log was restored from a backup, reset or changed after entry ${lane.size}. Continue it with npm run log:renew. Until then draws that name this witness are burnt.`,
    );
  if (status === 404)
    return new WitnessRefusal(
      `${nameOf(lane)} does not know the log ${head.origin}: its operator must start it with this log's key and a checkpoint.`,
    );
  return new Error(`${nameOf(lane)} answered ${status}.`);
}

/** Keeps the witness's own lines; lines under other keys are ignored, as the protocol says. */
async function keep(
  ctx: WitnessingContext,
  lane: Lane,
  head: CheckpointRow,
  body: string,
): Promise<boolean> {
  const { vkey } = lane.witness;
  try {
    const mine = signaturesBy(parseNote(head.note + body), parseVkey(vkey));
    const note = head.note + mine.map(signatureLine).join('');
    return mine.length > 0 && (await addCosignature(ctx, { note, witness: vkey }));
  } catch (error) {
    if (error instanceof TypeError) return false;
    throw error;
  }
}

function nameOf({ witness }: Lane): string {
  return `The witness ${parseVkey(witness.vkey).name}`;
}
