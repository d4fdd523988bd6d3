import { createHash } from 'node:crypto';
import type { Clock } from '../../platform/clock.ts';
import type { Db, Queryable } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import type { Random } from '../../platform/random.ts';
import { drawUnknown } from '../errors.ts';
import { diceDiffer, diceRefused, diceSettled } from './errors.ts';
import { lockForDice, storeThrows, throwsTyped } from './store.ts';

export type DiceInput = {
  draw_id: string;
  /** 0 for the main draw, else the number of the return. */
  n: number;
  /** At least 50 digits 1–6 as thrown; spaces are ignored. */
  throws: string;
  actor: string;
};

/**
 * Takes the throws of dice as one person typed them. They count once a second person has typed the
 * same; until then a person may type anew, and each typing leaves an event with the hash of its
 * throws, so that trying out throws would show. Whether the seal is proven is the caller's check.
 * @throws Problem release/dice-refused, release/dice-differ (kept nevertheless, so that the person
 * who was wrong can type anew), release/dice-settled, release/draw-unknown.
 */
export async function typeDice(
  ctx: { db: Db; clock: Clock; random: Random },
  input: DiceInput,
): Promise<{ state: 'waiting' | 'agreed' }> {
  const throws = input.throws.normalize('NFKC').replaceAll(/\s/g, '');
  if (!/^[1-6]{50,1000}$/.test(throws)) throw new Problem(diceRefused);
  const state = await ctx.db.tx(async (tx) => {
    const draw = await lockForDice(tx, input.draw_id);
    if (!draw) throw new Problem(drawUnknown);
    const typed = await throwsTyped(tx, input.draw_id, input.n);
    const settled = agreed(typed);
    if (settled === throws) return 'agreed';
    if (settled !== undefined) throw new Problem(diceSettled);
    const others = typed.filter((one) => one.typed_by !== input.actor);
    const same = others.some((one) => one.throws === throws);
    const at = ctx.clock.now();
    await storeThrows(tx, { ...input, throws, typed_by: input.actor, at });
    await appendEvents(tx, ctx, [
      {
        name: 'release.dice.typed',
        hospital_id: draw.hospital_id,
        subject: `dice:${newId(ctx)}`,
        version: 1,
        actor: input.actor,
        payload: {
          draw_id: input.draw_id,
          n: input.n,
          throws_hash: createHash('sha256').update(throws).digest('hex'),
          agreed: same,
        },
      },
    ]);
    return same ? 'agreed' : others.length > 0 ? 'differ' : 'waiting';
  });
  if (state === 'differ') throw new Problem(diceDiffer);
  return { state };
}

/** The throws on which two people agree, if they do. */
export async function agreedThrows(
  db: Queryable,
  draw_id: string,
  n: number,
): Promise<string | undefined> {
  return agreed(await throwsTyped(db, draw_id, n));
}

function agreed(typed: readonly { throws: string }[]): string | undefined {
  return typed.find((one, at) => typed.some((other, i) => i > at && other.throws === one.throws))
    ?.throws;
}
