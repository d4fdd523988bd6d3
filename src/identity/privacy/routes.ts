import { accountOf, staffOf, type App } from '../../platform/http.ts';
import { proveAccountPhone, sendAccountCode } from '../prove-phone.ts';
import { clearSessionCookie } from '../session-token.ts';
import { consentTexts, giveConsents, listConsents, withdraw } from './consent.ts';
import { closeAccount, erasePerson } from './erase.ts';
import { exportPerson } from './export.ts';
import {
  answer,
  askCorrection,
  listDecisions,
  listOpenRequests,
  listRequests,
  objectTo,
  type DataRequest,
} from './requests.ts';
import * as schema from './schema.ts';
import type { PersonData, PrivacyContext } from './types.ts';

const tags = ['identity'];

const iso = (at: Date | null): string | null => at?.toISOString() ?? null;

const requestReply = (one: DataRequest) => ({
  ...one,
  asked_at: one.asked_at.toISOString(),
  due_at: one.due_at.toISOString(),
  answered_at: iso(one.answered_at),
});

/** What people agree to, and what they may ask about their data, across `modules`. */
export function privacyRoutes(app: App, ctx: PrivacyContext, modules: readonly PersonData[]): void {
  consentRoutes(app, ctx);
  dataRoutes(app, ctx, modules);
  requestRoutes(app, ctx);
  decisionRoutes(app, ctx, modules);
}

function consentRoutes(app: App, ctx: PrivacyContext): void {
  app.get(
    '/api/consent-texts',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: 'What people are asked to agree to, in its present words',
        response: { 200: schema.ConsentTexts },
      },
    },
    async () => ({
      texts: (await consentTexts(ctx)).map((one) => ({
        ...one,
        effective_from: one.effective_from.toISOString(),
      })),
    }),
  );
  app.get(
    '/api/consents',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'What this account agreed to',
        response: { 200: schema.Consents },
      },
    },
    async (request) => ({
      consents: (await listConsents(ctx.db, accountOf(request).account_id)).map((one) => ({
        ...one,
        given_at: one.given_at.toISOString(),
        withdrawn_at: iso(one.withdrawn_at),
      })),
    }),
  );
  app.post(
    '/api/consents',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'Agree for a patient; repeating it changes nothing',
        body: schema.ConsentBody,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      await giveConsents(ctx, { ...request.body, account_id: accountOf(request).account_id });
      return { done: true };
    },
  );
  app.delete(
    '/api/consents/:consent_id',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'Take an agreement back',
        params: schema.ConsentParams,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      await withdraw(ctx, { ...request.params, account_id: accountOf(request).account_id });
      return { done: true };
    },
  );
}

function dataRoutes(app: App, ctx: PrivacyContext, modules: readonly PersonData[]): void {
  app.post(
    '/api/my-data/code',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'Send a code to the account’s own phone before its data is copied or deleted',
        body: schema.CodeAsk,
        response: { 200: schema.CodeReply },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      const channel = request.body.channel ?? 'sms';
      const sent = await sendAccountCode(ctx, { account_id, ip: request.ip, channel });
      return { expires_at: sent.expires_at.toISOString() };
    },
  );
  app.post(
    '/api/my-data/patients/:patient_id/copy',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'A copy of everything about a person as a zip file of JSON',
        params: schema.PatientParams,
        body: schema.CodeBody,
      },
    },
    async (request, reply) => {
      const { account_id } = accountOf(request);
      await proveAccountPhone(ctx, { account_id, code: request.body.code });
      const file = await exportPerson(ctx, modules, { account_id, ...request.params });
      return reply
        .type('application/zip')
        .header('content-disposition', 'attachment; filename="my-data.zip"')
        .send(file);
    },
  );
  app.post(
    '/api/my-data/patients/:patient_id/deletion',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'Delete everything about a person in every module, and destroy their key',
        params: schema.PatientParams,
        body: schema.CodeBody,
        response: { 200: schema.Erased },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      await proveAccountPhone(ctx, { account_id, code: request.body.code });
      const done = await erasePerson(ctx, modules, { account_id, ...request.params });
      return { kept_until: iso(done.kept_until) };
    },
  );
  app.post(
    '/api/my-data/account-deletion',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'Close the account and forget its phone',
        body: schema.CodeBody,
        response: { 200: schema.Done },
      },
    },
    async (request, reply) => {
      const { account_id } = accountOf(request);
      await proveAccountPhone(ctx, { account_id, code: request.body.code });
      await closeAccount(ctx, modules, account_id);
      clearSessionCookie(request, reply);
      return { done: true };
    },
  );
}

function requestRoutes(app: App, ctx: PrivacyContext): void {
  app.post(
    '/api/my-data/patients/:patient_id/correction',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'Ask for a correction; staff compare with the document and answer',
        params: schema.PatientParams,
        body: schema.CorrectionBody,
        response: { 200: schema.Asked },
      },
    },
    (request) =>
      askCorrection(ctx, {
        ...{ ...request.body, ...request.params },
        account_id: accountOf(request).account_id,
      }),
  );
  app.get(
    '/api/my-data/requests',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'What this account asked about data, with answers',
        response: { 200: schema.Requests },
      },
    },
    async (request) => {
      const all = await listRequests(ctx, accountOf(request).account_id);
      return { requests: all.map(requestReply) };
    },
  );
  app.get(
    '/api/staff/data-requests',
    {
      config: { permission: 'patient.correct' },
      schema: {
        tags,
        summary: 'Corrections and objections that wait for an answer',
        response: { 200: schema.StaffRequests },
      },
    },
    async (request) => {
      const actor = `staff:${staffOf(request).staff_id}`;
      const requests = await listOpenRequests(ctx, actor);
      return {
        requests: requests.map(({ patient, ...one }) => ({ ...requestReply(one), patient })),
      };
    },
  );
  app.post(
    '/api/staff/data-requests/:request_id/answer',
    {
      config: { permission: 'patient.correct' },
      schema: {
        tags,
        summary: 'Answer a correction or an objection in words the person reads',
        params: schema.RequestParams,
        body: schema.AnswerBody,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      const actor = `staff:${staffOf(request).staff_id}`;
      await answer(ctx, { ...request.params, ...request.body, actor });
      return { done: true };
    },
  );
}

function decisionRoutes(app: App, ctx: PrivacyContext, modules: readonly PersonData[]): void {
  app.get(
    '/api/decisions',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'Automated decisions about this account’s people, each with its reason',
        response: { 200: schema.Decisions },
      },
    },
    async (request) => ({
      decisions: (await listDecisions(modules, accountOf(request).account_id)).map(
        ({ id, ...one }) => ({
          ...one,
          decision_id: id,
          at: one.at.toISOString(),
          until: iso(one.until),
          appealed_at: iso(one.appealed_at),
        }),
      ),
    }),
  );
  app.post(
    '/api/decisions/:decision_id/objection',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'Ask for a human’s look at an automated decision',
        params: schema.DecisionParams,
        body: schema.ObjectionBody,
        response: { 200: schema.Asked },
      },
    },
    (request) =>
      objectTo(ctx, modules, {
        ...{ ...request.params, ...request.body },
        account_id: accountOf(request).account_id,
      }),
  );
}
