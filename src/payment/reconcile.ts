import { addDays, shanghaiInstant } from '../platform/clock.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import { itemUnknown } from './errors.ts';
import type { PaymentContext } from './model.ts';
import { compareLines, sumOf, type CompareLine } from './rules.ts';
import { retryRefund } from './store-attempt.ts';
import { hospitalLines, ledgerLines } from './store-ledger.ts';
import {
  insertItems,
  selectItems,
  selectRuns,
  settleOpenItem,
  upsertReconciliation,
  type Item,
  type Run,
  type Side,
} from './store-reconcile.ts';
import type { PaymentChannel } from './types.ts';

type ReconcileContext = Pick<PaymentContext, 'db' | 'clock' | 'random'>;

/** Compares a clinic day (Asia/Shanghai) with every channel's statement. @returns new items. */
export async function reconcile(ctx: PaymentContext, input: { date: string }): Promise<number> {
  let items = 0;
  for (const channel of ctx.payment.channels.values())
    items += await reconcileChannel(ctx, channel, input.date);
  return items;
}

/**
 * Compares our ledger of a day with a channel's statement; every difference becomes an item of work,
 * once, and stays until a person says how it was settled. @returns how many items are new.
 * @throws Problem payment/channel-unavailable.
 */
export async function reconcileChannel(
  ctx: PaymentContext,
  channel: PaymentChannel,
  date: string,
): Promise<number> {
  const theirs = await channel.statement(date);
  const ours = await ledgerLines(ctx.db, { account: channel.name, ...dayOf(date) });
  return write(ctx, { side: channel.name, hospital_id: null, date, ours, theirs });
}

/** The same with what the hospital's own system says it took and gave back on a day. */
export async function reconcileHis(
  ctx: ReconcileContext,
  input: { hospital_id: string; date: string; lines: CompareLine[] },
): Promise<number> {
  const { hospital_id, date, lines: theirs } = input;
  const ours = await hospitalLines(ctx.db, { hospital_id, ...dayOf(date) });
  return write(ctx, { side: 'his', hospital_id, date, ours, theirs });
}

function dayOf(date: string): { from: Date; until: Date } {
  return {
    from: shanghaiInstant(date, '00:00'),
    until: shanghaiInstant(addDays(date, 1), '00:00'),
  };
}

function write(
  ctx: ReconcileContext,
  compared: {
    side: Side;
    hospital_id: string | null;
    date: string;
    ours: CompareLine[];
    theirs: CompareLine[];
  },
): Promise<number> {
  const { side, hospital_id, date, ours, theirs } = compared;
  const found = compareLines(ours, theirs).map((one) => ({ ...one, id: newId(ctx) }));
  const at = ctx.clock.now();
  return ctx.db.tx(async (tx) => {
    const { id, runs } = await upsertReconciliation(tx, {
      id: newId(ctx),
      service_date: date,
      side,
      hospital_id,
      ours_count: ours.length,
      ours_fen: sumOf(ours),
      theirs_count: theirs.length,
      theirs_fen: sumOf(theirs),
      at,
    });
    const of = { reconciliation_id: id, hospital_id, service_date: date, side, at };
    const items = await insertItems(tx, of, found);
    await appendEvents(tx, ctx, [
      {
        name: 'payment.reconciliation.ran',
        hospital_id,
        subject: `reconciliation:${id}`,
        version: runs,
        actor: 'system:payment',
        payload: { reconciliation_id: id, service_date: date, side, items },
      },
    ]);
    return items;
  });
}

/** What the work list shows: the runs of the last days, and the items, the open ones first. */
export async function readReconciliations(
  ctx: Pick<PaymentContext, 'db'>,
  input: { hospital_id: string; from: string },
): Promise<{ runs: Run[]; items: Item[] }> {
  const [runs, items] = await Promise.all([
    selectRuns(ctx.db, input.from, input.hospital_id),
    selectItems(ctx.db, input),
  ]);
  return { runs, items };
}

export type How = 'explained' | 'corrected' | 'refunded' | 'retried' | 'next_day';

/**
 * Notes who settled an item and how, in words. `retried` sends a refund that the channel could not
 * make on its way again. @throws Problem payment/item-unknown.
 */
export function settleItem(
  ctx: ReconcileContext,
  input: { item_id: string; hospital_id: string; how: How; note: string; actor: string },
): Promise<void> {
  const at = ctx.clock.now();
  return ctx.db.tx(async (tx) => {
    const settled = await settleOpenItem(tx, { ...input, at });
    if (!settled) throw new Problem(itemUnknown);
    if (input.how === 'retried' && settled.kind === 'refund' && settled.refund_number !== null)
      await retryRefund(tx, settled.refund_number, at);
    await appendEvents(tx, ctx, [
      {
        name: 'payment.item.settled',
        hospital_id: input.hospital_id,
        subject: `reconciliation-item:${input.item_id}`,
        version: settled.version,
        actor: input.actor,
        payload: { item_id: input.item_id, how: input.how },
      },
    ]);
  });
}
