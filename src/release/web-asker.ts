import type { FastifyRequest } from 'fastify';
import { accountAsker, type Asker } from '../booking/index.ts';
import { accountOf } from '../platform/http.ts';
import type { ReleaseContext } from './announce.ts';

/** Who asks through the site, with the browser's device key once it has one. */
export function webAsker(ctx: ReleaseContext, request: FastifyRequest): Promise<Asker> {
  const device = request.headers['x-device-key-id'];
  return accountAsker(ctx, {
    account_id: accountOf(request).account_id,
    channel: 'web',
    device_key_id: typeof device === 'string' ? device : null,
    known: request.account_facts,
  });
}
