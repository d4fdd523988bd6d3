import { addDays, shanghaiDate, type Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import type { Random } from '../../platform/random.ts';
import { compileLimits } from './compile.ts';
import { rulesFaulty, rulesOutrun, rulesTooSoon } from './errors.ts';
import { forgetHoldMinutes } from './hold-minutes.ts';
import { lintRules } from './lint.ts';
import type { RuleSet, RuleSetVersion } from './rule-set.ts';
import { insertRuleSet, selectRuleSets } from './store.ts';

export type WriteRulesInput = {
  hospital_id: string;
  /** The newest version the writer has seen; 0 when there was none. */
  base_version: number;
  /** YYYY-MM-DD: tomorrow at the earliest; a hospital's first rules may begin today. */
  effective_from: string;
  rules: RuleSet;
  reason: string;
  actor: string;
};

/**
 * Writes a new version of a hospital's rules. From its day on it counts instead of every earlier one,
 * also of one that was to begin later; old versions stay readable.
 * @throws Problem booking/rules-too-soon, rules-faulty (with the fields at fault), rules-outrun.
 */
export async function writeRules(
  ctx: { db: Db; clock: Clock; random: Random },
  input: WriteRulesInput,
): Promise<RuleSetVersion> {
  const { hospital_id, effective_from, rules, reason, actor } = input;
  const faults = lintRules(rules);
  if (faults.length > 0) throw new Problem(rulesFaulty, { faults }, { message: faults[0] ?? '' });
  const written_at = ctx.clock.now();
  const today = shanghaiDate(written_at);
  const first = input.base_version === 0 ? today : addDays(today, 1);
  if (effective_from < first) throw new Problem(rulesTooSoon);
  const version = input.base_version + 1;
  const row = {
    hospital_id,
    version,
    effective_from,
    rules,
    reason,
    written_by: actor,
    written_at,
  };
  await ctx.db.tx(async (tx) => {
    const [newest] = await selectRuleSets(tx, hospital_id);
    const isNext = (newest?.version ?? 0) === input.base_version;
    if (!isNext || !(await insertRuleSet(tx, { ...row, limits: compileLimits(rules) })))
      throw new Problem(rulesOutrun);
    await appendEvents(tx, ctx, [
      {
        name: 'booking.rules.changed',
        hospital_id,
        subject: `rules:${hospital_id}`,
        version,
        actor,
        payload: { hospital_id, version, effective_from },
      },
    ]);
  });
  forgetHoldMinutes(ctx.db, hospital_id);
  return row;
}
