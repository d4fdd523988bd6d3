import { Problem } from '../platform/problem.ts';
import type { EnterInput } from './enter-input.ts';
import { enterOpenDraw, openDraw, type EnterContext } from './enter.ts';
import { entryUnknown, wrongSecret } from './errors.ts';
import { hashOf } from './slip.ts';
import { entryById } from './store-entry.ts';
import { voidEntry } from './withdraw.ts';
import type { Entered } from './write-entries.ts';

/**
 * Changes an entry before closing: the old one is withdrawn with its secret and a new one entered
 * with a fresh nonce, in one transaction, so that nobody is left with neither.
 * @throws Problem release/entry-unknown, wrong-secret, and as `enterDraw`.
 */
export async function editEntry(
  ctx: EnterContext,
  input: Omit<EnterInput, 'draw_id' | 'patient_id'> & { e: string; secret: string },
): Promise<Entered & { draw_id: string }> {
  const entry = await entryById(ctx.db, input.e);
  if (!entry || entry.withdrawn_at !== null) throw new Problem(entryUnknown);
  if (hashOf(Buffer.from(input.secret, 'hex')) !== entry.secret_hash)
    throw new Problem(wrongSecret);
  const { draw_id, patient_id } = entry;
  return ctx.db.tx(async (tx) => {
    const draw = await openDraw(tx, ctx, draw_id);
    await voidEntry(tx, ctx, { draw, entry, secret: input.secret, actor: input.asker.actor });
    const [entered] = await enterOpenDraw(tx, ctx, draw, [{ ...input, draw_id, patient_id }]);
    if (!entered) throw new Error('one asked to enter and none was answered');
    if (entered instanceof Problem) throw entered;
    return { ...entered, draw_id };
  });
}
