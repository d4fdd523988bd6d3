import type { FastifyRequest } from 'fastify';
import type { App } from '../../platform/http.ts';
import { assertConsents } from './consent.ts';
import { guarded } from './rules.ts';
import type { PrivacyContext } from './types.ts';

/**
 * Stops what an account asks to be done on the ground of an agreement that is not there. It stands
 * before the routes, so that each of them keeps to its own rules.
 */
export function consentGuard(app: App, ctx: Pick<PrivacyContext, 'db' | 'clock' | 'random'>): void {
  app.addHook('preHandler', async (request: FastifyRequest) => {
    const rule = guarded[`${request.method} ${request.routeOptions.url}`];
    const { session } = request;
    if (!rule || session?.kind !== 'account') return;
    const { patient_id } = request.body as { patient_id?: string };
    if (patient_id === undefined) return;
    await assertConsents(ctx, { account_id: session.account_id, patient_id, ...rule });
  });
}
