import type { FastifyRequest } from 'fastify';
import {
  CashRefundReply,
  CashRequest,
  CategoryRequest,
  PayingReply,
  PaymentReply,
  PayRequest,
} from '../payment/index.ts';
import { accountOf, actorOf, hospitalOf, idempotencyOf, type App } from '../platform/http.ts';
import { once } from '../platform/once.ts';
import { closeUndo } from './close-undo.ts';
import { noteVisitsRead } from './note-read.ts';
import {
  changeVisitCategory,
  payVisit,
  payVisitCash,
  readVisitPayment,
  refundVisitCash,
  type PayContext,
  type VisitPayment,
} from './pay-visit.ts';
import { CloseUndo, VisitParams } from './schema.ts';
import { readVisit } from './visits.ts';

const tags = ['booking'];

/** Paying for a visit: by its people online, at a window in cash. */
export function payRoutes(app: App, ctx: PayContext): void {
  myPayRoutes(app, ctx);
  counterRoutes(app, ctx);
  categoryRoutes(app, ctx);
}

function myPayRoutes(app: App, ctx: PayContext): void {
  app.post(
    '/api/appointments/:appointment_id/pay',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '支付一个号的费用',
        params: VisitParams,
        body: PayRequest,
        response: { 200: PayingReply },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      const { channel, openid = null, device } = request.body;
      return once(ctx, idempotencyOf(request), async () => {
        const paying = await payVisit(ctx, {
          ...request.params,
          by: { account_id },
          channel,
          openid,
          device,
          actor: actorOf(request),
        });
        return paying.state === 'paid'
          ? { state: 'paid' as const, way: null, expires_at: null }
          : { ...paying, expires_at: paying.expires_at.toISOString() };
      });
    },
  );
  app.get(
    '/api/appointments/:appointment_id/payment',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '一个号的费用与支付状态',
        params: VisitParams,
        response: { 200: PaymentReply },
      },
    },
    (request) =>
      readVisitPayment(ctx, {
        ...request.params,
        by: { account_id: accountOf(request).account_id },
      }),
  );
}

function counterRoutes(app: App, ctx: PayContext): void {
  app.post(
    '/api/staff/appointments/:appointment_id/pay-cash',
    {
      config: { permission: 'payment.cash' },
      schema: {
        tags,
        summary: '窗口收取现金（登记票据号）',
        params: VisitParams,
        body: CashRequest,
        response: { 200: PaymentReply },
      },
    },
    async (request) => {
      const input = byCounter(request);
      const { receipt_number } = request.body;
      return once(ctx, idempotencyOf(request), async () => {
        await payVisitCash(ctx, { ...input, receipt_number });
        return readVisitPayment(ctx, input);
      });
    },
  );
  app.post(
    '/api/staff/appointments/:appointment_id/refund-cash',
    {
      config: { permission: 'payment.cash' },
      schema: {
        tags,
        summary: '窗口退还现金（登记票据号）',
        params: VisitParams,
        body: CashRequest,
        response: { 200: CashRefundReply },
      },
    },
    async (request) => {
      const input = { ...byCounter(request), receipt_number: request.body.receipt_number };
      return once(ctx, idempotencyOf(request), () => refundVisitCash(ctx, input));
    },
  );
  app.post(
    '/api/staff/appointments/:appointment_id/close-undo',
    {
      config: { permission: 'payment.cash' },
      schema: {
        tags,
        summary: '本人在窗口说不再恢复：退号立即生效，现金当场可退',
        params: VisitParams,
        body: CloseUndo,
        response: { 200: PaymentReply },
      },
    },
    async (request) => {
      const input = byCounter(request);
      const { hospital_id } = input.by;
      return once(ctx, idempotencyOf(request), async () => {
        await closeUndo(ctx, { ...input, hospital_id, ...request.body });
        return readVisitPayment(ctx, input);
      });
    },
  );
  app.get(
    '/api/staff/appointments/:appointment_id/payment',
    {
      config: { permission: 'payment.cash' },
      schema: {
        tags,
        summary: '窗口查看一个号的费用',
        params: VisitParams,
        response: { 200: PaymentReply },
      },
    },
    async (request) => {
      const input = byCounter(request);
      await noteRead(ctx, input);
      return readVisitPayment(ctx, input);
    },
  );
}

function categoryRoutes(app: App, ctx: PayContext): void {
  const schema = {
    tags,
    summary: '更改费别（签到前，号不变）',
    params: VisitParams,
    body: CategoryRequest,
    response: { 200: PaymentReply },
  };
  const change = (
    request: FastifyRequest,
    input: Parameters<typeof changeVisitCategory>[1],
  ): Promise<VisitPayment> =>
    once(ctx, idempotencyOf(request), async () => {
      await changeVisitCategory(ctx, input);
      return readVisitPayment(ctx, input);
    });
  app.post(
    '/api/appointments/:appointment_id/fee-category',
    { config: { permission: 'account' }, schema },
    (request) =>
      change(request, {
        ...request.params,
        by: { account_id: accountOf(request).account_id },
        category: request.body.category,
        actor: actorOf(request),
      }),
  );
  app.post(
    '/api/staff/appointments/:appointment_id/fee-category',
    { config: { permission: 'payment.cash' }, schema },
    (request) =>
      change(request, {
        ...byCounter(request),
        category: request.body.category,
      }),
  );
}

function byCounter(request: FastifyRequest): {
  appointment_id: string;
  by: { hospital_id: string };
  actor: string;
} {
  const { appointment_id } = request.params as { appointment_id: string };
  return { appointment_id, by: { hospital_id: hospitalOf(request) }, actor: actorOf(request) };
}

/** That staff looked at what a person pays for is recorded. */
async function noteRead(
  ctx: PayContext,
  input: { appointment_id: string; by: { hospital_id: string }; actor: string },
): Promise<void> {
  const { hospital_id } = input.by;
  const visit = await readVisit(ctx, { appointment_id: input.appointment_id, hospital_id });
  const { patient_id } = visit.patient;
  await noteVisitsRead(ctx, { patient_id, hospital_id, actor: input.actor });
}
