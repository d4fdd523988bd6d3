import type { FastifyRequest } from 'fastify';
import { hook, type App } from '../../platform/http.ts';
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
  const assertAgreed = async (
    request: FastifyRequest,
    rule: (typeof guarded)[string],
    asked: { account_id: string; patient_id: string },
  ): Promise<void> => {
    const facts = await accountFacts(ctx, { ...asked, pool: rule.pool });
    const { patient_id } = asked;
    const purposes = facts.stopped.filter((one) => one === 'draw_pool' || rule.needs.includes(one));
    if (purposes.length > 0) throw new Problem(consentNeeded, { purposes, patient_id });
    request.account_facts = facts;
  };
  app.addHook(
    'preHandler',
    hook((request) => {
      const rule = guarded[`${request.method} ${request.routeOptions.url}`];
      const { session } = request;
      if (!rule || session?.kind !== 'account') return undefined;
      const { patient_id } = request.body as { patient_id?: string };
      if (patient_id === undefined) return undefined;
      return assertAgreed(request, rule, { account_id: session.account_id, patient_id });
    }),
  );
}
