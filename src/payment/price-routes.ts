import { actorOf, hospitalOf, type App } from '../platform/http.ts';
import { Problem } from '../platform/problem.ts';
import { scanInvalid, scanUnknown } from './errors.ts';
import type { PaymentContext } from './model.ts';
import { keepScan, readPrices, readScan, writeFeeItem, writePriceRule } from './price-rules.ts';
import * as schema from './schema.ts';

const tags = ['payment'];

/** Price rules with their documents, and the hospital's own fee items. */
export function priceRoutes(app: App, ctx: PaymentContext): void {
  app.get(
    '/api/staff/prices',
    {
      config: { permission: 'payment.price' },
      schema: { tags, summary: '价格规则与收费项目', response: { 200: schema.Prices } },
    },
    (request) => readPrices(ctx, hospitalOf(request)),
  );
  app.post(
    '/api/staff/price-rules',
    {
      config: { permission: 'payment.price' },
      schema: {
        tags,
        summary: '新的退费规则（扣款须有价格文件文号与扫描件）',
        body: schema.PriceRuleRequest,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      const by = { hospital_id: hospitalOf(request), actor: actorOf(request) };
      await writePriceRule(ctx, { ...request.body, ...by });
      return { ok: true };
    },
  );
  app.post(
    '/api/staff/fee-items',
    {
      config: { permission: 'payment.price' },
      schema: {
        tags,
        summary: '设定一个号别的收费项目（生效日起）',
        body: schema.FeeItemRequest,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      const by = { hospital_id: hospitalOf(request), actor: actorOf(request) };
      await writeFeeItem(ctx, { ...request.body, ...by });
      return { ok: true };
    },
  );
  scanRoutes(app, ctx);
}

function scanRoutes(app: App, ctx: PaymentContext): void {
  app.post(
    '/api/staff/price-scans',
    {
      config: { permission: 'payment.price' },
      schema: {
        tags,
        summary: '上传价格文件扫描件',
        consumes: ['multipart/form-data'],
        response: { 200: schema.Scan },
      },
    },
    async (request) => {
      const part = await request.file();
      if (part?.fieldname !== 'file') throw new Problem(scanInvalid);
      const bytes = await part.toBuffer();
      return keepScan(ctx, { hospital_id: hospitalOf(request), bytes, actor: actorOf(request) });
    },
  );
  app.get(
    '/api/staff/price-scans/:scan_sha256',
    {
      config: { permission: 'payment.price' },
      schema: { tags, summary: '价格文件扫描件', params: schema.ScanParams },
    },
    async (request, reply) => {
      const sha256 = request.params.scan_sha256;
      const scan = await readScan(ctx, { hospital_id: hospitalOf(request), sha256 });
      if (!scan) throw new Problem(scanUnknown);
      return reply.type(scan.media_type).send(scan.bytes);
    },
  );
}
