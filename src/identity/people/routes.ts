import { accountOf, type App } from '../../platform/http.ts';
import type { IdentityContext } from '../types.ts';
import { confirmByCode, confirmByCredential, sendConfirmCode } from './confirm.ts';
import { ownArchiveRoutes } from './archive-routes.ts';
import { helperEndRoutes } from './delegate-routes.ts';
import { addHelped, askToHelp, readDelegate } from './delegates.ts';
import { takeIdentityCard } from './merge.ts';
import * as schema from './schema.ts';

const tags = ['identity'];
const account = { permission: 'account' } as const;

/** Agreement of patients, a child's new card, and helpers, for accounts. */
export function peopleRoutes(app: App, ctx: IdentityContext): void {
  confirmRoutes(app, ctx);
  cardRoutes(app, ctx);
  helperRoutes(app, ctx);
  helperEndRoutes(app, ctx);
  ownArchiveRoutes(app, ctx);
}

function confirmRoutes(app: App, ctx: IdentityContext): void {
  app.post(
    '/api/patients/:patient_id/confirm/code',
    {
      config: { ...account, cost: 10 },
      schema: {
        tags,
        summary: 'Send the patient a code by which they agree to this account',
        params: schema.Params,
        body: schema.SendCode,
        response: { 200: schema.CodeSent },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      const { patient_id } = request.params;
      const { ip } = request;
      const sent = await sendConfirmCode(ctx, { account_id, patient_id, ip, ...request.body });
      return { phone_end: sent.phone_end, expires_at: sent.expires_at.toISOString() };
    },
  );
  app.post(
    '/api/patients/:patient_id/confirm',
    {
      config: account,
      schema: {
        tags,
        summary: 'The code the patient gave: the account may act for them',
        params: schema.Params,
        body: schema.Confirm,
        response: { 200: schema.State },
      },
    },
    (request) => {
      const { account_id } = accountOf(request);
      return confirmByCode(ctx, { account_id, ...request.params, ...request.body });
    },
  );
  app.post(
    '/api/patients/:patient_id/confirm/credential',
    {
      config: { ...account, cost: 10 },
      schema: {
        tags,
        summary: 'The patient agrees by 网证; code and window serve as well',
        params: schema.Params,
        body: schema.Credential,
        response: { 200: schema.State },
      },
    },
    (request) => {
      const { account_id } = accountOf(request);
      return confirmByCredential(ctx, { account_id, ...request.params, ...request.body });
    },
  );
}

function cardRoutes(app: App, ctx: IdentityContext): void {
  app.post(
    '/api/patients/:patient_id/identity-card',
    {
      config: { ...account, cost: 10 },
      schema: {
        tags,
        summary: 'A child known by birth certificate has an identity card now',
        params: schema.Params,
        body: schema.Card,
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      await takeIdentityCard(ctx, {
        ...{ account_id, ...request.params, ...request.body },
        ...{ how: 'provider', actor: `account:${account_id}` },
      });
      return { done: true };
    },
  );
}

function helperRoutes(app: App, ctx: IdentityContext): void {
  app.get(
    '/api/delegate',
    {
      config: account,
      schema: {
        tags,
        summary: 'This account’s credential as a helper, and what is left of its quota',
        response: { 200: schema.Helper },
      },
    },
    async (request) => ({
      delegate: (await readDelegate(ctx, accountOf(request).account_id)) ?? null,
    }),
  );
  app.post(
    '/api/delegate',
    {
      config: account,
      schema: {
        tags,
        summary: 'Ask a hospital to be a helper: village doctor, social worker, school nurse',
        body: schema.AskToHelp,
        response: { 200: schema.DelegateId },
      },
    },
    (request) => {
      const { account_id } = accountOf(request);
      return askToHelp(ctx, { account_id, ...request.body });
    },
  );
  app.post(
    '/api/delegate/patients',
    {
      config: { ...account, cost: 10 },
      schema: {
        tags,
        summary: 'A helper adds a patient, with the signed sheet or to be confirmed',
        body: schema.Helped,
        response: { 200: schema.HelpedReply },
      },
    },
    (request) => {
      const { account_id } = accountOf(request);
      return addHelped(ctx, { account_id, ...request.body });
    },
  );
}
