import type { FastifyRequest } from 'fastify';
import {
  proveAccountPhone,
  sendAccountCode,
  type CodeChannel,
  type IdentityContext,
} from '../identity/index.ts';
import { accountOf, type App } from '../platform/http.ts';
import { issueProof, makeChallenge, needsChallenge, type HoldFor } from './challenge.ts';
import * as schema from './challenge-schema.ts';
import type { GuardContext } from './limits-guard.ts';
import { issueRequestKey } from './request-key.ts';
import { issueStep } from './steps.ts';

const tags = ['gate'];

type RoutesContext = GuardContext & IdentityContext;

/** Steps, challenges with their alternatives, and a fresh request key for a browser that lost its own. */
export function guardRoutes(app: App, ctx: RoutesContext): void {
  const own = { ...ctx, random: ctx.guard.random };
  stepRoutes(app, own);
  challengeRoutes(app, own);
  codeRoutes(app, ctx);
  requestKeyRoutes(app, own);
}

/** The library leaves open which fields a challenge has; ours has those of the schema. */
async function shownChallenge(ctx: RoutesContext, hold: HoldFor): Promise<schema.ShownChallenge> {
  return (await makeChallenge(ctx, hold)) as schema.ShownChallenge;
}

function stepRoutes(app: App, ctx: RoutesContext): void {
  app.post(
    '/api/steps',
    {
      config: { permission: 'account', cost: 5 },
      schema: {
        tags,
        summary: 'The one-time step towards a number, asked for while the person is choosing',
        body: schema.StepBody,
        response: { 200: schema.StepReply },
      },
    },
    async (request) => {
      const { account_id, session_id: sign_in_id, elder_mode = false } = accountOf(request);
      const { session_id, slot_id = null, patient_id } = request.body;
      const hold = { account_id, session_id, patient_id };
      const device_key_id = request.device_key_id ?? '';
      const { step, expires_at } = issueStep(ctx, { ...hold, sign_in_id, slot_id, device_key_id });
      const signals = ctx.guard.risk.read({ account_id, device_key_id: request.device_key_id });
      const asked =
        ctx.guard.on.challenges &&
        needsChallenge({ crowded: request.crowded, elder_mode, signals });
      const challenge = asked ? await shownChallenge(ctx, hold) : null;
      return { step, expires_at: expires_at.toISOString(), challenge };
    },
  );
}

function challengeRoutes(app: App, ctx: RoutesContext): void {
  app.get(
    '/api/challenges',
    {
      config: { permission: 'account', cost: 5 },
      schema: {
        tags,
        summary: 'A proof of work for one hold, to be done before the rush (ALTCHA)',
        querystring: schema.HoldQuery,
        response: { 200: schema.ChallengeReply },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      return { challenge: await shownChallenge(ctx, { account_id, ...request.query }) };
    },
  );
  app.post(
    '/api/challenges/proof',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'A code by message or call instead of the proof of work',
        body: schema.ProofBody,
        response: { 200: schema.ProofReply },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      const { code, session_id, patient_id } = request.body;
      await proveAccountPhone(ctx, { account_id, code });
      return { proof: issueProof(ctx, { account_id, session_id, patient_id }) };
    },
  );
}

/** Sends a code to the account's own phone; it draws from the product's chance as sign-in does. */
function codeRoutes(app: App, ctx: RoutesContext): void {
  const send = async (request: FastifyRequest, channel: CodeChannel = 'sms') => {
    const { account_id } = accountOf(request);
    const sent = await sendAccountCode(ctx, { account_id, channel, ip: request.ip });
    return { expires_at: sent.expires_at.toISOString() };
  };
  app.post(
    '/api/challenges/code',
    {
      config: { permission: 'account', cost: 20 },
      schema: {
        tags,
        summary: 'Send a code by short message or call to the own phone',
        body: schema.CodeBody,
        response: { 200: schema.CodeSent },
      },
    },
    (request) => send(request, request.body.channel),
  );
  app.post(
    '/api/request-key/code',
    {
      // A browser that lost its key has nothing to sign with; the code is its proof.
      config: { permission: 'account', cost: 20, unsigned: true },
      schema: {
        tags,
        summary: 'Send a code to the own phone to get a new request key',
        body: schema.CodeBody,
        response: { 200: schema.CodeSent },
      },
    },
    (request) => send(request, request.body.channel),
  );
}

function requestKeyRoutes(app: App, ctx: RoutesContext): void {
  app.post(
    '/api/request-key',
    {
      config: { permission: 'account', unsigned: true },
      schema: {
        tags,
        summary: 'A new request key after one code; places and holds stay',
        body: schema.RequestKeyBody,
        response: { 200: schema.RequestKeyReply },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      const { code, device_key_id } = request.body;
      await proveAccountPhone(ctx, { account_id, code });
      return issueRequestKey(ctx, account_id, device_key_id);
    },
  );
}
