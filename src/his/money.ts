import { patientOfArchive } from '../identity/index.ts';
import {
  hisDaysDue,
  moneySince,
  receiveBill,
  reconcileHis,
  withdrawBill,
  type MoneyRecord,
} from '../payment/index.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import { newId } from '../platform/id.ts';
import { Problem } from '../platform/problem.ts';
import type { BillReply } from './protocol.ts';
import {
  addWorkItems,
  billsWaiting,
  closeWorkItem,
  readMoneyState,
  saveBillCursor,
  saveToldUntil,
  toldAmong,
  noteTold,
} from './store-money.ts';
import type { HisContext, HisLink } from './sync.ts';

export type HisMoneyContext = HisContext & { fields: FieldCrypto };

/** Records that were written so shortly before the last look are looked at again: commits may be late. */
const overlap_ms = 60_000;
const lines_looked_at = 5_000;
const lines_a_round = 200;

/**
 * Takes new, changed and withdrawn bills (门诊缴费) from the HIS. A bill of an archive we do not know, and
 * a change that comes after somebody began to pay, go on the work list; the first is asked for again
 * until staff have written the archive down. @returns how many bills were taken.
 */
export async function pullBills(ctx: HisMoneyContext, link: HisLink): Promise<number> {
  const { hospital_id, client } = link;
  const { bill_cursor } = await readMoneyState(ctx.db, hospital_id);
  const { cursor, bills } = await client.bills(bill_cursor);
  let taken = 0;
  for (const bill of bills) taken += Number(await takeBill(ctx, hospital_id, bill));
  if (cursor !== bill_cursor) await saveBillCursor(ctx.db, hospital_id, cursor);
  return taken;
}

/** Asks again for bills whose archive nobody knew. @returns how many were taken now. */
export async function retryBills(ctx: HisMoneyContext, link: HisLink): Promise<number> {
  let taken = 0;
  for (const { id, number_id } of await billsWaiting(ctx.db, link.hospital_id)) {
    const bill = await link.client.bill(number_id);
    if (!(await takeBill(ctx, link.hospital_id, bill))) continue;
    await closeWorkItem(ctx.db, id, ctx.clock.now());
    taken += 1;
  }
  return taken;
}

async function takeBill(
  ctx: HisMoneyContext,
  hospital_id: string,
  bill: BillReply,
): Promise<boolean> {
  const { bill_id: his_id, archive_number, state, lines, issued_at } = bill;
  try {
    if (state === 'withdrawn') {
      await withdrawBill(ctx, { hospital_id, his_id });
      return true;
    }
    const patient_id = await patientOfArchive(ctx, { hospital_id, number: archive_number });
    if (patient_id === undefined) {
      await list(ctx, hospital_id, his_id, 'bill-unknown-person');
      return false;
    }
    const issued = new Date(issued_at);
    await receiveBill(ctx, { hospital_id, his_id, patient_id, lines, issued_at: issued });
    return true;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    // Withdrawn before we ever had it: nothing is to be undone.
    if (error.kind.code === 'payment/bill-unknown') return true;
    if (error.kind.code !== 'payment/bill-in-payment') throw error;
    await list(ctx, hospital_id, his_id, 'bill-changed-in-payment');
    return true;
  }
}

const reasons = {
  'bill-unknown-person': '医院系统开出的缴费单，本平台没有对应的门诊号，请核对患者后登记门诊号',
  'bill-changed-in-payment': '缴费单在付款开始后被医院系统修改，请核对应收金额',
} as const;

function list(
  ctx: HisMoneyContext,
  hospital_id: string,
  number_id: string,
  kind: keyof typeof reasons,
): Promise<void> {
  const created_at = ctx.clock.now();
  const item = { id: newId(ctx), hospital_id, kind, number_id, appointment_id: null };
  return addWorkItems(ctx.db, [{ ...item, reason: reasons[kind], created_at }]);
}

/**
 * Tells the HIS what was paid and given back, each line once under its numbers; what was told and not
 * noted is told again, which harms nothing. @returns how many lines.
 */
export async function tellMoney(ctx: HisMoneyContext, link: HisLink): Promise<number> {
  const { hospital_id, client } = link;
  const { told_until } = await readMoneyState(ctx.db, hospital_id);
  const from = new Date(told_until.getTime() - overlap_ms);
  const records = await moneySince(ctx.db, { hospital_id, from, limit: lines_looked_at });
  const known = await toldAmong(ctx.db, hospital_id, records.map(nameOf));
  const all = records.filter((record) => !known.has(nameOf(record)));
  const fresh = all.slice(0, lines_a_round);
  for (const record of fresh) {
    const { order_number, refund_number, amount_fen, channel } = record;
    const { his_bill_id: bill_id, appointment_id: order_id } = record;
    const at = record.value_at.toISOString();
    await client.money({ order_number, refund_number, amount_fen, channel, bill_id, order_id, at });
    await noteTold(ctx.db, { hospital_id, name: nameOf(record), at: ctx.clock.now() });
  }
  const last = fresh.length < all.length ? fresh.at(-1) : records.at(-1);
  if (last) await saveToldUntil(ctx.db, hospital_id, last.recorded_at);
  return fresh.length;
}

const nameOf = ({ order_number, refund_number }: MoneyRecord): string =>
  `${order_number} ${refund_number ?? ''}`.trim();

/**
 * Compares every day that is over and was not compared yet with the HIS's own list: the third side
 * beside our ledger and the channels' statements. Differences go on the cashier's work list.
 * @returns the days compared. @throws HisUnknown when the HIS does not answer; the next round goes on.
 */
export async function reconcileDays(ctx: HisMoneyContext, link: HisLink): Promise<string[]> {
  const { hospital_id, client } = link;
  const days = await hisDaysDue(ctx, { hospital_id });
  for (const date of days) {
    const { lines } = await client.statement(date);
    await reconcileHis(ctx, { hospital_id, date, lines });
  }
  return days;
}
