import { actorOf, hospitalOf, staffOf, type App } from '../../platform/http.ts';
import { readPatient } from '../read-patients.ts';
import type { IdentityContext } from '../types.ts';
import { archiveCheckRoutes } from './archive-routes.ts';
import { chooseArchive, listArchives, recordArchive } from './archives.ts';
import { decideCase, listCases } from './cases.ts';
import { answerAtWindow, linksForWindow } from './confirm.ts';
import { delegateActRoutes } from './delegate-routes.ts';
import { decideDelegate, listDelegates } from './delegates.ts';
import { mergePatients, takeIdentityCard } from './merge.ts';
import * as schema from './schema.ts';
import { checksOf } from './store-people.ts';

const tags = ['identity'];
const check = { permission: 'person.check' } as const;
const correct = { permission: 'patient.correct' } as const;
const approve = { permission: 'delegate.approve' } as const;

/** What the window settles about people: agreements, documents, archives, doubles, helpers. */
export function peopleStaffRoutes(app: App, ctx: IdentityContext): void {
  linkRoutes(app, ctx);
  documentRoutes(app, ctx);
  archiveRoutes(app, ctx);
  caseRoutes(app, ctx);
  delegateRoutes(app, ctx);
  delegateActRoutes(app, ctx);
  archiveCheckRoutes(app, ctx);
}

function linkRoutes(app: App, ctx: IdentityContext): void {
  app.get(
    '/api/staff/patients/:patient_id/links',
    {
      config: check,
      schema: {
        tags,
        summary: 'Accounts that act for this patient or wait for their agreement; recorded',
        params: schema.Params,
        response: { 200: schema.Links },
      },
    },
    async (request) => {
      const { patient_id } = request.params;
      const by = { actor: actorOf(request), purpose: 'links' };
      await readPatient(ctx, patient_id, { ...by, hospital_id: staffOf(request).hospital_id });
      const links = await linksForWindow(ctx, patient_id);
      return { links: links.map((link) => ({ ...link, since: link.since.toISOString() })) };
    },
  );
  app.post(
    '/api/staff/patients/:patient_id/links/:account_id',
    {
      config: check,
      schema: {
        tags,
        summary: 'The patient, here with their document, agrees to an account or refuses it',
        params: schema.LinkParams,
        body: schema.Answer,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      const actor = actorOf(request);
      await answerAtWindow(ctx, { ...request.params, ...request.body, actor });
      return { done: true };
    },
  );
}

function documentRoutes(app: App, ctx: IdentityContext): void {
  app.post(
    '/api/staff/patients/:patient_id/identity-card',
    {
      config: correct,
      schema: {
        tags,
        summary: 'A child’s birth certificate gives way to the card that staff hold',
        params: schema.Params,
        body: schema.Card,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      await takeIdentityCard(ctx, {
        ...{ ...request.params, ...request.body, how: 'counter', actor: actorOf(request) },
        hospital_id: staffOf(request).hospital_id,
      });
      return { done: true };
    },
  );
  app.post(
    '/api/staff/patients/:patient_id/merge',
    {
      config: correct,
      schema: {
        tags,
        summary: 'Two records are one person: everything goes on under the other',
        params: schema.Params,
        body: schema.Merge,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      await mergePatients(ctx, {
        ...{ from: request.params.patient_id, into: request.body.into_patient_id },
        ...{ actor: actorOf(request), hospital_id: staffOf(request).hospital_id },
      });
      return { done: true };
    },
  );
  app.get(
    '/api/staff/patients/:patient_id/checks',
    {
      config: check,
      schema: {
        tags,
        summary: 'How this person was checked, by whom and when; recorded',
        params: schema.Params,
        response: { 200: schema.Checks },
      },
    },
    async (request) => {
      const { patient_id } = request.params;
      const by = { actor: actorOf(request), purpose: 'checks' };
      await readPatient(ctx, patient_id, { ...by, hospital_id: staffOf(request).hospital_id });
      const checks = await checksOf(ctx.db, patient_id);
      return {
        checks: checks.map((one) => ({ ...one, checked_at: one.checked_at.toISOString() })),
      };
    },
  );
}

function archiveRoutes(app: App, ctx: IdentityContext): void {
  app.get(
    '/api/staff/patients/:patient_id/archives',
    {
      config: check,
      schema: {
        tags,
        summary: '院内档案 of this person in one’s own hospital; recorded',
        params: schema.Params,
        response: { 200: schema.Archives },
      },
    },
    async (request) => {
      const { patient_id } = request.params;
      const hospital_id = hospitalOf(request);
      await readPatient(ctx, patient_id, {
        ...{ actor: actorOf(request), purpose: 'archives', hospital_id },
      });
      return { archives: await listArchives(ctx, { hospital_id, patient_id }) };
    },
  );
  app.post(
    '/api/staff/patients/:patient_id/archives',
    {
      config: check,
      schema: {
        tags,
        summary: 'Note an archive number of this person',
        params: schema.Params,
        body: schema.NewArchive,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      await recordArchive(ctx, {
        ...{ ...request.params, ...request.body, source: 'counter' },
        ...{ hospital_id: hospitalOf(request), actor: actorOf(request) },
      });
      return { done: true };
    },
  );
  app.post(
    '/api/staff/patients/:patient_id/archives/:archive_id/choose',
    {
      config: check,
      schema: {
        tags,
        summary: 'Use this archive; close the others as doubles if the hospital merged them',
        params: schema.ArchiveParams,
        body: schema.Choice,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      await chooseArchive(ctx, {
        ...{ ...request.params, ...request.body },
        ...{ hospital_id: hospitalOf(request), actor: actorOf(request) },
      });
      return { done: true };
    },
  );
}

function caseRoutes(app: App, ctx: IdentityContext): void {
  app.get(
    '/api/staff/person-cases',
    {
      config: check,
      schema: {
        tags,
        summary: 'Documents to look at, archives to choose, bookings patients do not know of',
        response: { 200: schema.Cases },
      },
    },
    async (request) => ({ cases: await listCases(ctx, staffOf(request).hospital_id) }),
  );
  app.post(
    '/api/staff/person-cases/:case_id',
    {
      config: check,
      schema: {
        tags,
        summary: 'Settle a case',
        params: schema.CaseParams,
        body: schema.Decision,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      await decideCase(ctx, {
        ...{ ...request.params, ...request.body, actor: actorOf(request) },
        hospital_id: staffOf(request).hospital_id,
      });
      return { done: true };
    },
  );
}

function delegateRoutes(app: App, ctx: IdentityContext): void {
  app.get(
    '/api/staff/delegates',
    {
      config: approve,
      schema: {
        tags,
        summary: 'Helpers of one’s hospital: asked and approved, with what they used',
        response: { 200: schema.Delegates },
      },
    },
    async (request) => ({ delegates: await listDelegates(ctx, staffOf(request).hospital_id) }),
  );
  app.post(
    '/api/staff/delegates/:delegate_id',
    {
      config: approve,
      schema: {
        tags,
        summary: 'Approve, refuse or end a helper, and set the quota',
        params: schema.DelegateId,
        body: schema.DelegateDecision,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      await decideDelegate(ctx, {
        ...{ ...request.params, ...request.body, actor: actorOf(request) },
        hospital_id: staffOf(request).hospital_id,
      });
      return { done: true };
    },
  );
}
