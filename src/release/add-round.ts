import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { keepRound } from './beacon/output.ts';
import { chainsOfDraws } from './beacon/store.ts';
import { roundRefused } from './errors.ts';
import { QUICKNET, verifyRound } from './sealed-draw/index.ts';

/**
 * Takes a round by file or paste: 96 hex characters that prove themselves, so any channel will do. Its
 * chain is the one under whose key it verifies: drand quicknet, or the city beacon of any draw here.
 * The same round again changes nothing.
 * @throws Problem release/round-refused.
 */
export async function addRound(
  ctx: { db: Db; clock: Clock; random: Random },
  input: { round: number; signature: string; actor: string; hospital_id: string | null },
): Promise<void> {
  const signature = input.signature.trim().toLowerCase();
  if (!/^[0-9a-f]{96}$/.test(signature)) throw new Problem(roundRefused);
  const chains = new Map([[QUICKNET.chain as string, QUICKNET.publicKey as string]]);
  for (const { chain, public_key } of await chainsOfDraws(ctx.db)) chains.set(chain, public_key);
  const chain = [...chains].find(([, key]) => verifyRound(key, input.round, signature))?.[0];
  if (chain === undefined) throw new Problem(roundRefused);
  await keepRound(ctx, {
    chain,
    round: input.round,
    signature,
    source: `pasted by ${input.actor}`,
    channel: 'paste',
    actor: input.actor,
    hospital_id: input.hospital_id,
  });
}
