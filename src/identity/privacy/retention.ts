import { destroyPersonKeys } from '../../platform/person-keys.ts';
import { key_copy_days } from './rules.ts';
import { erasedSince, forgetErased, nobodys } from './store.ts';
import { sweepIdentity } from './store-retention.ts';
import type { PersonData, PrivacyContext } from './types.ts';

const day_ms = 86_400_000;
const orphan_days = 30;
const page_size = 1000;

export type Swept = Record<string, number>;

/**
 * Deletes what is older than its time in every module, cuts the last tie of deleted persons whose rules
 * have run out, and keeps the store of keys as it should be: no key of a deleted person, also after it
 * was restored from a copy; no key of nobody; a copy of today, and none older than 30 days. May be
 * repeated at any time. @returns rows by what they were.
 */
export async function sweepPersonalData(
  ctx: PrivacyContext,
  modules: readonly PersonData[],
): Promise<Swept> {
  const at = ctx.clock.now();
  const swept: Swept = await sweepIdentity(ctx.db, at);
  for (const { module, sweep } of modules)
    for (const [what, rows] of Object.entries((await sweep?.(ctx.db, at)) ?? {}))
      swept[`${module}.${what}`] = rows;
  swept['identity.erased_forgotten'] = await forgetErased(ctx.db, at);
  swept['keys.of_nobody'] = await sweepKeys(ctx, at);
  await ctx.fields.persons.copy(at, key_copy_days);
  return swept;
}

async function sweepKeys(ctx: PrivacyContext, at: Date): Promise<number> {
  const since = new Date(at.getTime() - 2 * key_copy_days * day_ms);
  await destroyPersonKeys(ctx.fields, await erasedSince(ctx.db, since));
  const before = new Date(at.getTime() - orphan_days * day_ms);
  let gone = 0;
  for (let after = ''; ;) {
    const ids = await ctx.fields.persons.page(after, page_size, before);
    const last = ids.at(-1);
    if (last === undefined) return gone;
    const orphans = await nobodys(ctx.db, ids);
    await destroyPersonKeys(ctx.fields, orphans);
    gone += orphans.length;
    after = last;
  }
}
