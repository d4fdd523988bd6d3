import type { FieldCrypto } from '../../platform/crypto/index.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import { networkOf } from '../rules.ts';
import { networkIndex } from '../sealing.ts';
import type { SessionContext } from '../sessions.ts';
import { beginSignIn } from '../staff-store.ts';
import type { Db } from '../../platform/db.ts';
import { signInSlow } from './errors.ts';
import { network_failures_max, network_window_minutes } from './rules.ts';
import { countOnNetwork } from './store.ts';

export type SignInContext = SessionContext & {
  db: Db;
  fields: FieldCrypto;
  config: { demo: boolean };
};

/** Where a sign-in comes from: the client's address, and what its browser says it is. */
export type From = { ip: string; user_agent: string };

export type Attempt = {
  network: string;
  member: { id: string; password_hash: string } | undefined;
};

/**
 * Counts an attempt as failed, for the user and for the network, before anything is looked at: so
 * parallel guesses are counted one by one. Whoever succeeds takes both back. `member` is absent for
 * users who are unknown, disabled or locked.
 * @throws Problem identity/sign-in-slow when the network has to wait, except for people who signed in
 *   from it lately: one machine's guessing must not keep a hospital's staff from their desks.
 */
export async function beginAttempt(
  ctx: SignInContext,
  username: string,
  from: From,
): Promise<Attempt> {
  const at = ctx.clock.now();
  const network = networkIndex(ctx.fields, networkOf(from.ip));
  const counted = await ctx.db.tx((tx) => countOnNetwork(tx, { network, username, at }));
  if (counted.failures > network_failures_max && !counted.known)
    throw new Problem(signInSlow, {}, { retryAfterSeconds: network_window_minutes * 60 });
  const member = await ctx.db.tx(async (tx) => {
    const begun = await beginSignIn(tx, username, at);
    if (begun?.locked)
      await appendEvents(tx, ctx, [
        {
          name: 'identity.staff.locked',
          hospital_id: begun.hospital_id,
          subject: `staff:${begun.id}`,
          version: begun.version,
          actor: 'anonymous',
          payload: { staff_id: begun.id },
        },
      ]);
    return begun;
  });
  return { network, member };
}
