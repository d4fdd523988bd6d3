import { basename } from 'node:path';
import { actorOf, hospitalOf, type App } from '../platform/http.ts';
import { Problem } from '../platform/problem.ts';
import { noFile } from './errors.ts';
import { rowsAsFile } from './outcome-rows.ts';
import { listPaper, openPaper, type Edition } from './read-paper.ts';
import * as schema from './schema.ts';
import { typeInOutcomes } from './type-in-outcomes.ts';
import type { PaperContext } from './types.ts';
import { writePaperNow } from './write-edition.ts';

const tags = ['paper'];
const types = { pdf: 'application/pdf', csv: 'text/csv; charset=utf-8' } as const;

/** Paper for the day the system is down: download it, have it written, type in what stands on it. */
export function paperRoutes(app: App, ctx: PaperContext): void {
  readRoutes(app, ctx);
  outcomeRoutes(app, ctx);
}

function readRoutes(app: App, ctx: PaperContext): void {
  app.get(
    '/api/staff/paper',
    {
      config: { permission: 'booking.read' },
      schema: { tags, summary: '应急名单：近期各版与文件', response: { 200: schema.Editions } },
    },
    async (request) => {
      const editions = await listPaper(ctx, { hospital_id: hospitalOf(request) });
      return { editions: editions.map(editionView) };
    },
  );
  app.post(
    '/api/staff/paper',
    {
      config: { permission: 'booking.read' },
      schema: {
        tags,
        summary: '现在生成应急名单（PDF 与 CSV）',
        body: schema.WriteRequest,
        response: { 200: schema.Edition },
      },
    },
    async (request) => {
      const hospital_id = hospitalOf(request);
      const { service_date } = request.body;
      const day = service_date === undefined ? {} : { service_date };
      const { edition_id } = await writePaperNow(ctx, {
        hospital_id,
        ...day,
        actor: actorOf(request),
      });
      const [edition] = await listPaper(ctx, { hospital_id, edition_id });
      return editionView(edition as Edition);
    },
  );
  app.get(
    '/api/staff/paper/files/:file_id',
    {
      config: { permission: 'booking.read' },
      schema: { tags, summary: '下载一份应急名单', params: schema.FileParams },
    },
    async (request, reply) => {
      const { file_id } = request.params;
      const { file, bytes } = await openPaper(ctx, { hospital_id: hospitalOf(request), file_id });
      const name = encodeURIComponent(basename(file.path));
      return reply
        .header('content-type', types[file.format])
        .header('content-disposition', `attachment; filename*=UTF-8''${name}`)
        .send(bytes);
    },
  );
}

function outcomeRoutes(app: App, ctx: PaperContext): void {
  app.post(
    '/api/staff/paper/outcomes',
    {
      config: { permission: 'booking.window' },
      schema: {
        tags,
        summary: '停机后补录：上传填好的名单（CSV 或 XLSX）',
        consumes: ['multipart/form-data'],
        querystring: schema.OutcomesQuery,
        response: { 200: schema.OutcomesReport },
      },
    },
    async (request) => {
      const part = await request.file();
      if (part?.fieldname !== 'file') throw new Problem(noFile);
      return typeInOutcomes(ctx, {
        ...request.query,
        hospital_id: hospitalOf(request),
        file_name: part.filename,
        bytes: await part.toBuffer(),
        actor: actorOf(request),
      });
    },
  );
  app.post(
    '/api/staff/paper/outcomes/rows',
    {
      config: { permission: 'booking.window' },
      schema: {
        tags,
        summary: '停机后补录：逐行填写',
        body: schema.OutcomesRequest,
        response: { 200: schema.OutcomesReport },
      },
    },
    async (request) => {
      const { service_date, dry_run, rows } = request.body;
      return typeInOutcomes(ctx, {
        service_date,
        dry_run,
        hospital_id: hospitalOf(request),
        file_name: 'rows.csv',
        bytes: rowsAsFile(service_date, rows),
        actor: actorOf(request),
      });
    },
  );
}

function editionView(edition: Edition) {
  return {
    ...edition,
    due_at: edition.due_at.toISOString(),
    written_at: edition.written_at?.toISOString() ?? null,
  };
}
