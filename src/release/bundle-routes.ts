import type { FastifyRequest } from 'fastify';
import { can } from '../identity/index.ts';
import type { App } from '../platform/http.ts';
import { Problem } from '../platform/problem.ts';
import { zipFiles } from '../platform/zip.ts';
import { drawBundle, public_files } from './bundle.ts';
import { bundleClosed, drawUnknown } from './errors.ts';
import type { ReleaseContext } from './announce.ts';
import * as schema from './schema.ts';
import { getDraw, type DrawRow } from './store-draw.ts';
import { isEntrant } from './store-entry.ts';

const tags = ['release'];

/** Who may read the pool: anyone when it is public, else entrants and staff who watch draws. */
async function mayReadPool(
  ctx: ReleaseContext,
  request: FastifyRequest,
  draw: DrawRow,
): Promise<boolean> {
  if ((JSON.parse(draw.manifest) as { pool: string }).pool === 'public') return true;
  const { session } = request;
  if (session?.kind === 'staff')
    return can(session.roles, 'draw.read') && session.hospital_id === draw.hospital_id;
  return session !== undefined && isEntrant(ctx.db, draw.id, session.account_id);
}

export function bundleRoutes(app: App, ctx: ReleaseContext): void {
  app.get(
    '/api/draws/:draw_id/bundle.zip',
    {
      config: { permission: 'public' },
      schema: { tags, summary: 'The bundle of a draw as a zip file', params: schema.DrawIdParams },
    },
    async (request, reply) => {
      const draw = await getDraw(ctx.db, request.params.draw_id);
      if (!draw) throw new Problem(drawUnknown);
      if (!(await mayReadPool(ctx, request, draw))) throw new Problem(bundleClosed);
      return reply
        .type('application/zip')
        .header('content-disposition', `attachment; filename="${draw.code}.zip"`)
        .send(zipFiles(await drawBundle(ctx, draw)));
    },
  );
  app.get(
    '/api/draws/:draw_id/bundle/*',
    {
      config: { permission: 'public' },
      schema: { tags, summary: 'One file of a draw’s bundle', params: schema.BundleParams },
    },
    async (request, reply) => {
      const draw = await getDraw(ctx.db, request.params.draw_id);
      if (!draw) throw new Problem(drawUnknown);
      const path = request.params['*'];
      if (!public_files.has(path) && !(await mayReadPool(ctx, request, draw)))
        throw new Problem(bundleClosed);
      const file = (await drawBundle(ctx, draw)).get(path);
      if (!file) throw new Problem(drawUnknown);
      return reply.type(contentType(path)).send(Buffer.from(file));
    },
  );
}

function contentType(path: string): string {
  if (path.endsWith('.json')) return 'application/json; charset=utf-8';
  // As a download: a page of a bundle must not run with this site's rights.
  return path.endsWith('.html') ? 'application/octet-stream' : 'application/jsonl; charset=utf-8';
}
