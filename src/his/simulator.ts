import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import Fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Clock } from '../platform/clock.ts';
import { createSimulatedMoney, type SimulatedMoney } from './simulated-money.ts';
import {
  clock_skew_ms_max,
  headers,
  isSigned,
  sign,
  type BillReply,
  type MoneyLine,
  type NumbersReply,
  type OrderRequest,
  type Refusal,
  type ReturnRequest,
} from './protocol.ts';

type SimulatedNumber = NumbersReply['numbers'][number] & {
  /** Who bought it: a person at the window, or an order of the platform. */
  sold_to: { at: 'window' } | { at: 'platform'; order_id: string } | null;
};
type Schedule = { revision: number; numbers: SimulatedNumber[] };

/** A refusal the simulated HIS answers with status 409. */
export class SimulatorRefusal extends Error {
  readonly code: Refusal['code'];
  constructor(code: Refusal['code']) {
    super(code);
    this.code = code;
  }
}

function openStockFile(file?: string) {
  const schedules = new Map<string, Schedule>(file === undefined ? [] : load(file));
  const save = (): void => {
    if (file === undefined) return;
    writeFileSync(`${file}.draft`, JSON.stringify([...schedules]));
    renameSync(`${file}.draft`, file);
  };
  const scheduleOf = (schedule_id: string): Schedule => {
    const found = schedules.get(schedule_id);
    if (!found) throw new SimulatorRefusal('number-unknown');
    return found;
  };
  const find = (number_id: string): { schedule: Schedule; number: SimulatedNumber } => {
    const schedule = scheduleOf(number_id.slice(0, number_id.lastIndexOf('#')));
    const number = schedule.numbers.find((one) => one.number_id === number_id);
    if (!number) throw new SimulatorRefusal('number-unknown');
    return { schedule, number };
  };
  const changed = (schedule: Schedule): void => {
    schedule.revision++;
    save();
  };
  return { schedules, scheduleOf, find, changed, save };
}

type StockFile = ReturnType<typeof openStockFile>;

/** What the HIS's own staff do with its numbers. */
function windowActs({ schedules, scheduleOf, find, changed, save }: StockFile) {
  return {
    /** Makes a schedule with its numbers, all the HIS's own; again without effect. */
    open: (schedule_id: string, count: number): void => {
      if (schedules.has(schedule_id)) return;
      const numbers = Array.from({ length: count }, (_, at): SimulatedNumber => ({
        number_id: `${schedule_id}#${at + 1}`,
        sequence: at + 1,
        owner: 'his',
        recall_reason: null,
        sold_to: null,
      }));
      schedules.set(schedule_id, { revision: 1, numbers });
      save();
    },
    /** Entrusts the first `count` numbers that are still the HIS's own; returns their ids. */
    entrust: (schedule_id: string, count: number): string[] => {
      const schedule = scheduleOf(schedule_id);
      const own = schedule.numbers.filter((one) => one.owner === 'his' && one.sold_to === null);
      const given = own.slice(0, count);
      for (const number of given) number.owner = 'platform';
      changed(schedule);
      return given.map((number) => number.number_id);
    },
    /** Sells the next own number at the window, or refuses when there is none. */
    sellAtWindow: (schedule_id: string): string => {
      const schedule = scheduleOf(schedule_id);
      const number = schedule.numbers.find((one) => one.owner === 'his' && one.sold_to === null);
      if (!number) throw new SimulatorRefusal('number-sold');
      number.sold_to = { at: 'window' };
      changed(schedule);
      return number.number_id;
    },
    /** Asks for an entrusted number back; it is the HIS's own again once the platform agrees. */
    recall: (number_id: string, reason: string): void => {
      const { schedule, number } = find(number_id);
      if (number.owner !== 'platform') throw new SimulatorRefusal('number-not-entrusted');
      if (number.sold_to !== null) throw new SimulatorRefusal('number-sold');
      number.recall_reason = reason;
      changed(schedule);
    },
  };
}

/** What the platform asks through the contract. */
function platformActs({ scheduleOf, find, changed }: StockFile) {
  return {
    numbers: (schedule_id: string): NumbersReply => {
      const { revision, numbers } = scheduleOf(schedule_id);
      const shown = numbers.map(({ sold_to: _, ...number }) => number);
      return { schedule_id, revision, numbers: shown };
    },
    /** Who bought a number, for the demo's window and for tests. */
    soldTo: (number_id: string) => find(number_id).number.sold_to,
    confirm: ({ order_id, number_id }: OrderRequest): void => {
      const { schedule, number } = find(number_id);
      if (number.sold_to?.at === 'platform' && number.sold_to.order_id === order_id) return;
      if (number.sold_to !== null) throw new SimulatorRefusal('number-sold');
      if (number.owner !== 'platform') throw new SimulatorRefusal('number-not-entrusted');
      number.sold_to = { at: 'platform', order_id };
      // A number that was sold before its recall was answered stays where it is.
      number.recall_reason = null;
      changed(schedule);
    },
    cancel: ({ order_id, number_id }: OrderRequest): void => {
      const { schedule, number } = find(number_id);
      if (number.sold_to?.at !== 'platform' || number.sold_to.order_id !== order_id) return;
      number.sold_to = null;
      changed(schedule);
    },
    isConfirmed: ({ order_id, number_id }: OrderRequest): boolean => {
      const { sold_to } = find(number_id).number;
      return sold_to?.at === 'platform' && sold_to.order_id === order_id;
    },
    returned: ({ number_id, accepted }: ReturnRequest): void => {
      const { schedule, number } = find(number_id);
      if (number.recall_reason === null) return;
      number.recall_reason = null;
      if (accepted && number.sold_to === null) number.owner = 'his';
      changed(schedule);
    },
  };
}

/**
 * The stock of a small hospital's system that is the master of its numbers: it sells its own at its
 * window, entrusts some to the platform, and asks for them back. An entrusted number is not sold at
 * the window until the platform has handed it back, so no number is ever sold by both.
 */
export function createSimulatedStock(file?: string) {
  const stock = openStockFile(file);
  return { ...windowActs(stock), ...platformActs(stock) };
}

export type SimulatedStock = ReturnType<typeof createSimulatedStock>;

function load(file: string): [string, Schedule][] {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as [string, Schedule][];
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

export type HisSimulator = {
  app: FastifyInstance;
  stock: SimulatedStock;
  money: SimulatedMoney;
  /** The next `count` writes are done but not answered: what a broken line looks like. */
  swallowAnswers(count: number): void;
};

/** The simulated HIS behind its signed JSON contract, with a window page's routes beside it. */
export function createHisSimulator(options: {
  secret: Uint8Array;
  clock: Clock;
  file?: string;
}): HisSimulator {
  const stock = createSimulatedStock(options.file);
  const money = createSimulatedMoney(options.file && `${options.file}.money`);
  const app = Fastify({ logger: false, bodyLimit: 64 << 10, forceCloseConnections: true });
  let swallowed = 0;
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );
  const signed = (request: FastifyRequest, reply: FastifyReply, status: number, body: unknown) => {
    const text = JSON.stringify(body);
    const time = String(options.clock.now().getTime());
    const id = String(request.headers[headers.id] ?? '');
    const parts = { direction: 'answer', id, time, subject: String(status), body: text } as const;
    return reply
      .status(status)
      .header(headers.time, time)
      .header(headers.signature, sign(options.secret, parts))
      .type('application/json')
      .send(text);
  };
  const answer = async (
    request: FastifyRequest,
    reply: FastifyReply,
    act: () => unknown,
  ): Promise<unknown> => {
    if (!isRequestSigned(options, request)) return reply.status(401).send();
    let status = 200;
    let body: unknown;
    try {
      body = act() ?? {};
    } catch (error) {
      if (!(error instanceof SimulatorRefusal)) throw error;
      status = 409;
      body = { code: error.code };
    }
    if (request.method === 'POST' && swallowed > 0) {
      swallowed--;
      reply.hijack();
      request.raw.socket.destroy();
      return reply;
    }
    return signed(request, reply, status, body);
  };
  contractRoutes(app, stock, answer);
  moneyRoutes(app, money, answer);
  windowRoutes(app, stock);
  return { app, stock, money, swallowAnswers: (count) => void (swallowed = count) };
}

type Answer = (
  request: FastifyRequest,
  reply: FastifyReply,
  act: () => unknown,
) => Promise<unknown>;

function bodyOf<Body>(request: FastifyRequest): Body {
  return JSON.parse(request.body as string) as Body;
}

function contractRoutes(app: FastifyInstance, stock: SimulatedStock, answer: Answer): void {
  app.get<{ Querystring: { schedule_id: string } }>('/v1/numbers', (request, reply) =>
    answer(request, reply, () => stock.numbers(request.query.schedule_id)),
  );
  app.get<{ Querystring: OrderRequest }>('/v1/orders', (request, reply) =>
    answer(request, reply, () => ({
      ...request.query,
      state: stock.isConfirmed(request.query) ? 'confirmed' : 'cancelled',
    })),
  );
  app.post('/v1/orders/confirm', (request, reply) =>
    answer(request, reply, () => {
      const order = bodyOf<OrderRequest>(request);
      stock.confirm(order);
      return { ...order, state: 'confirmed' };
    }),
  );
  app.post('/v1/orders/cancel', (request, reply) =>
    answer(request, reply, () => {
      const order = bodyOf<OrderRequest>(request);
      stock.cancel(order);
      return { ...order, state: 'cancelled' };
    }),
  );
  app.post('/v1/numbers/returned', (request, reply) =>
    answer(request, reply, () => stock.returned(bodyOf<ReturnRequest>(request))),
  );
}

function moneyRoutes(app: FastifyInstance, money: SimulatedMoney, answer: Answer): void {
  app.get<{ Querystring: { after: string } }>('/v1/bills', (request, reply) =>
    answer(request, reply, () => money.bills(Number(request.query.after))),
  );
  app.get<{ Querystring: { bill_id: string } }>('/v1/bill', (request, reply) =>
    answer(request, reply, () => {
      const bill = money.bill(request.query.bill_id);
      if (!bill) throw new SimulatorRefusal('bill-unknown');
      return bill;
    }),
  );
  app.post('/v1/money', (request, reply) =>
    answer(request, reply, () => money.note(bodyOf<MoneyLine>(request))),
  );
  app.get<{ Querystring: { date: string } }>('/v1/statement', (request, reply) =>
    answer(request, reply, () => money.statement(request.query.date)),
  );
  app.post('/window/bills', (request, reply) => {
    money.issue(bodyOf<Omit<BillReply, 'state'>>(request));
    return reply.send({});
  });
}

/** What its own staff do at the window; unsigned, so the simulator listens on loopback only. */
function windowRoutes(app: FastifyInstance, stock: SimulatedStock): void {
  const plain =
    (act: (body: Record<string, string>) => unknown) =>
    async (request: FastifyRequest, reply: FastifyReply): Promise<unknown> => {
      try {
        return (await act(bodyOf(request))) ?? {};
      } catch (error) {
        if (!(error instanceof SimulatorRefusal)) throw error;
        return reply.status(409).send({ code: error.code });
      }
    };
  app.post(
    '/window/schedules',
    plain((body) => stock.open(body['schedule_id'] ?? '', Number(body['numbers']))),
  );
  app.post(
    '/window/entrust',
    plain((body) => ({
      entrusted: stock.entrust(body['schedule_id'] ?? '', Number(body['numbers'])),
    })),
  );
  app.post(
    '/window/sales',
    plain((body) => ({ number_id: stock.sellAtWindow(body['schedule_id'] ?? '') })),
  );
  app.post(
    '/window/recalls',
    plain((body) => stock.recall(body['number_id'] ?? '', body['reason'] ?? '')),
  );
}

function isRequestSigned(
  options: { secret: Uint8Array; clock: Clock },
  request: FastifyRequest,
): boolean {
  const text = (name: string): string => String(request.headers[name] ?? '');
  const time = text(headers.time);
  const age = Math.abs(options.clock.now().getTime() - Number(time));
  if (!(age <= clock_skew_ms_max)) return false;
  const parts = {
    direction: 'request',
    id: text(headers.id),
    time,
    subject: `${request.method} ${request.url}`,
    body: typeof request.body === 'string' ? request.body : '',
  } as const;
  return isSigned(options.secret, parts, text(headers.signature));
}
