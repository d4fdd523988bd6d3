import type { FastifyRequest } from 'fastify';
import { actorOf, hospitalOf, idempotencyOf, staffOf, type App } from '../platform/http.ts';
import { Problem } from '../platform/problem.ts';
import { attend, call, checkIn, miss, noShow, see } from './check-in.ts';
import { contactRoutes } from './contact-routes.ts';
import { deskList } from './desk.ts';
import { noFile } from './errors.ts';
import type { BookingContext } from './for-account.ts';
import { bookByStaff } from './for-staff.ts';
import { drawInHall, takeHallTicket } from './hall-draw.ts';
import { importSold, soldTemplate } from './import-sold.ts';
import { moveVisit } from './move.ts';
import * as schema from './schema.ts';
import { step } from './step.ts';
import { supplyOf } from './supply.ts';
import { findVisits, listPatientVisits, readVisit } from './visits.ts';

const tags = ['booking'];

export type BookingRoutesOptions = {
  /** Draw entries of a patient as release shows them; booking does not know of draws. */
  entriesOf?: (input: {
    patient_id: string;
    hospital_id: string;
  }) => Promise<Record<string, unknown>[]>;
  /** The gate: refuses an account's booking while others queue before it. Window and phone have none. */
  admit?: (input: {
    account_id: string;
    patient_id: string;
    device_key_id: string | null;
    session_id: string;
    pass: string | undefined;
  }) => Promise<void>;
};

/** Who acts, for which hospital. */
function byStaff(request: FastifyRequest): { hospital_id: string; actor: string } {
  return { hospital_id: hospitalOf(request), actor: actorOf(request) };
}

export function staffRoutes(app: App, ctx: BookingContext, options: BookingRoutesOptions): void {
  readRoutes(app, ctx, options);
  windowRoutes(app, ctx);
  windowStepRoutes(app, ctx);
  deskRoutes(app, ctx);
  hallRoutes(app, ctx);
  importRoutes(app, ctx);
  contactRoutes(app, ctx);
}

function readRoutes(app: App, ctx: BookingContext, options: BookingRoutesOptions): void {
  app.get(
    '/api/staff/desk',
    {
      config: { permission: 'booking.read' },
      schema: {
        tags,
        summary: '分诊台：一次出诊的名单与候诊顺序',
        querystring: schema.DeskQuery,
        response: { 200: schema.Desk },
      },
    },
    async (request) => {
      const input = { ...request.query, hospital_id: hospitalOf(request) };
      const { session, visits } = await deskList(ctx, input);
      return {
        session: {
          ...session,
          session_id: session.id,
          starts_at: session.starts_at.toISOString(),
          ends_at: session.ends_at.toISOString(),
        },
        visits,
      };
    },
  );
  app.get(
    '/api/staff/supply',
    {
      config: { permission: 'schedule.read' },
      schema: {
        tags,
        summary: '号源状态：每次出诊各状态的号数',
        querystring: schema.SupplyQuery,
        response: { 200: schema.Supply },
      },
    },
    async (request) => ({
      sessions: await supplyOf(ctx, { ...request.query, hospital_id: hospitalOf(request) }),
    }),
  );
  app.get(
    '/api/staff/patients/:patient_id/visits',
    {
      config: { permission: 'booking.read' },
      schema: {
        tags,
        summary: '一位就诊人在本院的预约与登记',
        params: schema.PatientParams,
        response: { 200: schema.PatientVisits },
      },
    },
    async (request) => {
      const input = { ...request.params, ...byStaff(request) };
      const appointments = await listPatientVisits(ctx, input);
      return { appointments, entries: (await options.entriesOf?.(input)) ?? [] };
    },
  );
  app.get(
    '/api/staff/appointments',
    {
      config: { permission: 'booking.read' },
      schema: {
        tags,
        summary: '按原系统订单号查预约',
        querystring: schema.OrderNumberQuery,
        response: { 200: schema.Visits },
      },
    },
    async (request) => ({
      appointments: await findVisits(ctx, { ...request.query, hospital_id: hospitalOf(request) }),
    }),
  );
}

function windowRoutes(app: App, ctx: BookingContext): void {
  for (const [url, permission, channel, summary] of [
    ['/api/staff/appointments', 'booking.window', 'window', '窗口预约'],
    ['/api/staff/in-clinic-appointments', 'booking.in_clinic', 'in_clinic', '诊间预约'],
  ] as const)
    app.post(
      url,
      {
        config: { permission },
        schema: { tags, summary, body: schema.StaffBookRequest, response: { 200: schema.Visit } },
      },
      async (request) => {
        const by = byStaff(request);
        const { slot_id = null, pool, on_site_reason, session_id, patient_id } = request.body;
        const { appointment_id } = await bookByStaff(ctx, {
          ...by,
          channel,
          session_id,
          slot_id,
          patient_id,
          ...(pool === undefined ? {} : { pool }),
          ...(on_site_reason === undefined ? {} : { on_site_reason }),
          idempotency: idempotencyOf(request),
        });
        return readVisit(ctx, { ...by, appointment_id });
      },
    );
}

function windowStepRoutes(app: App, ctx: BookingContext): void {
  for (const [name, summary] of [
    ['confirm', '窗口确认占号'],
    ['cancel', '窗口退号'],
    ['restore', '窗口撤销退号（10 分钟内）'],
  ] as const)
    app.post(
      `/api/staff/appointments/:appointment_id/${name}`,
      {
        config: { permission: 'booking.window' },
        schema: {
          tags,
          summary,
          params: schema.VisitParams,
          body: schema.CancelRequest,
          response: { 200: schema.Visit },
        },
      },
      async (request) => {
        const input = { ...request.params, ...byStaff(request) };
        const reason = request.body?.reason;
        await step(ctx, name, {
          ...input,
          ...(reason === undefined ? {} : { detail: { reason } }),
          idempotency: idempotencyOf(request),
        });
        return readVisit(ctx, input);
      },
    );
  app.post(
    '/api/staff/appointments/:appointment_id/move',
    {
      config: { permission: 'booking.window' },
      schema: {
        tags,
        summary: '窗口改约',
        params: schema.VisitParams,
        body: schema.MoveRequest,
        response: { 200: schema.Visit },
      },
    },
    async (request) => {
      const input = { ...request.params, ...byStaff(request) };
      await moveVisit(ctx, {
        ...input,
        asker: { actor: input.actor, channel: 'window', account_id: null },
        slot_id: request.body.slot_id,
        idempotency: idempotencyOf(request),
      });
      return readVisit(ctx, input);
    },
  );
}

function deskRoutes(app: App, ctx: BookingContext): void {
  app.post(
    '/api/staff/appointments/:appointment_id/check-in',
    {
      config: { permission: 'desk.check-in' },
      schema: {
        tags,
        summary: '签到取号（核对证件为预约本人）',
        params: schema.VisitParams,
        body: schema.CheckInRequest,
        response: { 200: schema.Visit },
      },
    },
    async (request) => {
      const input = { ...request.params, ...byStaff(request) };
      const { document_type = 'resident_id', document_number, late_reason } = request.body;
      const idempotency = idempotencyOf(request);
      const shown = { document_type, document_number };
      await checkIn(ctx, { ...input, ...shown, late_reason, idempotency });
      return readVisit(ctx, input);
    },
  );
  for (const [name, act, summary] of [
    ['call', call, '叫号'],
    ['miss', miss, '过号（回到候诊，排后两位）'],
    ['seen', see, '就诊完成'],
    ['attended', attend, '补录就诊（纸质登记或原系统记录）'],
    ['no-show', noShow, '登记爽约'],
  ] as const)
    app.post(
      `/api/staff/appointments/:appointment_id/${name}`,
      {
        config: { permission: 'desk.call' },
        schema: { tags, summary, params: schema.VisitParams, response: { 200: schema.Visit } },
      },
      async (request) => {
        const input = { ...request.params, ...byStaff(request) };
        await act(ctx, { ...input, idempotency: idempotencyOf(request) });
        return readVisit(ctx, input);
      },
    );
}

function hallRoutes(app: App, ctx: BookingContext): void {
  app.post(
    '/api/staff/hall-tickets',
    {
      config: { permission: 'desk.check-in' },
      schema: {
        tags,
        summary: '现场抽号凭条（每人每次出诊一张）',
        body: schema.TicketRequest,
        response: { 200: schema.HallTicket },
      },
    },
    async (request) => {
      const ticket = await takeHallTicket(ctx, { ...request.body, ...byStaff(request) });
      return { ...ticket, taken_at: ticket.taken_at.toISOString() };
    },
  );
  app.post(
    '/api/staff/hall-draw',
    {
      config: { permission: 'desk.check-in' },
      schema: {
        tags,
        summary: '现场随机排序并按序取现场号',
        body: schema.SessionRequest,
        response: { 200: schema.HallDraw },
      },
    },
    async (request) => {
      const { session_id } = request.body;
      return { session_id, tickets: await drawInHall(ctx, { session_id, ...byStaff(request) }) };
    },
  );
}

function importRoutes(app: App, ctx: BookingContext): void {
  app.post(
    '/api/staff/imports/sold',
    {
      config: { permission: 'schedule.import' },
      schema: {
        tags,
        summary: '导入原系统已售号、停诊、限制与爽约次数',
        consumes: ['multipart/form-data'],
        querystring: schema.ImportQuery,
        response: { 200: schema.SoldReport },
      },
    },
    async (request) => {
      const part = await request.file();
      if (part?.fieldname !== 'file') throw new Problem(noFile);
      return importSold(ctx, {
        hospital_id: hospitalOf(request),
        file_name: part.filename,
        bytes: await part.toBuffer(),
        dry_run: request.query.dry_run,
        staff_id: staffOf(request).staff_id,
      });
    },
  );
  app.get(
    '/api/staff/imports/sold/template.csv',
    {
      config: { permission: 'schedule.import' },
      schema: { tags, summary: '已售号导入模板（CSV）' },
    },
    async (_request, reply) => {
      const file = soldTemplate(ctx);
      return reply
        .header('content-type', 'text/csv; charset=utf-8')
        .header(
          'content-disposition',
          `attachment; filename*=UTF-8''${encodeURIComponent('已售号导入模板.csv')}`,
        )
        .send(file);
    },
  );
}
