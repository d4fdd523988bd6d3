import type { FastifyReply, FastifyRequest } from 'fastify';
import { startEventStream } from '../platform/event-stream.ts';
import { accountOf, type App } from '../platform/http.ts';
import { Problem } from '../platform/problem.ts';
import { roomUnknown } from './errors.ts';
import { givePass } from './give-pass.ts';
import { appealRoutes } from './appeal-routes.ts';
import { readOpening } from './read-opening.ts';
import { needsPass, type Room } from './room.ts';
import * as schema from './schema.ts';
import { takeTicket, type GateContext } from './take-ticket.ts';

const tags = ['gate'];

/** The browser's key, once it has one; never more than an id. */
function deviceKeyOf(request: FastifyRequest): string | null {
  const value = request.headers['x-device-key-id'];
  return typeof value === 'string' && /^[\w-]{1,100}$/.test(value) ? value : null;
}

/** Any cache between us and a crowd may answer for a second. */
function cacheable(reply: FastifyReply): void {
  void reply.header('cache-control', 'public, max-age=1');
}

/** The gate: rooms and watermarks for everybody, tickets and passes for accounts. */
export function gateRoutes(app: App, ctx: GateContext): void {
  roomRoutes(app, ctx);
  openingRoute(app, ctx);
  streamRoute(app, ctx);
  ticketRoutes(app, ctx);
  appealRoutes(app, ctx);
  // Streams would keep a stopping server open for as long as their readers please.
  app.addHook('preClose', async () => ctx.gate.rooms.streams.end());
}

async function roomOf(ctx: GateContext, room_id: string): Promise<Room> {
  const room = await ctx.gate.rooms.get(room_id);
  if (!room) throw new Problem(roomUnknown);
  return room;
}

function roomRoutes(app: App, ctx: GateContext): void {
  app.get(
    '/api/gate/rooms',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: '某次出诊放号时的排队；没有排队时为空',
        querystring: schema.SessionQuery,
        response: { 200: schema.RoomOfSession },
      },
    },
    async (request, reply) => {
      const room = await ctx.gate.rooms.ofSession(request.query.session_id);
      cacheable(reply);
      if (!room) return { room: null };
      const { id, opens_at, state, release_key_sha256 } = room.row;
      return {
        room: {
          room_id: id,
          opens_at: opens_at.toISOString(),
          state,
          release_key_sha256: release_key_sha256.toString('hex'),
          pass_needed: needsPass(room, ctx.clock.now(), ctx.gate.rooms.isBusy()),
        },
      };
    },
  );
  app.get(
    '/api/gate/rooms/:room_id/watermark',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: '排队进度：各队列已放行到哪里',
        params: schema.RoomParams,
        response: { 200: schema.Watermark },
      },
    },
    async (request, reply) => {
      const { text } = await roomOf(ctx, request.params.room_id);
      cacheable(reply);
      return reply.type('application/json; charset=utf-8').send(text as never);
    },
  );
}

/** The file by which anybody computes early places again, long after the queue too. */
function openingRoute(app: App, ctx: GateContext): void {
  app.get(
    '/api/gate/rooms/:room_id/opening',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: '核对早到名次：事先公布的密钥摘要，放号后公开的密钥和算法',
        params: schema.RoomParams,
        response: { 200: schema.Opening },
      },
    },
    async (request, reply) => {
      const opening = await readOpening(ctx, request.params.room_id);
      cacheable(reply);
      return opening;
    },
  );
}

function streamRoute(app: App, ctx: GateContext): void {
  app.get(
    '/api/gate/rooms/:room_id/stream',
    {
      config: { permission: 'public' },
      schema: { tags, summary: '排队进度的持续推送（SSE）', params: schema.RoomParams },
    },
    async (request, reply) => {
      const room = await roomOf(ctx, request.params.room_id);
      ctx.gate.rooms.streams.add(room.row.id, startEventStream(reply, room.text));
    },
  );
}

function ticketRoutes(app: App, ctx: GateContext): void {
  app.post(
    '/api/gate/rooms/:room_id/tickets',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '排队取号；重复取号名次不变',
        params: schema.RoomParams,
        body: schema.TicketRequest,
        response: { 200: schema.Ticket },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      const device_key_id = deviceKeyOf(request);
      const asked = { ...request.params, ...request.body, account_id, device_key_id };
      const { ticket, text } = await takeTicket(ctx, asked);
      const { room_id, patient_id, kind, value, lane, extra_s, case_id } = ticket;
      return { room_id, patient_id, ticket: text, kind, value, lane, extra_s, case_id };
    },
  );
  app.post(
    '/api/gate/rooms/:room_id/pass',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '轮到后换取几分钟内有效的选号凭证',
        params: schema.RoomParams,
        body: schema.PassRequest,
        response: { 200: schema.Pass },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      const device_key_id = deviceKeyOf(request);
      const given = { ...request.params, ...request.body, account_id, device_key_id };
      const { pass, expires_at } = await givePass(ctx, given);
      return { pass, expires_at: expires_at.toISOString() };
    },
  );
}
