import { actorOf, hospitalOf, type App } from '../platform/http.ts';
import { Problem } from '../platform/problem.ts';
import type { ReleaseContext } from './announce.ts';
import { typeDice } from './beacon/type-dice.ts';
import { demand, drawResult } from './draw-result.ts';
import { drawUnknown, tooEarlyForDice } from './errors.ts';
import { DrawIdParams, HospitalQuery, State } from './schema.ts';
import { shadowReport } from './shadow.ts';
import { getDraw, type DrawRow } from './store-draw.ts';
import { returnsOf } from './store-return.ts';
import * as schema from './wish-schema.ts';

const tags = ['release'];

/** A draw of this hospital. @throws Problem release/draw-unknown. */
async function ownDraw(
  ctx: ReleaseContext,
  hospital_id: string,
  draw_id: string,
): Promise<DrawRow> {
  const draw = await getDraw(ctx.db, draw_id);
  if (draw?.hospital_id !== hospital_id) throw new Problem(drawUnknown);
  return draw;
}

/** Published results and demand; dice and the shadow report for staff. */
export function drawDeskRoutes(app: App, ctx: ReleaseContext): void {
  publicRoutes(app, ctx);
  staffRoutes(app, ctx);
}

function publicRoutes(app: App, ctx: ReleaseContext): void {
  app.get(
    '/api/draws/:draw_id/result',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: 'Registrations, places, odds by class, returns, attendance',
        params: DrawIdParams,
        response: { 200: schema.DrawResult },
      },
    },
    (request) => drawResult(ctx, request.params.draw_id),
  );
  app.get(
    '/api/demand',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: 'Demand by department and month, never by doctor',
        querystring: HospitalQuery,
        response: { 200: schema.Demand },
      },
    },
    async (request) => ({ months: await demand(ctx, request.query.hospital_id) }),
  );
}

function staffRoutes(app: App, ctx: ReleaseContext): void {
  app.post(
    '/api/staff/draws/:draw_id/dice',
    {
      config: { permission: 'draw.beacon' },
      schema: {
        tags,
        summary: 'Type the dice thrown in the hall; two people type the same',
        params: DrawIdParams,
        body: schema.DiceBody,
        response: { 200: State },
      },
    },
    async (request) => {
      const { draw_id } = request.params;
      const draw = await ownDraw(ctx, hospitalOf(request), draw_id);
      await assertSealed(ctx, draw, request.body.n);
      return typeDice(ctx, { draw_id, ...request.body, actor: actorOf(request) });
    },
  );
  app.get(
    '/api/staff/draws/:draw_id/shadow',
    {
      config: { permission: 'draw.read' },
      schema: {
        tags,
        summary: 'Who a shadow draw would have served beside who was',
        params: DrawIdParams,
        response: { 200: schema.ShadowReport },
      },
    },
    async (request) => {
      const draw = await ownDraw(ctx, hospitalOf(request), request.params.draw_id);
      if (draw.kind !== 'shadow' || draw.beacon_json === null) throw new Problem(drawUnknown);
      return shadowReport(ctx, draw);
    },
  );
}

/** Dice are thrown after the pool is sealed and proven, and not before their hour. */
async function assertSealed(ctx: ReleaseContext, draw: DrawRow, n: number): Promise<void> {
  const now = ctx.clock.now();
  if (n === 0) {
    if (draw.state !== 'sealed' || draw.seal_json === null || now < draw.round_at)
      throw new Problem(tooEarlyForDice);
    return;
  }
  const row = (await returnsOf(ctx.db, draw.id)).find((one) => one.n === n);
  if (row?.state !== 'sealed' || row.seal_json === null || now < row.round_at)
    throw new Problem(tooEarlyForDice);
}
