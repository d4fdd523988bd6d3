import { actorOf, hospitalOf, type App } from '../platform/http.ts';
import * as schema from './schema.ts';
import { createTerminal, listTerminals, pairAgain, revokeTerminal } from './terminals.ts';
import type { KioskContext } from './types.ts';

const tags = ['kiosk'];
const config = { permission: 'terminal.manage' };

/** Kiosks as the administrator keeps them: made, paired again, switched off, watched. */
export function staffRoutes(app: App, ctx: KioskContext): void {
  app.get(
    '/api/staff/terminals',
    {
      config,
      schema: { tags, summary: '自助机一览与今日办理量', response: { 200: schema.Terminals } },
    },
    async (request) => ({ terminals: await listTerminals(ctx, hospitalOf(request)) }),
  );
  app.post(
    '/api/staff/terminals',
    {
      config,
      schema: {
        tags,
        summary: '新增自助机，生成一次性启用码（名称在本院不重复）',
        body: schema.TerminalRequest,
        response: { 200: schema.PairingReply },
      },
    },
    (request) => {
      const by = { hospital_id: hospitalOf(request), actor: actorOf(request) };
      return createTerminal(ctx, { ...request.body, ...by });
    },
  );
  const params = schema.TerminalParams;
  app.post(
    '/api/staff/terminals/:terminal_id/pair',
    {
      config,
      schema: {
        tags,
        summary: '重新生成启用码；原来的凭证立即失效',
        params,
        response: { 200: schema.PairingReply },
      },
    },
    (request) => {
      const by = { hospital_id: hospitalOf(request), actor: actorOf(request) };
      return pairAgain(ctx, { ...request.params, ...by });
    },
  );
  app.post(
    '/api/staff/terminals/:terminal_id/revoke',
    {
      config,
      schema: { tags, summary: '停用自助机', params, response: { 200: schema.Done } },
    },
    async (request) => {
      const by = { hospital_id: hospitalOf(request), actor: actorOf(request) };
      await revokeTerminal(ctx, { ...request.params, ...by });
      return { done: true };
    },
  );
}
