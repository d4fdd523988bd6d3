import { shanghaiDate, type Clock } from '../../platform/clock.ts';
import type { Queryable } from '../../platform/db.ts';
import { plain_rules } from './presets.ts';
import type { RuleSet, RuleSetVersion } from './rule-set.ts';
import { selectRuleSetOn, selectRuleSets } from './store.ts';

/** The rules in force in a hospital on a day (today without one); `plain_rules` where none are written. */
export async function rulesOn(
  ctx: { db: Queryable; clock: Clock },
  input: { hospital_id: string; day?: string },
): Promise<RuleSet> {
  const day = input.day ?? shanghaiDate(ctx.clock.now());
  const found = await selectRuleSetOn(ctx.db, { hospital_id: input.hospital_id, day });
  return found?.rules ?? plain_rules;
}

/** In force now, and what comes next, if a later version is written already. */
export async function rulesNowAndNext(
  ctx: { db: Queryable; clock: Clock },
  hospital_id: string,
): Promise<{ now: RuleSetVersion | undefined; next: RuleSetVersion | undefined }> {
  const today = shanghaiDate(ctx.clock.now());
  const versions = await selectRuleSets(ctx.db, hospital_id);
  const now = versions.find((one) => one.effective_from <= today);
  const [newest] = versions;
  return { now, next: newest && newest.effective_from > today ? newest : undefined };
}
