import type { Clock } from '../platform/clock.ts';
import { newId } from '../platform/id.ts';
import type { Random } from '../platform/random.ts';
import {
  headers,
  isSigned,
  sign,
  type BillReply,
  type BillsReply,
  type MoneyLine,
  type NumbersReply,
  type OrderReply,
  type OrderRequest,
  type Refusal,
  type ReturnRequest,
  type StatementReply,
} from './protocol.ts';

/** Nobody knows whether the HIS did what it was asked: no answer, or none that can be trusted. */
export class HisUnknown extends Error {}

/** The HIS understood and refused. */
export class HisRefused extends Error {
  readonly code: string;
  constructor(code: string) {
    super(`the HIS refused: ${code}`);
    this.code = code;
  }
}

export type HisClient = {
  numbers(schedule_id: string): Promise<NumbersReply>;
  confirm(order: OrderRequest): Promise<OrderReply>;
  cancel(order: OrderRequest): Promise<OrderReply>;
  /** What the HIS knows of an order; `cancelled` also when it never heard of it. */
  order(order: OrderRequest): Promise<OrderReply>;
  /** Hands a recalled number back, or says that it cannot be handed back. */
  returned(answer: ReturnRequest): Promise<void>;
  /** Bills that changed after a cursor of the HIS. */
  bills(after: number): Promise<BillsReply>;
  bill(bill_id: string): Promise<BillReply>;
  /** Tells of one payment or refund; a repeat is written once. */
  money(line: MoneyLine): Promise<void>;
  /** What the HIS took and gave back on a day. */
  statement(date: string): Promise<StatementReply>;
};

/** Speaks to one hospital's HIS. Every call throws HisUnknown or HisRefused when it fails. */
export function createHisClient(options: {
  base_url: string;
  secret: Uint8Array;
  clock: Clock;
  random: Random;
  timeout_ms?: number;
}): HisClient {
  const post = <Reply>(path: string, body: unknown) =>
    request<Reply>(options, 'POST', path, JSON.stringify(body));
  const get = <Reply>(path: string, query: Record<string, string>) =>
    request<Reply>(options, 'GET', `${path}?${new URLSearchParams(query)}`, '');
  return {
    numbers: (schedule_id) => get('/v1/numbers', { schedule_id }),
    confirm: (order) => post('/v1/orders/confirm', order),
    cancel: (order) => post('/v1/orders/cancel', order),
    order: (order) => get('/v1/orders', order),
    returned: async (answer) => {
      await post('/v1/numbers/returned', answer);
    },
    bills: (after) => get('/v1/bills', { after: String(after) }),
    bill: (bill_id) => get('/v1/bill', { bill_id }),
    money: async (line) => {
      await post('/v1/money', line);
    },
    statement: (date) => get('/v1/statement', { date }),
  };
}

type Options = Parameters<typeof createHisClient>[0];

async function request<Reply>(
  options: Options,
  method: 'GET' | 'POST',
  path: string,
  body: string,
): Promise<Reply> {
  const id = newId(options);
  const time = String(options.clock.now().getTime());
  const subject = `${method} ${path}`;
  const signature = sign(options.secret, { direction: 'request', id, time, subject, body });
  let status: number;
  let text: string;
  let answered: string | null;
  let answer_time: string | null;
  try {
    const response = await fetch(new URL(path, options.base_url), {
      method,
      headers: {
        [headers.id]: id,
        [headers.time]: time,
        [headers.signature]: signature,
        ...(method === 'POST' ? { 'content-type': 'application/json' } : {}),
      },
      ...(method === 'POST' ? { body } : {}),
      redirect: 'error',
      signal: AbortSignal.timeout(options.timeout_ms ?? 5_000),
    });
    status = response.status;
    text = await response.text();
    answered = response.headers.get(headers.signature);
    answer_time = response.headers.get(headers.time);
  } catch (error) {
    throw new HisUnknown(`no answer to ${subject}`, { cause: error });
  }
  const parts = {
    direction: 'answer',
    id,
    time: answer_time ?? '',
    subject: String(status),
  } as const;
  if (!isSigned(options.secret, { ...parts, body: text }, answered ?? ''))
    throw new HisUnknown(`the answer to ${subject} is not signed by the HIS`);
  if (status === 409 || status === 404) throw new HisRefused((JSON.parse(text) as Refusal).code);
  if (status !== 200) throw new HisUnknown(`${subject} was answered ${status}`);
  return JSON.parse(text) as Reply;
}
