import type { FastifyRequest } from 'fastify';
import { can } from '../../identity/index.ts';
import { actorOf, hospitalOf, staffOf, type App } from '../../platform/http.ts';
import { Problem } from '../../platform/problem.ts';
import { photoMissing, photoTooLarge } from './errors.ts';
import { handleClue, listClues, readClue, readPhoto } from './handle.ts';
import { spendPhoto, spendReport, type ReportLimits } from './limits.ts';
import { addPhoto, followReport, forgetContact } from './own-report.ts';
import { takeReport } from './report.ts';
import { markUp, photo_bytes_max } from './rules.ts';
import * as schema from './schema.ts';
import type { ListedClue } from './store.ts';
import type { ClueReader, CluesContext } from './types.ts';

const tags = ['governance'];

export type ClueRoutesContext = CluesContext & { limits: ReportLimits };

/** Reports about touts by anybody, and what staff do with them. */
export function clueRoutes(app: App, ctx: ClueRoutesContext): void {
  reportRoutes(app, ctx);
  ownRoutes(app, ctx);
  staffRoutes(app, ctx);
  moveRoute(app, ctx);
}

function reportRoutes(app: App, ctx: ClueRoutesContext): void {
  app.post(
    '/api/reports',
    {
      config: { permission: 'public', cost: 20 },
      schema: {
        tags,
        summary: '举报号贩子（不用登录，不记录是谁）',
        body: schema.ReportRequest,
        response: { 200: schema.Receipt },
      },
    },
    async (request) => {
      spendReport(ctx, request.ip);
      const { text, place = '', reach = '', contact = '', ...facts } = request.body;
      const { receipt, received_at } = await takeReport(ctx, {
        involves_staff: false,
        ...{ asked_fen: null, face_fen: null, happened_on: null, happened_time: null },
        ...facts,
        words: { text: text.trim(), place: place.trim(), reach: reach.trim() },
        contact: contact.trim() || null,
      });
      return { receipt, received_at: received_at.toISOString() };
    },
  );
  app.post(
    '/api/reports/:receipt/photos',
    {
      config: { permission: 'public', cost: 20 },
      schema: {
        tags,
        summary: '给举报补照片（JPEG、PNG、WebP，5 MB 以内，最多三张）',
        consumes: ['multipart/form-data'],
        params: schema.ReceiptParams,
        headers: schema.CodeHeader,
        response: { 200: schema.Photos },
      },
    },
    async (request) => {
      const bytes = await photoOf(request);
      spendPhoto(ctx, request.ip, bytes.length);
      const code = request.headers['x-report-code'];
      return { photos: await addPhoto(ctx, { ...request.params, code, bytes }) };
    },
  );
}

async function photoOf(request: FastifyRequest): Promise<Buffer> {
  const part = await request.file({ limits: { fileSize: photo_bytes_max, files: 1 } });
  if (!part) throw new Problem(photoMissing);
  try {
    return await part.toBuffer();
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 413) throw new Problem(photoTooLarge);
    throw error;
  }
}

/** The code comes in the body: an address would leave it in logs and histories. */
function ownRoutes(app: App, ctx: ClueRoutesContext): void {
  app.post(
    '/api/reports/:receipt/progress',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: '凭受理编号和查询码看举报办到哪一步',
        params: schema.ReceiptParams,
        body: schema.CodeRequest,
        response: { 200: schema.Progress },
      },
    },
    async (request) => {
      const found = await followReport(ctx, { ...request.params, ...request.body });
      return { ...found, ...times(found) };
    },
  );
  app.post(
    '/api/reports/:receipt/forget-contact',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: '删除举报里留下的联系方式',
        params: schema.ReceiptParams,
        body: schema.CodeRequest,
        response: { 200: schema.Forgotten },
      },
    },
    async (request) => {
      await forgetContact(ctx, { ...request.params, ...request.body });
      return { has_contact: false };
    },
  );
}

function staffRoutes(app: App, ctx: ClueRoutesContext): void {
  app.get(
    '/api/staff/clues',
    {
      config: { permission: 'clue.read' },
      schema: {
        tags,
        summary: '本院收到的线索与价格区间',
        querystring: schema.CluesQuery,
        response: { 200: schema.Clues },
      },
    },
    async (request) => {
      const { state = null, before } = request.query;
      const since = before === undefined ? null : new Date(before);
      const found = await listClues(ctx, { ...readerOf(request), state, before: since });
      const { clues, next, figures } = found;
      return { clues: clues.map(clueView), next: next?.toISOString() ?? null, figures };
    },
  );
  app.get(
    '/api/staff/clues/:clue_id',
    {
      config: { permission: 'clue.read' },
      schema: {
        tags,
        summary: '查看一条线索（留下查看记录）',
        params: schema.ClueParams,
        response: { 200: schema.OpenClue },
      },
    },
    async (request) => {
      const found = await readClue(ctx, { ...request.params, ...readerOf(request) });
      const { words, contact, reply } = found;
      const { text = null, place = null, reach = null } = words ?? {};
      return { ...clueView(found), text, place, reach, contact, reply };
    },
  );
  app.get(
    '/api/staff/clues/:clue_id/photos/:position',
    {
      config: { permission: 'clue.read' },
      schema: { tags, summary: '查看线索的照片（留下查看记录）', params: schema.PhotoParams },
    },
    async (request, reply) => {
      const { kind, bytes } = await readPhoto(ctx, { ...request.params, ...readerOf(request) });
      return reply.type(`image/${kind}`).header('content-disposition', 'inline').send(bytes);
    },
  );
}

function moveRoute(app: App, ctx: ClueRoutesContext): void {
  app.post(
    '/api/staff/clues/:clue_id',
    {
      config: { permission: 'clue.handle' },
      schema: {
        tags,
        summary: '办理线索：核实、移交、办结，并答复举报人',
        params: schema.ClueParams,
        body: schema.MoveRequest,
        response: { 200: schema.Moved },
      },
    },
    async (request) => {
      const { state, handed_to = null, outcome = null, reply = null } = request.body;
      const move = { state, handed_to, outcome, reply: reply?.trim() ?? null };
      await handleClue(ctx, { ...request.params, ...readerOf(request), ...move });
      return { state };
    },
  );
}

function readerOf(request: FastifyRequest): ClueReader & { actor: string } {
  return {
    hospital_id: hospitalOf(request),
    reads_staff_matters: can(staffOf(request).roles, 'clue.staff-matters'),
    actor: actorOf(request),
  };
}

const times = (found: { received_at: Date; changed_at: Date }) => ({
  received_at: found.received_at.toISOString(),
  changed_at: found.changed_at.toISOString(),
});

function clueView(found: ListedClue) {
  const { id: clue_id, asked_fen, face_fen } = found;
  return { ...found, clue_id, mark_up: markUp(asked_fen, face_fen), ...times(found) };
}
