import type { Db } from '../platform/db.ts';
import { staffOf, type App } from '../platform/http.ts';
import { auditPage } from './audit.ts';
import { publicCheckpoint, publicTile, publicVkey } from './public-log.ts';
import { listRenewals } from './renewals.ts';
import { AuditQuery, AuditReply, LogPath, Raw, RenewalsReply } from './schema.ts';

const tags = ['evidence'];
const text = 'text/plain; charset=utf-8';
const forEver = 'public, max-age=31536000, immutable';

/** The public log under `/log` (C2SP tlog-tiles) and the staff's audit list. */
export function evidenceRoutes(app: App, ctx: { db: Db }): void {
  app.get(
    '/log/checkpoint',
    {
      config: { permission: 'public' },
      schema: { tags, summary: '存证日志的最新检查点（signed note）', response: { 200: Raw } },
    },
    async (_request, reply) => {
      const note = await publicCheckpoint(ctx);
      return reply.type(text).header('cache-control', 'no-cache').send(note);
    },
  );

  app.get(
    '/log/vkey',
    {
      config: { permission: 'public' },
      schema: { tags, summary: '存证日志的验证公钥（vkey）', response: { 200: Raw } },
    },
    async (_request, reply) => {
      const vkey = await publicVkey(ctx);
      return reply.type(text).header('cache-control', 'public, max-age=300').send(`${vkey}\n`);
    },
  );

  app.get(
    '/log/tile/*',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: '存证日志的一块：<层>/<序号> 或 entries/<序号>，未满的以 .p/<个数> 结尾',
        params: LogPath,
        response: { 200: Raw },
      },
    },
    async (request, reply) => {
      const { bytes, isFull } = await publicTile(ctx, `tile/${request.params['*']}`);
      // A partial tile never changes either, but nobody needs it once a fuller one is there.
      return reply
        .type('application/octet-stream')
        .header('cache-control', isFull ? forEver : 'public, max-age=3600')
        .send(Buffer.from(bytes));
    },
  );

  app.get(
    '/log/renewals',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: '存证日志换名续写的记录：从备份恢复后，新名称在旧检查点之上继续',
        response: { 200: RenewalsReply },
      },
    },
    async (_request, reply) => {
      void reply.header('cache-control', 'no-cache');
      return { renewals: await listRenewals(ctx.db) };
    },
  );

  app.get(
    '/api/staff/audit',
    {
      config: { permission: 'audit.read' },
      schema: {
        tags,
        summary: '操作记录，从新到旧：编号、事项、操作人和存证序号',
        querystring: AuditQuery,
        response: { 200: AuditReply },
      },
    },
    async (request) => {
      const { hospital_id } = staffOf(request);
      const page = await auditPage(ctx, { hospital_id, ...request.query });
      return {
        next: page.next,
        events: page.events.map((event) => ({
          ...event,
          occurred_at: event.occurred_at.toISOString(),
        })),
      };
    },
  );
}
