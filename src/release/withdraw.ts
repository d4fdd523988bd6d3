import type { Clock } from '../platform/clock.ts';
import type { Db, Tx } from '../platform/db.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { logDrawEvent } from './draw-log.ts';
import { drawNotOpen, entryPlaced, entryUnknown, wrongSecret } from './errors.ts';
import { hashOf } from './slip.ts';
import { lockDraw, shareDraw, type DrawRow } from './store-draw.ts';
import { reviveTwin } from './store-merge.ts';
import { entryById, leaveStandby, withdrawEntry, type EntryRow } from './store-entry.ts';

export type WithdrawContext = { db: Db; clock: Clock; random: Random };

/**
 * Withdraws an entry. Before closing the receipt's secret is revealed and published in void.jsonl, so
 * nobody can drop an entry and say that its holder withdrew it; after the draw the entry leaves the
 * standby pool by a line of the draw's log. While the pool is sealed and not yet drawn it stands.
 * One that was given a number is given back as a visit. A repeat changes nothing.
 * @throws Problem release/entry-unknown, wrong-secret, draw-not-open, entry-placed.
 */
export async function withdraw(
  ctx: WithdrawContext,
  input: { e: string; secret: string; actor: string },
): Promise<void> {
  const entry = await entryById(ctx.db, input.e);
  if (!entry) throw new Problem(entryUnknown);
  if (hashOf(Buffer.from(input.secret, 'hex')) !== entry.secret_hash)
    throw new Problem(wrongSecret);
  await ctx.db.tx(async (tx) => {
    const draw = await shareDraw(tx, entry.draw_id);
    if (draw?.state === 'announced' && ctx.clock.now() < draw.closes_at) {
      await voidEntry(tx, ctx, { draw, entry, secret: input.secret, actor: input.actor });
      await reviveTwin(tx, { draw_id: draw.id, id: entry.id });
    } else if (draw?.state === 'drawn') {
      await leave(tx, ctx, { draw_id: draw.id, id: entry.id, actor: input.actor });
      const now = await entryById(tx, entry.id);
      if (now?.withdrawn_at === null && now.left_at === null) throw new Problem(entryPlaced);
    } else throw new Problem(drawNotOpen);
  });
}

/** Takes an entry out before closing, in a draw the caller holds open; a repeat changes nothing. */
export async function voidEntry(
  tx: Tx,
  ctx: { clock: Clock; random: Random },
  input: { draw: DrawRow; entry: EntryRow; secret: string; actor: string },
): Promise<void> {
  const { draw, entry, secret, actor } = input;
  const facts = { draw_id: draw.id, id: entry.id, secret, at: ctx.clock.now() };
  const gone = await withdrawEntry(tx, facts);
  if (gone) await tellWithdrawn(tx, ctx, { hospital_id: draw.hospital_id, entry: gone, actor });
}

/** Takes an entry out of the standby pool after the draw; one that is not in it stays as it is. */
export async function leave(
  tx: Tx,
  ctx: { clock: Clock; random: Random },
  input: { draw_id: string; id: string; actor: string },
): Promise<void> {
  const draw = await lockDraw(tx, input.draw_id);
  const at = ctx.clock.now();
  const gone = draw && (await leaveStandby(tx, { ...input, at }));
  if (!gone) return;
  await logDrawEvent(tx, draw.id, { e: gone.id, place: null, t: 'withdraw' }, at);
  const { actor } = input;
  await tellWithdrawn(tx, ctx, { hospital_id: draw.hospital_id, entry: gone, actor });
}

async function tellWithdrawn(
  tx: Tx,
  ctx: { clock: Clock; random: Random },
  facts: { hospital_id: string; entry: EntryRow; actor: string },
): Promise<void> {
  const { entry } = facts;
  await appendEvents(tx, ctx, [
    {
      name: 'release.entry.withdrawn',
      hospital_id: facts.hospital_id,
      subject: `entry:${entry.id}`,
      version: entry.version,
      person_id: entry.patient_id,
      actor: facts.actor,
      payload: { draw_id: entry.draw_id, entry_id: entry.id },
    },
  ]);
}
