import type { App } from '../platform/http.ts';
import { admitTerminal, setTerminalCookie, terminalOf, turnOf } from './guard.ts';
import { idle_answer_seconds, idle_warning_seconds } from './rules.ts';
import * as schema from './schema.ts';
import { staffRoutes } from './staff-routes.ts';
import { pairTerminal } from './terminals.ts';
import { beginTurn, leave, provePhone } from './turn.ts';
import type { KioskContext, Terminal } from './types.ts';
import { visitRoutes } from './visit-routes.ts';

const tags = ['kiosk'];
/** No session opens these routes but the machine's own token; `admitTerminal` asks for it. */
const config = { permission: 'public' };

/** The self-service terminal: switching it on, a person's turn, what they do; and its list for staff. */
export function kioskRoutes(app: App, ctx: KioskContext): void {
  pairRoute(app, ctx);
  staffRoutes(app, ctx);
  void app.register((scope, _options, done) => {
    scope.decorateRequest('kiosk', undefined);
    scope.addHook('onRequest', (request) => admitTerminal(ctx, request));
    turnRoutes(scope, ctx);
    visitRoutes(scope, ctx);
    done();
  });
}

function reply(terminal: Terminal) {
  return { ...terminal, idle_warning_seconds, idle_answer_seconds };
}

function pairRoute(app: App, ctx: KioskContext): void {
  app.post(
    '/api/kiosk/pair',
    {
      config: { permission: 'public', cost: 50 },
      schema: {
        tags,
        summary: '自助机启用：输入管理员给的一次性启用码',
        body: schema.PairRequest,
        response: { 200: schema.TerminalReply },
      },
    },
    async (request, response) => {
      const { terminal, token } = await pairTerminal(ctx, request.body);
      setTerminalCookie(request, response, { token, now: ctx.clock.now() });
      return reply(terminal);
    },
  );
}

function turnRoutes(app: App, ctx: KioskContext): void {
  app.get(
    '/api/kiosk/terminal',
    { config, schema: { tags, summary: '这台自助机', response: { 200: schema.TerminalReply } } },
    (request) => reply(terminalOf(request)),
  );
  app.post(
    '/api/kiosk/turns',
    {
      config,
      schema: {
        tags,
        summary: '刷身份证或输入证件号，开始办理',
        body: schema.TurnRequest,
        response: { 200: schema.TurnReply },
      },
    },
    (request) => beginTurn(ctx, { terminal: terminalOf(request), shown: request.body }),
  );
  app.post(
    '/api/kiosk/leave',
    {
      config,
      schema: {
        tags,
        summary: '退出办理',
        body: schema.LeaveRequest,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      const by = request.body.idle === true ? 'idle' : 'left';
      await leave(ctx, { terminal: terminalOf(request), by });
      return { done: true };
    },
  );
  app.post(
    '/api/kiosk/keep',
    { config, schema: { tags, summary: '还在办理，继续', response: { 200: schema.Done } } },
    async (request) => {
      await turnOf(ctx, request);
      return { done: true };
    },
  );
  app.post(
    '/api/kiosk/prove-phone',
    {
      config,
      schema: {
        tags,
        summary: '输入留存的手机号，查看和办理自己的号',
        body: schema.PhoneRequest,
        response: { 200: schema.Proved },
      },
    },
    async (request) => provePhone(ctx, { ...(await turnOf(ctx, request)), ...request.body }),
  );
}
