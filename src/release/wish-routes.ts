import { step } from '../booking/index.ts';
import { listPatients, maskedPatients, mayActFor } from '../identity/index.ts';
import { getServices, getSessions } from '../schedule/index.ts';
import { accountOf, actorOf, hospitalOf, idempotencyOf, type App } from '../platform/http.ts';
import { once } from '../platform/once.ts';
import { Problem } from '../platform/problem.ts';
import type { ReleaseContext } from './announce.ts';
import { staffAsker } from './enter-at-window.ts';
import { notYourPatient, offerUnknown } from './errors.ts';
import { declineOffers } from './offer-displaced.ts';
import { webAsker } from './web-asker.ts';
import * as schema from './wish-schema.ts';
import { State } from './schema.ts';
import { displacedById, displacedOfPatients, type DisplacedRow } from './store-displaced.ts';
import { wishesOfPatients, type WishRow } from './store-wish.ts';
import { makeWish, renewWish, withdrawWish } from './wish.ts';

const tags = ['release'];

/** Standing wishes and what a stop (停诊) leaves people with. */
export function wishRoutes(app: App, ctx: ReleaseContext): void {
  makeRoutes(app, ctx);
  windowRoutes(app, ctx);
  changeRoutes(app, ctx);
  displacedRoutes(app, ctx);
}

async function viewWishes(ctx: ReleaseContext, wishes: WishRow[]) {
  const people = await maskedPatients(
    ctx,
    wishes.map((wish) => wish.patient_id),
  );
  const services = await getServices(ctx.db, [
    ...new Set(wishes.flatMap((wish) => wish.healthcare_service_ids)),
  ]);
  const names = new Map(services.map((service) => [service.id, service.name]));
  return wishes.map((wish) => ({
    ...wish,
    wish_id: wish.id,
    patient_name_masked: people.get(wish.patient_id)?.name_masked ?? '',
    services: wish.healthcare_service_ids.map((id) => ({ id, name: names.get(id) ?? '' })),
  }));
}

function makeRoutes(app: App, ctx: ReleaseContext): void {
  app.post(
    '/api/wishes',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'Make a standing wish (长期登记)',
        body: schema.WishBody,
        response: { 200: schema.WishMade },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      if (!(await mayActFor(ctx.db, account_id, request.body.patient_id)))
        throw new Problem(notYourPatient);
      const asker = await webAsker(ctx, request);
      return once(ctx, idempotencyOf(request), () => makeWish(ctx, { ...request.body, asker }));
    },
  );
  app.get(
    '/api/wishes',
    {
      config: { permission: 'account' },
      schema: { tags, summary: 'My standing wishes', response: { 200: schema.Wishes } },
    },
    async (request) => {
      const patients = await listPatients(ctx, accountOf(request).account_id);
      const ids = patients.map((patient) => patient.patient_id);
      return { wishes: await viewWishes(ctx, await wishesOfPatients(ctx.db, ids)) };
    },
  );
  app.post(
    '/api/staff/wishes',
    {
      config: { permission: 'booking.window' },
      schema: {
        tags,
        summary: 'Make a standing wish for a person at the window or on the phone',
        body: schema.StaffWishBody,
        response: { 200: schema.WishMade },
      },
    },
    async (request) => {
      const { channel = 'window', ...wish } = request.body;
      const asker = staffAsker(actorOf(request), channel);
      return once(ctx, idempotencyOf(request), () =>
        makeWish(ctx, { ...wish, hospital_id: hospitalOf(request), asker }),
      );
    },
  );
}

function windowRoutes(app: App, ctx: ReleaseContext): void {
  app.get(
    '/api/staff/patients/:patient_id/wishes',
    {
      config: { permission: 'booking.window' },
      schema: {
        tags,
        summary: 'Standing wishes of a person at the window',
        params: schema.PatientParams,
        response: { 200: schema.Wishes },
      },
    },
    async (request) => {
      const hospital_id = hospitalOf(request);
      const wishes = await wishesOfPatients(ctx.db, [request.params.patient_id]);
      const mine = wishes.filter((wish) => wish.hospital_id === hospital_id);
      return { wishes: await viewWishes(ctx, mine) };
    },
  );
}

function changeRoutes(app: App, ctx: ReleaseContext): void {
  for (const [path, summary, change, state] of [
    ['withdraw', 'Withdraw a standing wish and its entries', withdrawWish, 'withdrawn'],
    ['renew', 'Go on with a wish after four draws', renewWish, 'active'],
  ] as const) {
    app.post(
      `/api/wishes/:wish_id/${path}`,
      {
        config: { permission: 'account' },
        schema: { tags, summary, params: schema.WishParams, response: { 200: State } },
      },
      async (request) => {
        const { account_id } = accountOf(request);
        await change(ctx, {
          ...request.params,
          actor: actorOf(request),
          mine: (wish) => mayActFor(ctx.db, account_id, wish.patient_id),
        });
        return { state };
      },
    );
    app.post(
      `/api/staff/wishes/:wish_id/${path}`,
      {
        config: { permission: 'booking.window' },
        schema: {
          tags,
          summary: `${summary}, at the window`,
          params: schema.WishParams,
          response: { 200: State },
        },
      },
      async (request) => {
        const hospital_id = hospitalOf(request);
        await change(ctx, {
          ...request.params,
          actor: actorOf(request),
          mine: (wish) => Promise.resolve(wish.hospital_id === hospital_id),
        });
        return { state };
      },
    );
  }
}

async function viewDisplaced(ctx: ReleaseContext, rows: DisplacedRow[]) {
  const people = await maskedPatients(
    ctx,
    rows.map((row) => row.patient_id),
  );
  const ids = rows.flatMap((row) => [row.session_id, row.offered_session_id ?? []].flat());
  const sessions = new Map((await getSessions(ctx, ids)).map((one) => [one.id, one]));
  return rows.map((row) => {
    const stopped = sessions.get(row.session_id);
    const offered = sessions.get(row.offered_session_id ?? '');
    return {
      displaced_id: row.id,
      patient_name_masked: people.get(row.patient_id)?.name_masked ?? '',
      service_date: row.service_date,
      service_name: stopped?.service_name ?? '',
      practitioner_name: stopped?.practitioner_name ?? null,
      state: row.state,
      offer:
        offered && row.offered_appointment_id
          ? {
              appointment_id: row.offered_appointment_id,
              session_id: offered.id,
              service_date: offered.service_date,
              starts_at: offered.starts_at,
              service_name: offered.service_name,
            }
          : null,
    };
  });
}

function displacedRoutes(app: App, ctx: ReleaseContext): void {
  app.get(
    '/api/displaced',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'Drawn visits that a stop took from my people, and what is held for them instead',
        response: { 200: schema.DisplacedList },
      },
    },
    async (request) => {
      const patients = await listPatients(ctx, accountOf(request).account_id);
      const ids = patients.map((patient) => patient.patient_id);
      return { displaced: await viewDisplaced(ctx, await displacedOfPatients(ctx.db, ids)) };
    },
  );
  app.post(
    '/api/displaced/:displaced_id/refund',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'Want no other number: have everything paid back',
        params: schema.DisplacedParams,
        response: { 200: State },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      const row = await displacedById(ctx.db, request.params.displaced_id);
      if (!row || !(await mayActFor(ctx.db, account_id, row.patient_id)))
        throw new Problem(offerUnknown);
      await refund(ctx, row.id, actorOf(request));
      return { state: 'refunded' };
    },
  );
}

/** Settles the case and gives the number that was held for the person back. */
async function refund(ctx: ReleaseContext, id: string, actor: string): Promise<void> {
  const row = await declineOffers(ctx, { id, actor });
  const appointment_id = row.offered_appointment_id;
  if (appointment_id === null) return;
  try {
    const idempotency = { scope: 'displaced', key: appointment_id, fingerprint: '' };
    await step(ctx, 'cancel', { appointment_id, actor, idempotency });
  } catch (error) {
    // It lapsed or was given back before.
    if (!(error instanceof Problem)) throw error;
  }
}
