import type { RouteOptions } from 'fastify';
import { buildApp } from '../../src/app.ts';
import { createContext, type Context } from '../../src/context.ts';
import { readConfig } from '../../src/platform/config.ts';
import type { App } from '../../src/platform/http.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { testCluster } from './cluster.ts';

export type TestApp = {
  app: App;
  /** The same without the demo: only there the first administrator's set-up exists. */
  plain: App;
  ctx: Context;
  /** The routes of both. */
  routes: Route[];
  stop(): Promise<void>;
};

/** One route of the API as it registered; pages and their assets are left out. */
export type Route = {
  method: string;
  url: string;
  permission: string;
  schema: { tags?: readonly string[]; summary?: string } & Record<string, unknown>;
};

function toRoutes(route: RouteOptions): Route[] {
  const schema = (route.schema ?? {}) as Route['schema'];
  if (schema.hide === true) return [];
  return [route.method]
    .flat()
    .filter((method) => method !== 'HEAD')
    .map((method) => ({
      method,
      url: route.url,
      permission: route.config?.permission ?? '',
      schema,
    }));
}

/** The whole app as the demo runs it, on a fresh migrated database, without listening. */
export async function testApp(): Promise<TestApp> {
  const cluster = await testCluster();
  const config = readConfig({ DEMO: '1', DATA_DIR: cluster.dataDir, LOG_LEVEL: 'silent' });
  const ctx = createContext(config, { database_url: cluster.url });
  await migrate(ctx.db);
  const routes: Route[] = [];
  const app = await buildApp(ctx, {
    demo: { staff: [], phones: [], people: [] },
    onRoute: (route) => routes.push(...toRoutes(route)),
  });
  const known = new Set(routes.map(({ method, url }) => `${method} ${url}`));
  const plain = await buildApp(
    { ...ctx, config: { ...config, demo: false } },
    {
      onRoute: (route) =>
        routes.push(...toRoutes(route).filter(({ method, url }) => !known.has(`${method} ${url}`))),
    },
  );
  await app.ready();
  await plain.ready();
  return {
    app,
    plain,
    ctx,
    routes: routes.toSorted((a, b) => (`${a.url} ${a.method}` < `${b.url} ${b.method}` ? -1 : 1)),
    stop: async () => {
      await app.close();
      await plain.close();
      await ctx.db.close();
      await cluster.stop();
    },
  };
}
