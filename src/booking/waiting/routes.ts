import { startEventStream } from '../../platform/event-stream.ts';
import { accountOf, actorOf, hospitalOf, idempotencyOf, type App } from '../../platform/http.ts';
import { once } from '../../platform/once.ts';
import { Problem } from '../../platform/problem.ts';
import { VisitParams, Visit } from '../schema.ts';
import { readMyVisit, readVisit } from '../visits.ts';
import { calendarOf } from './calendar.ts';
import { checkInByCode, type WaitingContext } from './check-in.ts';
import { screenUnknown } from './errors.ts';
import { visitGuide } from './guide.ts';
import { checkIdentity } from './identity.ts';
import { createLive } from './live.ts';
import { givePriority } from './priority.ts';
import * as schema from './schema.ts';
import { screenView } from './screen-view.ts';
import { linkScreen, listScreens, unlinkScreen } from './screens.ts';
import { listWaiting } from './today.ts';

const tags = ['booking'];

/** After the booking: the visit's page, waiting, check-in by code, and the screens that call. */
export function waitingRoutes(app: App, ctx: WaitingContext): void {
  visitRoutes(app, ctx);
  myWaitingRoutes(app, ctx);
  streamRoute(app, ctx);
  identityRoute(app, ctx);
  priorityRoute(app, ctx);
  staffScreenRoutes(app, ctx);
  screenRoute(app, ctx);
}

function visitRoutes(app: App, ctx: WaitingContext): void {
  app.get(
    '/api/appointments/:appointment_id/guide',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '一个预约的到院指引，以及现在取消的后果',
        params: VisitParams,
        response: { 200: schema.Guide },
      },
    },
    (request) => visitGuide(ctx, { ...request.params, account_id: accountOf(request).account_id }),
  );
  app.get(
    '/api/appointments/:appointment_id/calendar',
    {
      config: { permission: 'account' },
      schema: { tags, summary: '一个预约的日历文件（iCalendar）', params: VisitParams },
    },
    async (request, reply) => {
      const { account_id } = accountOf(request);
      const guide = await visitGuide(ctx, { ...request.params, account_id });
      return reply
        .header('content-type', 'text/calendar; charset=utf-8')
        .header('content-disposition', 'attachment; filename="visit.ics"')
        .send(calendarOf(guide, ctx.clock.now()));
    },
  );
}

function myWaitingRoutes(app: App, ctx: WaitingContext): void {
  app.get(
    '/api/waiting',
    {
      config: { permission: 'account' },
      schema: { tags, summary: '候诊查询：今天的预约与候诊位置', response: { 200: schema.WaitingVisits } }, // prettier-ignore
    },
    async (request) => ({
      now: ctx.clock.now().toISOString(),
      visits: await listWaiting(ctx, accountOf(request).account_id),
    }),
  );
  app.post(
    '/api/appointments/:appointment_id/check-in',
    {
      // Dear, so that nobody guesses codes.
      config: { permission: 'account', cost: 40 },
      schema: {
        tags,
        summary: '在医院用屏幕上的签到码签到',
        params: VisitParams,
        body: schema.CheckInByCode,
        response: { 200: Visit },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      const mine = { ...request.params, account_id };
      const idempotency = idempotencyOf(request);
      await checkInByCode(ctx, { ...mine, code: request.body.code, idempotency });
      return readMyVisit(ctx, mine);
    },
  );
}

function streamRoute(app: App, ctx: WaitingContext): void {
  const live = createLive(ctx);
  // Streams would keep a stopping server open for as long as their readers please.
  app.addHook('preClose', async () => live.end());
  app.get(
    '/api/waiting/stream',
    {
      config: { permission: 'account' },
      schema: { tags, summary: '候诊位置的持续推送（SSE）；今天没有预约时为 204' },
    },
    async (request, reply) => {
      const { account_id } = accountOf(request);
      const visits = (await listWaiting(ctx, account_id)).map(({ visit }) => visit);
      // A reader that is told there is nothing does not ask again by itself.
      if (visits.length === 0) return reply.code(204).send();
      live.watch(startEventStream(reply), {
        account_id,
        appointment_ids: visits.map(({ appointment_id }) => appointment_id),
        session_ids: [...new Set(visits.map(({ session_id }) => session_id))],
      });
      return reply;
    },
  );
}

function identityRoute(app: App, ctx: WaitingContext): void {
  app.post(
    '/api/staff/appointments/:appointment_id/identity',
    {
      config: { permission: 'desk.call' },
      schema: {
        tags,
        summary: '核对手机签到的患者的证件',
        params: VisitParams,
        body: schema.Identity,
        response: { 200: Visit },
      },
    },
    async (request) => {
      const hospital_id = hospitalOf(request);
      const { document_type = 'resident_id', document_number } = request.body;
      await checkIdentity(ctx, {
        ...request.params,
        hospital_id,
        actor: actorOf(request),
        document_type,
        document_number,
      });
      return readVisit(ctx, { ...request.params, hospital_id });
    },
  );
}

function priorityRoute(app: App, ctx: WaitingContext): void {
  app.post(
    '/api/staff/appointments/:appointment_id/priority',
    {
      config: { permission: 'desk.call' },
      schema: {
        tags,
        summary: '看过证件后给候诊的人优先，或取消优先',
        params: VisitParams,
        body: schema.Priority,
        response: { 200: Visit },
      },
    },
    async (request) => {
      const hospital_id = hospitalOf(request);
      const by = { hospital_id, actor: actorOf(request) };
      await givePriority(ctx, { ...request.params, ...request.body, ...by });
      return readVisit(ctx, { ...request.params, hospital_id });
    },
  );
}

function staffScreenRoutes(app: App, ctx: WaitingContext): void {
  app.get(
    '/api/staff/screens',
    {
      config: { permission: 'desk.screens' },
      schema: { tags, summary: '本院已连接的叫号屏', response: { 200: schema.Screens } },
    },
    async (request) => {
      const screens = await listScreens(ctx, hospitalOf(request));
      return {
        screens: screens.map((one) => ({ ...one, linked_at: one.linked_at.toISOString() })),
      };
    },
  );
  app.post(
    '/api/staff/screens',
    {
      config: { permission: 'desk.screens' },
      schema: {
        tags,
        summary: '连接一块叫号屏（连接码只显示一次）',
        body: schema.LinkScreen,
        response: { 200: schema.LinkedScreen },
      },
    },
    (request) => {
      const { department_id = null, ...body } = request.body;
      const by = { hospital_id: hospitalOf(request), actor: actorOf(request) };
      return once(ctx, idempotencyOf(request), () =>
        linkScreen(ctx, { ...body, ...by, department_id }),
      );
    },
  );
  app.post(
    '/api/staff/screens/:screen_id/unlink',
    {
      config: { permission: 'desk.screens' },
      schema: {
        tags,
        summary: '断开一块叫号屏',
        params: schema.ScreenParams,
        response: { 200: schema.Unlinked },
      },
    },
    (request) => {
      const { screen_id } = request.params;
      const by = { hospital_id: hospitalOf(request), actor: actorOf(request) };
      return once(ctx, idempotencyOf(request), async () => {
        await unlinkScreen(ctx, { screen_id, ...by });
        return { screen_id };
      });
    },
  );
}

function screenRoute(app: App, ctx: WaitingContext): void {
  app.get(
    '/api/screen',
    {
      // The token that the screen brings is its permission.
      config: { permission: 'public' },
      schema: {
        tags,
        summary: '叫号屏：凭屏幕的连接码读取叫号与签到码',
        headers: schema.ScreenHeaders,
        response: { 200: schema.ScreenView },
      },
    },
    (request) => {
      const token = request.headers['x-screen-token'];
      if (typeof token !== 'string') throw new Problem(screenUnknown);
      return screenView(ctx, token);
    },
  );
}
