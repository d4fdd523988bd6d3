import { accountFacts, mayActFor } from '../identity/index.ts';
import {
  accountOf,
  actorOf,
  hospitalOf,
  idempotencyOf,
  staffOf,
  type App,
} from '../platform/http.ts';
import { once } from '../platform/once.ts';
import { Problem } from '../platform/problem.ts';
import { addRound } from './add-round.ts';
import type { ReleaseContext } from './announce.ts';
import { announceNow } from './announce-now.ts';
import { departmentAvailability, sessionAvailability } from './availability.ts';
import { bundleRoutes } from './bundle-routes.ts';
import { enterAtWindow } from './enter-at-window.ts';
import { editEntry } from './edit-entry.ts';
import { enterDraw } from './enter.ts';
import { entryUnknown, notYourPatient } from './errors.ts';
import { drawDeskRoutes } from './draw-desk-routes.ts';
import { planRoutes } from './plan-routes.ts';
import { reviewRoutes } from './review-routes.ts';
import { wishRoutes } from './wish-routes.ts';
import * as schema from './schema.ts';
import { sharedReply, type SharedContext } from './shared-reply.ts';
import { soonRoutes } from './soon-routes.ts';
import { getDraw } from './store-draw.ts';
import { entryById } from './store-entry.ts';
import { entriesOfAccount, entriesOf, viewDraw, viewDraws } from './views.ts';
import { webAsker } from './web-asker.ts';
import { withdraw } from './withdraw.ts';

const tags = ['release'];

export function releaseRoutes(app: App, ctx: ReleaseContext & SharedContext): void {
  publicRoutes(app, ctx);
  soonRoutes(app, ctx);
  entryRoutes(app, ctx);
  staffRoutes(app, ctx);
  windowRoutes(app, ctx);
  changeRoutes(app, ctx);
  planRoutes(app, ctx);
  bundleRoutes(app, ctx);
  wishRoutes(app, ctx);
  reviewRoutes(app, ctx);
  drawDeskRoutes(app, ctx);
}

function publicRoutes(app: App, ctx: ReleaseContext & SharedContext): void {
  app.get(
    '/api/departments/:department_id/availability',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: 'Sessions of a department by day, with what is left',
        params: schema.DepartmentIdParams,
        querystring: schema.DaysQuery,
        response: { 200: schema.Availability },
      },
    },
    (request, reply) =>
      sharedReply(ctx, request, reply, () =>
        departmentAvailability(ctx, { ...request.params, ...request.query }),
      ),
  );
  app.get(
    '/api/sessions/:session_id',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: 'One session and its free times',
        params: schema.SessionIdParams,
        response: { 200: schema.SessionDetail },
      },
    },
    (request, reply) =>
      sharedReply(ctx, request, reply, () => sessionAvailability(ctx, request.params.session_id)),
  );
  app.get(
    '/api/draws',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: 'Draws of a hospital, newest first',
        querystring: schema.HospitalQuery,
        response: { 200: schema.Draws },
      },
    },
    async (request) => ({ draws: await viewDraws(ctx, request.query.hospital_id) }),
  );
  app.get(
    '/api/draws/:draw_id',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: 'A draw: rules, seal, randomness',
        params: schema.DrawIdParams,
        response: { 200: schema.Draw },
      },
    },
    (request) => viewDraw(ctx, request.params.draw_id),
  );
}

function entryRoutes(app: App, ctx: ReleaseContext): void {
  app.post(
    '/api/draws/:draw_id/entries',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'Register in a draw',
        params: schema.DrawIdParams,
        body: schema.EnterBody,
        response: { 200: schema.Entered },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      const { patient_id, preferences } = request.body;
      const { state } =
        request.account_facts ?? (await accountFacts(ctx, { account_id, patient_id }));
      if (state === null || state === 'pending') throw new Problem(notYourPatient);
      const asker = await webAsker(ctx, request);
      return once(ctx, idempotencyOf(request), async () => {
        const entered = await enterDraw(ctx, { ...request.params, ...request.body, asker });
        return { draw_id: request.params.draw_id, preferences, ...entered };
      });
    },
  );
  app.get(
    '/api/entries',
    {
      config: { permission: 'account' },
      schema: { tags, summary: 'My entries and their results', response: { 200: schema.Entries } },
    },
    async (request) => ({ entries: await entriesOfAccount(ctx, accountOf(request).account_id) }),
  );
}

/** Withdrawing and editing one's own entry. */
function changeRoutes(app: App, ctx: ReleaseContext): void {
  app.post(
    '/api/entries/:e/withdraw',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'Withdraw an entry before closing',
        params: schema.EntryParams,
        body: schema.WithdrawBody,
        response: { 200: schema.State },
      },
    },
    async (request) => {
      const entry = await entryById(ctx.db, request.params.e);
      const mine =
        entry && (await mayActFor(ctx.db, accountOf(request).account_id, entry.patient_id));
      if (!mine) throw new Problem(entryUnknown);
      await withdraw(ctx, { ...request.params, ...request.body, actor: actorOf(request) });
      return { state: 'withdrawn' };
    },
  );
  app.post(
    '/api/entries/:e/edit',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'Change the list of an entry before closing',
        params: schema.EntryParams,
        body: schema.EditBody,
        response: { 200: schema.Entered },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      const entry = await entryById(ctx.db, request.params.e);
      if (!entry || !(await mayActFor(ctx.db, account_id, entry.patient_id)))
        throw new Problem(entryUnknown);
      const asker = await webAsker(ctx, request);
      return once(ctx, idempotencyOf(request), async () => {
        const entered = await editEntry(ctx, { ...request.params, ...request.body, asker });
        return { ...entered, preferences: request.body.preferences };
      });
    },
  );
}

function staffRoutes(app: App, ctx: ReleaseContext): void {
  app.get(
    '/api/staff/draws',
    {
      config: { permission: 'draw.read' },
      schema: { tags, summary: 'Draws of my hospital', response: { 200: schema.Draws } },
    },
    async (request) => ({ draws: await viewDraws(ctx, hospitalOf(request)) }),
  );
  app.post(
    '/api/staff/draws',
    {
      config: { permission: 'plan.write' },
      schema: {
        tags,
        summary: 'Announce a draw of these sessions now',
        body: schema.AnnounceBody,
        response: { 200: schema.Draw },
      },
    },
    async (request) => {
      const draw_id = await announceNow(ctx, {
        hospital_id: hospitalOf(request),
        session_ids: request.body.session_ids,
        actor: actorOf(request),
      });
      return viewDraw(ctx, draw_id);
    },
  );
  app.post(
    '/api/staff/beacon-rounds',
    {
      config: { permission: 'draw.beacon' },
      schema: {
        tags,
        summary: 'Paste a drand quicknet round',
        body: schema.RoundBody,
        response: { 200: schema.State },
      },
    },
    async (request) => {
      const { hospital_id } = staffOf(request);
      await addRound(ctx, { ...request.body, hospital_id, actor: actorOf(request) });
      return { state: 'received' };
    },
  );
}

/** Registering people, and withdrawing for them, at the window. */
function windowRoutes(app: App, ctx: ReleaseContext): void {
  app.post(
    '/api/staff/draws/:draw_id/entries',
    {
      config: { permission: 'booking.window' },
      schema: {
        tags,
        summary: 'Register a person at the window; prints a slip',
        params: schema.DrawIdParams,
        body: schema.WindowEnterBody,
        response: { 200: schema.Slip },
      },
    },
    async (request) =>
      once(ctx, idempotencyOf(request), () =>
        enterAtWindow(ctx, {
          ...request.params,
          ...request.body,
          hospital_id: hospitalOf(request),
          actor: actorOf(request),
        }),
      ),
  );
  app.get(
    '/api/staff/patients/:patient_id/entries',
    {
      config: { permission: 'booking.window' },
      schema: {
        tags,
        summary: 'Entries of a person at the window',
        response: { 200: schema.Entries },
      },
    },
    async (request) => ({
      entries: await entriesOf(ctx, [(request.params as { patient_id: string }).patient_id]),
    }),
  );
  app.post(
    '/api/staff/entries/:e/withdraw',
    {
      config: { permission: 'booking.window' },
      schema: {
        tags,
        summary: 'Withdraw an entry at the window with the code of its slip',
        params: schema.EntryParams,
        body: schema.WithdrawBody,
        response: { 200: schema.State },
      },
    },
    async (request) => {
      const entry = await entryById(ctx.db, request.params.e);
      const draw = entry && (await getDraw(ctx.db, entry.draw_id));
      if (draw?.hospital_id !== hospitalOf(request)) throw new Problem(entryUnknown);
      await withdraw(ctx, { ...request.params, ...request.body, actor: actorOf(request) });
      return { state: 'withdrawn' };
    },
  );
}
