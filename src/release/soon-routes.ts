import type { App } from '../platform/http.ts';
import type { ViewContext } from './availability.ts';
import * as schema from './schema.ts';
import { sharedReply, type SharedContext } from './shared-reply.ts';
import { besides, soonSessions } from './soon.ts';

const tags = ['release'];

/** Who can be seen today or tomorrow, and what must not wait for a number at all. */
export function soonRoutes(app: App, ctx: ViewContext & SharedContext): void {
  app.get(
    '/api/hospitals/:hospital_id/soon',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: '今天和明天还有号的门诊（当日挂号）',
        params: schema.HospitalQuery,
        response: { 200: schema.Soon },
      },
    },
    (request, reply) => sharedReply(ctx, request, reply, () => soonSessions(ctx, request.params)),
  );
  app.get(
    '/api/sessions/:session_id/besides',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: '这个号之外：不能等号的危险信号、今明两天可看的医生、同级医生',
        params: schema.SessionIdParams,
        response: { 200: schema.Besides },
      },
    },
    (request, reply) =>
      sharedReply(ctx, request, reply, () => besides(ctx, request.params.session_id)),
  );
}
