import { addDays, shanghaiDate } from '../platform/clock.ts';
import { accountOf, actorOf, hospitalOf, idempotencyOf, type App } from '../platform/http.ts';
import { once } from '../platform/once.ts';
import { Problem } from '../platform/problem.ts';
import { listBills, openBillOrder } from './bills.ts';
import { takeCallback } from './callback.ts';
import { billUnknown } from './errors.ts';
import type { PaymentContext } from './model.ts';
import { pay, refreshOrder } from './pay.ts';
import { priceRoutes } from './price-routes.ts';
import { readPayment } from './read.ts';
import { readReconciliations, reconcile, settleItem } from './reconcile.ts';
import * as schema from './schema.ts';
import { shiftRoutes } from './shift-routes.ts';

const tags = ['payment'];

export type PaymentRoutesOptions = {
  /** The patients an account may act for, as they may be shown; payment does not know of people. */
  patientsOf: (account_id: string) => Promise<{ patient_id: string; name_masked: string }[]>;
};

/** Callbacks of channels, bills of patients, reconciliation and price rules of staff. */
export function paymentRoutes(app: App, ctx: PaymentContext, options: PaymentRoutesOptions): void {
  callbackRoute(app, ctx);
  billRoutes(app, ctx, options);
  billPayRoute(app, ctx, options);
  reconciliationRoutes(app, ctx);
  priceRoutes(app, ctx);
  shiftRoutes(app, ctx);
}

const callback_bytes_max = 64 << 10;

/** The body is signed as it came, so this part of the app parses nothing. */
function callbackRoute(app: App, ctx: PaymentContext): void {
  void app.register((scope, _options, done) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser(
      '*',
      { parseAs: 'string', bodyLimit: callback_bytes_max },
      (_request, body, parsed) => parsed(null, body),
    );
    (scope as unknown as App).post(
      '/api/payments/:channel/callback',
      {
        config: { permission: 'public' },
        schema: {
          tags,
          summary: '支付渠道的通知（验签后仍以查询为准）',
          params: schema.ChannelParams,
        },
      },
      async (request, reply) => {
        const { status, type, body } = await takeCallback(ctx, {
          channel: request.params.channel,
          headers: request.headers,
          body: typeof request.body === 'string' ? request.body : '',
        });
        return reply.status(status).type(type).send(body);
      },
    );
    done();
  });
}

function billRoutes(app: App, ctx: PaymentContext, options: PaymentRoutesOptions): void {
  app.get(
    '/api/bills',
    {
      config: { permission: 'account' },
      schema: { tags, summary: '门诊缴费：待缴与已缴账单', response: { 200: schema.Bills } },
    },
    async (request) => {
      const patients = await options.patientsOf(accountOf(request).account_id);
      const names = new Map(patients.map((patient) => [patient.patient_id, patient.name_masked]));
      const bills = await listBills(ctx, [...names.keys()]);
      return {
        bills: bills.map((bill) => ({
          ...bill,
          patient: {
            patient_id: bill.patient_id,
            name_masked: names.get(bill.patient_id) ?? '',
          },
          issued_at: bill.issued_at.toISOString(),
          paid_at: bill.paid_at?.toISOString() ?? null,
        })),
      };
    },
  );
  app.get(
    '/api/bills/:bill_id/payment',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '一张账单的支付状态',
        params: schema.BillParams,
        response: { 200: schema.PaymentReply },
      },
    },
    async (request) => {
      const patients = await options.patientsOf(accountOf(request).account_id);
      const bills = await listBills(
        ctx,
        patients.map((patient) => patient.patient_id),
      );
      const bill = bills.find((one) => one.bill_id === request.params.bill_id);
      if (!bill) throw new Problem(billUnknown);
      const filter = { bill_id: bill.bill_id };
      const before = await readPayment(ctx, filter);
      if (!before) return notOpened(ctx, bill);
      await refreshOrder(ctx, before.order_id);
      return (await readPayment(ctx, filter)) ?? before;
    },
  );
}

function notOpened(
  ctx: PaymentContext,
  bill: { lines: { code: string; name: string; amount_fen: number }[]; amount_fen: number },
) {
  return {
    order_id: null,
    appointment_id: null,
    lines: bill.lines,
    state: 'none',
    category: 'self_pay',
    amount_fen: bill.amount_fen,
    due_fen: bill.amount_fen,
    paid_fen: 0,
    refunded_fen: 0,
    kept_fen: 0,
    pay_until: null,
    end_reason: null,
    refund_from: null,
    attempt: null,
    refunds: [],
    channels: [...ctx.payment.channels.keys()],
  };
}

function billPayRoute(app: App, ctx: PaymentContext, options: PaymentRoutesOptions): void {
  app.post(
    '/api/bills/:bill_id/pay',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '支付一张账单',
        params: schema.BillParams,
        body: schema.PayRequest,
        response: { 200: schema.PayingReply },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      const { channel, openid = null, device } = request.body;
      const patients = await options.patientsOf(account_id);
      return once(ctx, idempotencyOf(request), async () => {
        const order = await openBillOrder(ctx, {
          bill_id: request.params.bill_id,
          patient_ids: patients.map((patient) => patient.patient_id),
          account_id,
        });
        const actor = actorOf(request);
        const paying = await pay(ctx, {
          order_id: order.id,
          channel,
          openid,
          device,
          actor,
        });
        return paying.state === 'paid'
          ? { state: 'paid' as const, way: null, expires_at: null }
          : { ...paying, expires_at: paying.expires_at.toISOString() };
      });
    },
  );
}

const days_shown = 31;

function reconciliationRoutes(app: App, ctx: PaymentContext): void {
  app.get(
    '/api/staff/reconciliations',
    {
      config: { permission: 'payment.reconcile' },
      schema: {
        tags,
        summary: '对账结果与待处理差异',
        querystring: schema.ReconciliationQuery,
        response: { 200: schema.Reconciliations },
      },
    },
    async (request) => {
      const from = request.query.from ?? addDays(shanghaiDate(ctx.clock.now()), -days_shown);
      const input = { hospital_id: hospitalOf(request), from };
      const { runs, items } = await readReconciliations(ctx, input);
      return {
        runs: runs.map((run) => ({ ...run, ran_at: run.ran_at.toISOString() })),
        items: items.map((item) => ({
          ...item,
          found_at: item.found_at.toISOString(),
          settled_at: item.settled_at?.toISOString() ?? null,
        })),
      };
    },
  );
  app.post(
    '/api/staff/reconciliations',
    {
      config: { permission: 'payment.reconcile' },
      schema: {
        tags,
        summary: '立即核对某一天',
        body: schema.RunRequest,
        response: { 200: schema.RunReply },
      },
    },
    async (request) => ({ items: await reconcile(ctx, request.body) }),
  );
  app.post(
    '/api/staff/reconciliations/items/:item_id/settle',
    {
      config: { permission: 'payment.reconcile' },
      schema: {
        tags,
        summary: '登记一条差异的处理结果',
        params: schema.ItemParams,
        body: schema.SettleRequest,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      const input = {
        ...request.params,
        ...request.body,
        hospital_id: hospitalOf(request),
        actor: actorOf(request),
      };
      return once(ctx, idempotencyOf(request), async () => {
        await settleItem(ctx, input);
        return { ok: true };
      });
    },
  );
}
