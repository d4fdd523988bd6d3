import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Snapshots } from '../platform/snapshots.ts';

export type SharedContext = { snapshots: Snapshots };

/**
 * Answers a read of public data from the snapshot that everybody shares, at most a second old: asking
 * more often shows nothing new, and costs no database. A cache on the way may do the same.
 */
export async function sharedReply(
  ctx: SharedContext,
  request: FastifyRequest,
  reply: FastifyReply,
  make: () => Promise<object>,
): Promise<never> {
  const text = await ctx.snapshots.get(
    request.url,
    async () => reply.serialize(await make()) as string,
  );
  void reply.type('application/json; charset=utf-8').header('cache-control', 'public, max-age=1');
  // The route's schema has already dropped what it does not declare, and types its reply as an object.
  return text as never;
}
