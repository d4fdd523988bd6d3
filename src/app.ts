import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { RouteOptions } from 'fastify';
import {
  bookingRoutes,
  internetAhead,
  internetGuard,
  referralRoutes,
  teamRoutes,
  waitingRoutes,
} from './booking/index.ts';
import { sendable, sendPage } from './compressed.ts';
import type { Context } from './context.ts';
import { readEarlyLinks } from './early.ts';
import { personData } from './person-data.ts';
import { evidenceRoutes } from './evidence/index.ts';
import { createGcra, gateRoutes, guardHooks, guardRoutes, issueRequestKey } from './gate/index.ts';
import { clueRoutes, reportRates } from './governance/index.ts';
import {
  can,
  consentGuard,
  createAuthenticator,
  identityRoutes,
  listPatients,
  privacyRoutes,
} from './identity/index.ts';
import type { DemoLogins } from './identity/index.ts';
import { kioskRoutes } from './kiosk/index.ts';
import { notifyRoutes } from './notify/index.ts';
import { paperRoutes } from './paper/index.ts';
import { paymentRoutes } from './payment/index.ts';
import { createHttp, notFound, type App } from './platform/http.ts';
import { infoRoutes } from './platform/info-routes.ts';
import { registerOpenApi } from './platform/openapi.ts';
import { Problem } from './platform/problem.ts';
import { projectFolder } from './platform/project.ts';
import { entriesOf, releaseRoutes } from './release/index.ts';
import { scheduleRoutes } from './schedule/index.ts';

/** Fastify with every module's routes; used by the server, by tests and by the generators. */
export async function buildApp(
  ctx: Context,
  options: { log?: boolean; demo?: DemoLogins; onRoute?: (route: RouteOptions) => void } = {},
): Promise<App> {
  const app = await createHttp({
    config: ctx.config,
    authenticate: createAuthenticator(ctx),
    can,
    log: options.log ?? false,
  });
  if (options.onRoute) app.addHook('onRoute', options.onRoute);
  guardHooks(app, ctx);
  internetAhead(app, ctx);
  consentGuard(app, ctx);
  internetGuard(app, ctx);
  await registerOpenApi(app);
  infoRoutes(app, ctx);
  const own = { ...ctx, random: ctx.guard.random };
  identityRoutes(app, ctx, options.demo, (account_id, device_key_id) =>
    issueRequestKey(own, account_id, device_key_id),
  );
  privacyRoutes(app, ctx, personData(ctx));
  guardRoutes(app, ctx);
  scheduleRoutes(app, ctx);
  bookingRoutes(app, ctx, {
    entriesOf: ({ patient_id }) => entriesOf(ctx, [patient_id]),
    admit: ctx.gate.admit,
  });
  waitingRoutes(app, ctx);
  referralRoutes(app, ctx);
  teamRoutes(app, ctx);
  paymentRoutes(app, ctx, {
    patientsOf: (account_id) => listPatients(ctx, account_id),
  });
  gateRoutes(app, ctx);
  releaseRoutes(app, ctx);
  notifyRoutes(app, ctx);
  kioskRoutes(app, ctx);
  paperRoutes(app, ctx);
  evidenceRoutes(app, ctx);
  const { random } = ctx.guard;
  const limits = {
    reports: createGcra(reportRates.reports, random),
    photos: createGcra(reportRates.photos, random),
    all_photos: createGcra(reportRates.all_photos, random),
  };
  clueRoutes(app, { ...ctx, limits });
  await servePages(app);
  return app;
}

const pages = join(projectFolder, 'dist/web');

/** The built pages; each of the faces answers its own addresses with its own page. */
async function servePages(app: App): Promise<void> {
  if (!existsSync(pages)) return;
  await app.register(fastifyStatic, {
    root: join(pages, 'assets'),
    prefix: '/assets/',
    immutable: true,
    maxAge: '365d',
    wildcard: true,
    preCompressed: true,
  });
  const send = (url: string, file: string, early?: (path: string) => string | undefined): void => {
    if (!existsSync(join(pages, file))) return;
    const page = sendable('text/html; charset=utf-8', readFileSync(join(pages, file)));
    app.get(url, { config: { permission: 'public' }, schema: { hide: true } }, (request, reply) => {
      if (/^\/(api|log|assets|docs)\//.test(request.url)) throw new Problem(notFound);
      const links = early?.(request.url.replace(/\?.*/, ''));
      if (links !== undefined) void reply.header('link', links);
      return sendPage(request, reply, page);
    });
  };
  for (const face of ['console', 'screen', 'kiosk']) {
    send(`/${face}`, `${face}/index.html`);
    send(`/${face}/*`, `${face}/index.html`);
  }
  for (const [file, type] of rootFiles) {
    if (!existsSync(join(pages, file))) continue;
    const content = sendable(type, readFileSync(join(pages, file)));
    const access = { config: { permission: 'public' }, schema: { hide: true } };
    app.get(`/${file}`, access, (request, reply) => sendPage(request, reply, content));
  }
  send('/*', 'index.html', readEarlyLinks(join(pages, 'early.json')));
}

/** What a browser wants at the root: the worker for times without a network, and the sign of the site. */
const rootFiles = [
  ['sw.js', 'text/javascript; charset=utf-8'],
  ['manifest.webmanifest', 'application/manifest+json'],
  ['icon-192.png', 'image/png'],
  ['icon-512.png', 'image/png'],
] as const;
