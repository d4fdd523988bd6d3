import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { roundRefused } from './errors.ts';
import { QUICKNET, verifyRound } from './sealed-draw/index.ts';
import { storeRound } from './store-draw.ts';

/**
 * Takes a drand quicknet round by file or paste: 96 hex characters that prove themselves, so any
 * channel will do. The same round again changes nothing.
 * @throws Problem release/round-refused.
 */
export async function addRound(
  ctx: { db: Db; clock: Clock; random: Random },
  input: { round: number; signature: string; actor: string; hospital_id: string | null },
): Promise<void> {
  const signature = input.signature.trim().toLowerCase();
  if (!/^[0-9a-f]{96}$/.test(signature) || !verifyRound(QUICKNET.publicKey, input.round, signature))
    throw new Problem(roundRefused);
  await ctx.db.tx(async (tx) => {
    const fresh = await storeRound(tx, {
      chain: QUICKNET.chain,
      round: input.round,
      signature,
      source: `pasted by ${input.actor}`,
      at: ctx.clock.now(),
    });
    if (!fresh) return;
    await appendEvents(tx, ctx, [
      {
        name: 'release.beacon.received',
        hospital_id: input.hospital_id,
        subject: `beacon:${QUICKNET.chain}:${input.round}`,
        version: 1,
        actor: input.actor,
        payload: { chain: QUICKNET.chain, round: input.round, source: 'paste' },
      },
    ]);
  });
}
