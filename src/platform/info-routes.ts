import { Type } from 'typebox';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { Db } from './db.ts';
import type { App } from './http.ts';
import { problemCatalogue } from './problem.ts';
import { sql } from './sql.ts';

const Info = Type.Object({
  name: Type.String(),
  demo: Type.Boolean(),
  demo_banner: Type.Boolean(),
  /** The server's clock, which alone decides when anything is released (R052). */
  now: Type.String({ format: 'date-time' }),
});

/** What this installation is, whether it is healthy, and what its problem codes mean. */
export function infoRoutes(app: App, ctx: { config: Config; clock: Clock; db: Db }): void {
  app.get(
    '/api/info',
    {
      config: { permission: 'public' },
      schema: { tags: ['platform'], summary: 'About this installation', response: { 200: Info } },
    },
    () => ({
      name: '正号',
      demo: ctx.config.demo,
      demo_banner: ctx.config.demo_banner,
      now: ctx.clock.now().toISOString(),
    }),
  );
  app.get(
    '/healthz',
    { config: { permission: 'public' }, schema: { tags: ['platform'], summary: 'Is it alive' } },
    async () => {
      await ctx.db.one(sql`select 1 as one`);
      return { ok: true };
    },
  );
  app.get(
    '/docs/errors',
    {
      config: { permission: 'public' },
      schema: { tags: ['platform'], summary: 'Every problem code with its meaning' },
    },
    () => ({
      errors: problemCatalogue().map(({ code, status, message, english }) => ({
        code,
        status,
        message,
        english,
      })),
    }),
  );
}
