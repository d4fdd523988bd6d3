import type { FastifyRequest } from 'fastify';
import { VisitReply } from '../booking/index.ts';
import { CategoryRequest, PayingReply, PaymentReply, PayRequest } from '../payment/index.ts';
import type { App } from '../platform/http.ts';
import type { Idempotency } from '../platform/idempotency.ts';
import { SlipReply } from '../release/index.ts';
import { turnIdempotency, turnOf } from './guard.ts';
import * as schema from './schema.ts';
import type { AtTerminal, KioskContext } from './types.ts';
import {
  cancelHere,
  categoryHere,
  checkInHere,
  enterHere,
  myEntries,
  myVisits,
  payHere,
  paymentHere,
  takeHere,
} from './visits.ts';

const tags = ['kiosk'];
const config = { permission: 'public' };

type Writing = AtTerminal & { idempotency: Idempotency };

/** What the person whose turn it is can do; every route asks for the turn. */
export function visitRoutes(app: App, ctx: KioskContext): void {
  readRoutes(app, ctx);
  takeRoutes(app, ctx);
  stepRoutes(app, ctx);
  payRoutes(app, ctx);
}

async function writing(ctx: KioskContext, request: FastifyRequest): Promise<Writing> {
  const at = await turnOf(ctx, request);
  return { ...at, idempotency: turnIdempotency(request, at) };
}

function readRoutes(app: App, ctx: KioskContext): void {
  app.get(
    '/api/kiosk/visits',
    {
      config,
      schema: { tags, summary: '我的号：今天和以后的', response: { 200: schema.MyReply } },
    },
    async (request) => {
      const at = await turnOf(ctx, request);
      return { ...(await myVisits(ctx, at)), entries: await myEntries(ctx, at) };
    },
  );
}

function takeRoutes(app: App, ctx: KioskContext): void {
  app.post(
    '/api/kiosk/appointments',
    {
      config,
      schema: {
        tags,
        summary: '自助机取号',
        body: schema.TakeRequest,
        response: { 200: VisitReply },
      },
    },
    async (request) => {
      const { session_id, slot_id = null } = request.body;
      return takeHere(ctx, { ...(await writing(ctx, request)), session_id, slot_id });
    },
  );
  app.post(
    '/api/kiosk/draws/:draw_id/entries',
    {
      config,
      schema: {
        tags,
        summary: '自助机登记随机派号（打印凭条）',
        params: schema.DrawParams,
        body: schema.EnterRequest,
        response: { 200: SlipReply },
      },
    },
    async (request) => {
      const { preferences, notice_days = 2 } = request.body;
      const asked = { ...request.params, preferences, notice_days };
      return enterHere(ctx, { ...(await writing(ctx, request)), ...asked });
    },
  );
}

function stepRoutes(app: App, ctx: KioskContext): void {
  for (const [name, act, summary] of [
    ['check-in', checkInHere, '自助机签到取号（须刷身份证）'],
    ['cancel', cancelHere, '自助机退号'],
  ] as const)
    app.post(
      `/api/kiosk/appointments/:appointment_id/${name}`,
      {
        config,
        schema: { tags, summary, params: schema.VisitParams, response: { 200: VisitReply } },
      },
      async (request) => act(ctx, { ...(await writing(ctx, request)), ...request.params }),
    );
}

function payRoutes(app: App, ctx: KioskContext): void {
  const params = schema.VisitParams;
  app.get(
    '/api/kiosk/appointments/:appointment_id/payment',
    {
      config,
      schema: { tags, summary: '一个号的费用与支付状态', params, response: { 200: PaymentReply } },
    },
    async (request) => paymentHere(ctx, { ...(await turnOf(ctx, request)), ...request.params }),
  );
  app.post(
    '/api/kiosk/appointments/:appointment_id/pay',
    {
      config,
      schema: {
        tags,
        summary: '自助机扫码支付',
        params,
        body: PayRequest,
        response: { 200: PayingReply },
      },
    },
    async (request) => {
      const { channel } = request.body;
      return payHere(ctx, { ...(await writing(ctx, request)), ...request.params, channel });
    },
  );
  app.post(
    '/api/kiosk/appointments/:appointment_id/fee-category',
    {
      config,
      schema: {
        tags,
        summary: '自助机更改费别（签到前，号不变）',
        params,
        body: CategoryRequest,
        response: { 200: PaymentReply },
      },
    },
    async (request) => {
      const { category } = request.body;
      return categoryHere(ctx, { ...(await writing(ctx, request)), ...request.params, category });
    },
  );
}
