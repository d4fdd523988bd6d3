import type { FastifyRequest } from 'fastify';
import type { App } from '../../platform/http.ts';
import { Problem } from '../../platform/problem.ts';
import { accountFacts, type AccountFacts } from '../account-facts.ts';
import { consentNeeded } from './errors.ts';
import { guarded } from './rules.ts';
import type { PrivacyContext } from './types.ts';

declare module 'fastify' {
  interface FastifyRequest {
    /** What the guard read of the account and the patient of this request, for the route behind it. */
    account_facts: AccountFacts | null;
  }
}

/**
 * Stops what an account asks to be done on the ground of an agreement that is not there. It stands
 * before the routes, so that each of them keeps to its own rules.
 */
export function consentGuard(app: App, ctx: Pick<PrivacyContext, 'db' | 'clock' | 'random'>): void {
  app.decorateRequest('account_facts', null);
  app.addHook('preHandler', async (request: FastifyRequest) => {
    const rule = guarded[`${request.method} ${request.routeOptions.url}`];
    const { session } = request;
    if (!rule || session?.kind !== 'account') return;
    const { patient_id } = request.body as { patient_id?: string };
    if (patient_id === undefined) return;
    const { account_id } = session;
    const facts = await accountFacts(ctx, { account_id, patient_id, pool: rule.pool });
    const purposes = facts.stopped.filter((one) => one === 'draw_pool' || rule.needs.includes(one));
    if (purposes.length > 0) throw new Problem(consentNeeded, { purposes, patient_id });
    request.account_facts = facts;
  });
}
