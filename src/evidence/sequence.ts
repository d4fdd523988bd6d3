import { newId } from '../platform/id.ts';
import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db, Tx } from '../platform/db.ts';
import type { StoredEvent } from '../platform/outbox.ts';
import { eventSalt, readPersonKeys } from '../platform/person-keys.ts';
import type { Random } from '../platform/random.ts';
import type { Secrets } from '../platform/secrets.ts';
import {
  appendLeafHashes,
  edgeRoot,
  emptyRoot,
  equalBytes,
  formatCheckpoint,
  formatNote,
  leafHash,
  readEdge,
  rootOfLeafHashes,
  signNote,
  TILE_WIDTH,
  utf8Text,
  type LogEdge,
  type Tile,
} from '../platform/tlog/index.ts';
import { nodeHasher } from '../platform/tlog/node-hasher.ts';
import { logSecret, logVkey } from './log-key.ts';
import { drawLeaf, inVersionOrder, leafData } from './rules.ts';
import { addCheckpoint } from './store-checkpoint.ts';
import * as store from './store.ts';
import { tileReader } from './tiles.ts';

export type SequencerContext = {
  db: Db;
  clock: Clock;
  random: Random;
  fields: FieldCrypto;
  secrets: Secrets;
};

export type SequencerOptions = {
  /** The log's name, kept at its first start; default `zhenghao.local/<new id>`. */
  origin?: string;
  /** Shortest time between two checkpoints; a draw's leaf gets one at once. Default 1000. */
  checkpoint_interval_ms?: number;
  /** Says that people are being served right now: rounds then wait for 3 seconds and are small. */
  yields?: () => boolean;
};

export type Sequencer = {
  /** One round. @returns how many events it read; 0 also when another sequencer is at work. */
  run(): Promise<number>;
  /** Runs until every event that can be in the log is in it, and a checkpoint covers it. */
  drain(): Promise<void>;
  /** Keeps running until stopped; `onError` hears of failures between rounds. */
  start(onError: (error: unknown) => void): void;
  stop(): Promise<void>;
};

const ROUND_EVENTS_MAX = 2000;
/** Beside a crowd: small enough that nobody at the door notices. */
const CROWD_EVENTS_MAX = 250;
const POLL_MS = 100;
const YIELD_MS_MAX = 3000;

/** The edge of the log as this process last committed it; another process may have moved on. */
type Memory = { edge: LogEdge | undefined };
type Round = { ctx: SequencerContext; options: SequencerOptions; memory: Memory };

/**
 * The log's sequencer. Any number may run; an advisory lock lets one work at a time, and whoever
 * works reads where the log stands, so two never fork it.
 */
export function createSequencer(ctx: SequencerContext, options: SequencerOptions = {}): Sequencer {
  const round: Round = { ctx, options, memory: { edge: undefined } };
  let stopped = false;
  let running: Promise<void> | undefined;
  const pause = () => new Promise((resolve) => setTimeout(resolve, POLL_MS));
  return {
    run: () => runRound(round, { wait: false, sign: false }),
    drain: async () => {
      while ((await runRound(round, { wait: true, sign: true })) > 0);
    },
    start: (onError) => {
      stopped = false;
      const loop = async (): Promise<void> => {
        let ran_at = performance.now();
        while (!stopped) {
          if (options.yields?.() === true && performance.now() - ran_at < YIELD_MS_MAX) {
            await pause();
            continue;
          }
          ran_at = performance.now();
          const read = await runRound(round, { wait: false, sign: false }).catch((error) => {
            onError(error);
            return 0;
          });
          if (read < ROUND_EVENTS_MAX) await pause();
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

/** One transaction: read, order, append, sign. Nothing of it shows until all of it commits. */
async function runRound(round: Round, how: { wait: boolean; sign: boolean }): Promise<number> {
  const { ctx, memory } = round;
  const events_max = round.options.yields?.() === true ? CROWD_EVENTS_MAX : ROUND_EVENTS_MAX;
  const done = await ctx.db.tx(async (tx) => {
    if (!(await store.lockSequencer(tx, how.wait))) return { read: 0, edge: memory.edge };
    const state = (await store.readLogState(tx)) ?? (await firstStart(tx, round));
    assertOwnKey(ctx, state);
    const read = await store.readEventsAfter(tx, state, events_max);
    const last = read.at(-1);
    let edge = await currentEdge(tx, state, memory);
    const turn = last ? await order(tx, state, read) : undefined;
    if (turn && turn.appended.length > 0) edge = await append(tx, ctx, edge, turn);
    const root = edgeRoot(edge, nodeHasher);
    if (last)
      await store.moveLog(tx, { size: edge.size, root, cursor_tx: last.tx, cursor_id: last.id });
    const caughtUp = read.length < events_max;
    if (edge.size > state.checkpoint_size) {
      const isUrgent = turn?.appended.some((event) => drawLeaf(event) !== undefined) ?? false;
      const due = isUrgent || (how.sign && caughtUp) || isDue(round, state.checkpoint_at);
      if (due) await sign(tx, ctx, { origin: state.origin, size: edge.size, root });
    }
    return { read: read.length, edge };
  });
  memory.edge = done.edge;
  return done.read;
}

/** @throws Error when the log was begun with another root secret. */
export function assertOwnKey(ctx: { secrets: Secrets }, state: store.LogState): void {
  if (state.vkey === logVkey(ctx.secrets, state.origin)) return;
  throw new Error('The log was begun with another key: restore the root secret it was begun with.');
}

async function firstStart(tx: Tx, { ctx, options }: Round): Promise<store.LogState> {
  const origin = options.origin ?? newOrigin(ctx);
  const root = emptyRoot(nodeHasher);
  await store.beginLog(tx, { origin, vkey: logVkey(ctx.secrets, origin), root });
  await sign(tx, ctx, { origin, size: 0, root });
  const state = await store.readLogState(tx);
  if (!state) throw new Error('the log did not begin');
  return state;
}

/** A name for a log that no other has. */
export function newOrigin(ctx: { clock: Clock; random: Random }): string {
  return `zhenghao.local/${newId(ctx)}`;
}

function isDue({ ctx, options }: Round, signed_at: Date): boolean {
  const interval = options.checkpoint_interval_ms ?? 1000;
  // Either direction: a clock that was set back must not silence the log.
  return Math.abs(ctx.clock.now().getTime() - signed_at.getTime()) >= interval;
}

/** What a round appends, in order, and the subjects' last versions then. */
type Turn = { appended: StoredEvent[]; versions: Map<string, number> };

async function order(tx: Tx, state: store.LogState, read: StoredEvent[]): Promise<Turn> {
  const subjects = [...new Set(read.map((event) => event.subject))];
  const logged = await store.readSubjects(tx, subjects);
  const early = state.has_early ? await store.readEarly(tx, subjects) : [];
  const { appended, waiting, versions } = inVersionOrder(read, logged, early);
  if (waiting.length > 0) await store.addEarly(tx, waiting);
  const done = new Set(appended.map((event) => event.id));
  const released = early.map((event) => event.id).filter((id) => done.has(id));
  if (released.length > 0) await store.removeEarly(tx, released);
  return { appended, versions };
}

/** The log's right edge: as remembered when that is where it stands, else read from its tiles. */
export async function currentEdge(tx: Tx, state: store.LogState, memory: Memory): Promise<LogEdge> {
  const known = memory.edge;
  if (known?.size === state.size && equalBytes(edgeRoot(known, nodeHasher), state.root))
    return known;
  const edge = await readEdge(tileReader(tx), state.size);
  if (!equalBytes(edgeRoot(edge, nodeHasher), state.root))
    throw new Error('The log is damaged: its tiles do not give its root. Run npm run log:verify.');
  return edge;
}

/** Appends events as leaves, in the order of the turn. The log's row is moved by the caller. */
export async function append(
  tx: Tx,
  ctx: SequencerContext,
  edge: LogEdge,
  { appended, versions }: Turn,
): Promise<LogEdge> {
  const persons = [...new Set(appended.flatMap((event) => event.person_id ?? []))];
  const keys = persons.length > 0 ? readPersonKeys(ctx.fields, persons) : new Map();
  // The database works on one statement while this process hashes for the next.
  const moved = later(store.moveSubjects(tx, versions));
  const data = appended.map((event) => leafData(event, saltOf(ctx, event, keys)));
  const leaves = { event_ids: appended.map((event) => event.id), data: data.map(utf8Text) };
  await moved;
  const added = later(store.addLeaves(tx, edge.size, leaves));
  const hashes = data.map((bytes) => leafHash(bytes, nodeHasher));
  const next = appendLeafHashes(edge, hashes, nodeHasher);
  const full = next.tiles.filter((tile) => tile.width === TILE_WIDTH).map(tileRow);
  await added;
  if (full.length > 0) await store.addTiles(tx, full);
  return next.edge;
}

/** A statement that is awaited a few lines on; until then its failure is not an unhandled one. */
function later(statement: Promise<void>): Promise<void> {
  statement.catch(() => undefined);
  return statement;
}

/** A person whose key is gone gets a salt that nobody keeps: the leaf stays, unguessable. */
function saltOf(
  ctx: SequencerContext,
  event: StoredEvent,
  keys: ReadonlyMap<string, Uint8Array>,
): Uint8Array | undefined {
  if (!event.person_id) return undefined;
  const key = keys.get(event.person_id);
  return key ? eventSalt(key, event.id) : ctx.random.bytes(16);
}

function tileRow(tile: Tile): store.TileRow {
  const hashes = Array.from({ length: tile.width }, (_, at) =>
    tile.bytes.subarray(at * 32, at * 32 + 32),
  );
  const root = rootOfLeafHashes(hashes, nodeHasher);
  return { level: tile.level, index: tile.index, hashes: tile.bytes, root };
}

/** Signs a head of the log and keeps it as a checkpoint. */
export async function sign(
  tx: Tx,
  ctx: SequencerContext,
  head: { origin: string; size: number; root: Uint8Array },
): Promise<void> {
  const text = formatCheckpoint(head);
  const note = formatNote(text, [signNote(text, head.origin, logSecret(ctx.secrets))]);
  await addCheckpoint(tx, { ...head, note, signed_at: ctx.clock.now() });
}
