import { createBatcher, type Batcher } from '../platform/batch.ts';
import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db, Tx } from '../platform/db.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import type { Secrets } from '../platform/secrets.ts';
import { checkEntrants, type Checked } from './check-entrants.ts';
import type { EnterInput } from './enter-input.ts';
import { alreadyRegistered, drawNotOpen, drawUnknown } from './errors.ts';
import { shareDraw, type DrawRow } from './store-draw.ts';
import { returnsOf } from './store-return.ts';
import { writeEntries, type Entered, type Entrant } from './write-entries.ts';

export type EnterContext = {
  db: Db;
  clock: Clock;
  random: Random;
  secrets: Secrets;
  fields: FieldCrypto;
};

export const default_notice_days = 2;

/** Those who enter one draw together share a transaction: one batcher a draw. */
type Doors = Map<string, Batcher<EnterInput, Entered | Problem>>;
const doors = new WeakMap<Db, Doors>();
const doors_max = 500;

/**
 * D2 and D3: one entry per person per draw, and a signed receipt for it. The time of arrival within
 * the window is never used. The draw row is shared while the entry is written, so an entry is either
 * before the seal and in the pool, or refused. Who asks together is written together.
 * @throws Problem release/draw-not-open, already-registered, preference-unknown, just-returned,
 * document-first, record-merged, restricted, needs-prior-visit, needs-review.
 */
export async function enterDraw(ctx: EnterContext, input: EnterInput): Promise<Entered> {
  const entered = await doorOf(ctx, input.draw_id).submit(input);
  if (entered instanceof Problem) throw entered;
  return entered;
}

function doorOf(ctx: EnterContext, draw_id: string): Batcher<EnterInput, Entered | Problem> {
  let known = doors.get(ctx.db);
  if (!known) doors.set(ctx.db, (known = new Map()));
  let door = known.get(draw_id);
  if (!door) {
    // One that is forgotten while it works still answers those who wait at it.
    if (known.size >= doors_max) known.clear();
    door = createBatcher<EnterInput, Entered | Problem>({
      run: (inputs) =>
        ctx.db.tx(async (tx) => {
          const draw = await openDraw(tx, ctx, draw_id);
          return enterOpenDraw(tx, ctx, draw, inputs);
        }),
      size_max: 256,
      queue_max: 20_000,
    });
    known.set(draw_id, door);
  }
  return door;
}

/** The draw, shared, if entries to it are open at this moment. */
export async function openDraw(tx: Tx, ctx: { clock: Clock }, draw_id: string): Promise<DrawRow> {
  const draw = await shareDraw(tx, draw_id);
  if (!draw) throw new Problem(drawUnknown);
  const now = ctx.clock.now();
  if (draw.state !== 'announced' || now < draw.opens_at || now >= draw.closes_at)
    throw new Problem(drawNotOpen);
  return draw;
}

/**
 * Checks and writes entries into a draw that the caller holds open, in a handful of statements. Whoever
 * may not enter is a Problem in their place; of two that name one person the first is written.
 */
export async function enterOpenDraw(
  tx: Tx,
  ctx: Omit<EnterContext, 'db'>,
  draw: DrawRow,
  inputs: readonly EnterInput[],
): Promise<(Entered | Problem)[]> {
  const checked = await checkEntrants(tx, ctx, draw, inputs);
  const notice_days = await defaultNotice(tx, draw.id);
  const entrants = new Map<string, { n: number; entrant: Entrant }>();
  for (const [n, input] of inputs.entries()) {
    const found = checked[n] as Checked | Problem;
    if (found instanceof Problem || entrants.has(input.patient_id)) continue;
    entrants.set(input.patient_id, { n, entrant: entrantOf(input, found, notice_days) });
  }
  const rows = [...entrants.values()].map(({ entrant }) => entrant);
  const written = rows.length > 0 ? await writeEntries(tx, ctx, draw, rows) : new Map();
  return inputs.map(({ patient_id }, n) => {
    const found = checked[n] as Checked | Problem;
    if (found instanceof Problem) return found;
    const isFirst = entrants.get(patient_id)?.n === n;
    return (isFirst ? written.get(patient_id) : undefined) ?? new Problem(alreadyRegistered);
  });
}

function entrantOf(input: EnterInput, checked: Checked, notice_days: number): Entrant {
  const { asker } = input;
  return {
    ...checked,
    patient_id: input.patient_id,
    nonce: input.nonce,
    secret_hash: input.secret_hash,
    channel: asker.channel,
    account_id: asker.account_id,
    device_key_id: asker.device_key_id,
    payer_reference: asker.payer_reference,
    phone_index: asker.phone_index,
    wish_id: null,
    carried_from: null,
    notice_days: input.notice_days ?? notice_days,
    actor: asker.actor,
  };
}

/** Two days unless said otherwise; where the result itself comes later, the notice its returns give. */
async function defaultNotice(tx: Tx, draw_id: string): Promise<number> {
  const [first] = await returnsOf(tx, draw_id);
  return Math.min(default_notice_days, first?.notice_days ?? default_notice_days);
}
