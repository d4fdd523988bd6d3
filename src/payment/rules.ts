import type { FeeCategory, Line, Order, OrderState } from './model.ts';

/** How long a way to pay stays open when the visit itself sets no earlier end. */
export const attempt_minutes_max = 15;
/** How old the channel's answer may be when a person looks. */
export const stale_ms = 3_000;
/** A cancellation can be undone for ten minutes; the money waits for them and a little longer. */
export const undo_wait_ms = 10 * 60_000 + 30_000;

/** The pause before the next question to a channel: 2 s, doubled, 5 minutes at most. */
export function backOffMs(tries: number): number {
  return Math.min(2_000 * 2 ** Math.min(tries, 10), 300_000);
}

export type Settlement = {
  state: OrderState;
  /** What is to be booked as income from now on. */
  charged_fen: number;
  /** What is to go back to the payer besides what goes back already. */
  refund_fen: number;
};

/**
 * What an order should be, from what came in, what went back and what the visit costs. Money that
 * nobody promised back and that pays for nothing goes back: a second payment, a lower price, a visit
 * that will not be.
 */
export function settlementOf(order: Omit<Order, 'state'>): Settlement {
  const ended = order.ended_at !== null;
  const target = ended ? order.kept_fen : order.amount_fen;
  const held = order.paid_fen - order.refund_asked_fen;
  const refund_fen = Math.max(0, held - target);
  const owes = order.refund_asked_fen + refund_fen > order.refunded_fen;
  const covered = held >= target;
  const charged_fen = ended
    ? Math.min(target, held)
    : covered || order.charged_fen > 0
      ? target
      : 0;
  return { state: stateOf(order, { ended, owes, covered }), charged_fen, refund_fen };
}

function stateOf(
  order: Omit<Order, 'state'>,
  is: { ended: boolean; owes: boolean; covered: boolean },
): OrderState {
  if (is.owes) return 'refunding';
  if (is.ended) {
    if (order.refunded_fen > 0) return 'refunded';
    return order.has_open ? 'paying' : 'closed';
  }
  if (is.covered) return 'paid';
  return order.has_open ? 'paying' : 'open';
}

/** What is still to be paid, in fen. */
export function dueOf(order: Order): number {
  if (order.ended_at !== null) return 0;
  return Math.max(0, order.amount_fen - (order.paid_fen - order.refund_asked_fen));
}

export type PriceRule = { id: string; kept_percent: number; minutes_before: number };

/**
 * What a hospital keeps of a visit not begun: nothing, unless a local price rule is in force and the
 * patient gave the number back later than it says. A stop, a lost number or a lapse never costs.
 */
export function keptOf(
  order: Pick<Order, 'amount_fen' | 'paid_fen' | 'refund_asked_fen' | 'visit_starts_at'>,
  end: { reason: string; at: Date },
  rule: PriceRule | undefined,
): number {
  if (!rule || !order.visit_starts_at) return 0;
  if (end.reason !== 'cancelled' && end.reason !== 'no-show') return 0;
  const from = order.visit_starts_at.getTime() - rule.minutes_before * 60_000;
  if (end.at.getTime() < from) return 0;
  const held = Math.min(order.amount_fen, order.paid_fen - order.refund_asked_fen);
  return Math.max(0, Math.floor((held * rule.kept_percent) / 100));
}

/** How a refund is spread over the payments of an order: the latest payment goes back first. */
export function spreadRefund(
  paid: readonly { id: string; paid_fen: number; refund_asked_fen: number }[],
  refund_fen: number,
): { attempt_id: string; amount_fen: number }[] {
  const parts: { attempt_id: string; amount_fen: number }[] = [];
  let left = refund_fen;
  for (const one of paid) {
    const amount_fen = Math.min(left, one.paid_fen - one.refund_asked_fen);
    if (amount_fen > 0) parts.push({ attempt_id: one.id, amount_fen });
    left -= Math.max(0, amount_fen);
  }
  if (left > 0) throw new Error('a refund is larger than what was paid');
  return parts;
}

export type FeeItem = {
  id: string;
  code: string;
  name: string;
  self_pay_fen: number;
  insured_fen: number;
  source: 'schedule' | 'local';
};

/** The lines a visit is charged for in a 费别; items that cost nothing are left out. */
export function linesOf(
  items: readonly FeeItem[],
  category: FeeCategory,
): (Line & { fee_item_id: string })[] {
  return items
    .map(({ id, code, name, self_pay_fen, insured_fen }) => ({
      code,
      name,
      amount_fen: category === 'insured' ? insured_fen : self_pay_fen,
      fee_item_id: id,
    }))
    .filter((line) => line.amount_fen > 0);
}

export function sumOf(lines: readonly { amount_fen: number }[]): number {
  return lines.reduce((sum, line) => sum + line.amount_fen, 0);
}

/** A line of our ledger or of the other side; a refund has a negative amount. */
export type CompareLine = {
  order_number: string;
  refund_number: string | null;
  amount_fen: number;
};
export type Difference = {
  kind: 'surplus' | 'shortage' | 'amount' | 'repeated';
  order_number: string;
  refund_number: string | null;
  ours_fen: number | null;
  theirs_fen: number | null;
};

/**
 * Every difference of two lists of a day: 长款 (surplus: only they have it), 短款 (shortage: only we
 * have it), 金额不符 (amount), 多记录 (repeated: they have it more than once).
 */
export function compareLines(ours: CompareLine[], theirs: CompareLine[]): Difference[] {
  const name = (line: CompareLine): string => `${line.order_number} ${line.refund_number ?? ''}`;
  const open = new Map(ours.map((line) => [name(line), line]));
  const met = new Set<string>();
  const found: Difference[] = [];
  for (const line of theirs) {
    const own = open.get(name(line));
    const { order_number, refund_number, amount_fen: theirs_fen } = line;
    const difference = { order_number, refund_number, theirs_fen };
    if (met.has(name(line)))
      found.push({ ...difference, kind: 'repeated', ours_fen: own?.amount_fen ?? null });
    else if (!own) found.push({ ...difference, kind: 'surplus', ours_fen: null });
    else if (own.amount_fen !== theirs_fen)
      found.push({ ...difference, kind: 'amount', ours_fen: own.amount_fen });
    met.add(name(line));
  }
  for (const line of ours)
    if (!met.has(name(line)))
      found.push({
        kind: 'shortage',
        order_number: line.order_number,
        refund_number: line.refund_number,
        ours_fen: line.amount_fen,
        theirs_fen: null,
      });
  return found;
}

/** Channels and hospital systems have the statement of a day by nine on the next. */
export const statement_time = '09:00';
/** How far back days are compared that a downtime left out. */
export const days_back_max = 7;
