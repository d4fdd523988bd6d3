import type { ClassRule, DrawRules, PlanDraft, Rhythm } from './types.ts';

type Days = Extract<Rhythm, { kind: 'days' }>;

/**
 * Manifest D−4 08:00 · entries to D−3 12:00 · seal 12:05 · round 12:15 · confirm by 20:00; what comes
 * back is drawn again four times, down to the evening before.
 */
export const defaultRhythm: Days = {
  kind: 'days',
  announce: { days_before: 4, time: '08:00' },
  close: { days_before: 3, time: '12:00' },
  seal_by: { days_before: 3, time: '12:05' },
  offset_s: 600,
  margin_s: 300,
  confirm_by: { days_before: 3, time: '20:00' },
  returns: [
    { close: { days_before: 3, time: '20:05' }, confirm_by: { days_before: 2, time: '12:00' } },
    { close: { days_before: 2, time: '12:05' }, confirm_by: { days_before: 2, time: '20:00' } },
    { close: { days_before: 2, time: '20:05' }, confirm_by: { days_before: 1, time: '12:00' } },
    { close: { days_before: 1, time: '16:05' }, confirm_by: { days_before: 1, time: '20:00' } },
  ],
};

/** Minutes where the default has days; the server takes it in the demo only. */
export const demoRhythm: Rhythm = {
  kind: 'seconds',
  entry_s: 120,
  seal_s: 5,
  offset_s: 20,
  margin_s: 10,
  confirm_s: 900,
  returns: [
    { wait_s: 960, confirm_s: 600 },
    { wait_s: 1680, confirm_s: 600 },
  ],
};

/** A plan with the usual values, to be changed. */
export function newDraft(today: string): PlanDraft {
  return {
    healthcare_service_id: '',
    method: 'order',
    effective_from: today,
    advance_days: 7,
    release_time: '08:00',
    same_day_share: 0,
    same_day_time: '07:00',
    on_site_share: 0.2,
    on_site_time: '07:00',
    draw_group: '',
  };
}

/** Whether a plan has a draw: instead of the order, or in its shadow. */
export function draws(draft: PlanDraft): boolean {
  return draft.method === 'draw' || draft.shadow === true;
}

/** The draft as it is sent: what does not apply is left out, and so is what is as by default. */
export function sent(draft: PlanDraft): PlanDraft {
  const drawn = draws(draft);
  return {
    ...draft,
    shadow: draft.method === 'order' && draft.shadow === true,
    draw_rhythm: drawn ? (draft.draw_rhythm ?? defaultRhythm) : null,
    draw_rules: trimmed(draft.draw_rules ?? {}),
    reason: draft.reason?.trim() || null,
  };
}

/** Rules without what is as by default, so that plans that offer the same read the same. */
function trimmed(rules: DrawRules): DrawRules {
  const { eligibility, pool, impact_assessment, weights, wildcards, later } = rules;
  const classes = (rules.classes ?? []).filter(({ reserved }) => reserved > 0);
  return {
    ...(eligibility && eligibility !== 'open' ? { eligibility } : {}),
    ...(pool === 'public' ? { pool } : {}),
    ...(pool === 'public' && impact_assessment?.trim()
      ? { impact_assessment: impact_assessment.trim() }
      : {}),
    ...(weights === 'loss-1-6-8' ? { weights } : {}),
    ...(classes.length > 0 ? { classes } : {}),
    ...(wildcards ? { wildcards } : {}),
    ...(later !== undefined && later !== 1 ? { later } : {}),
  };
}

/** Rules with so many numbers kept for a class; none takes the class out. */
export function withClass(
  rules: DrawRules,
  rule: ClassRule,
  change: { reserved?: number; province?: string },
): DrawRules {
  const known = rules.classes ?? [];
  const mine = known.find((one) => one.rule === rule) ?? { id: rule, rule, reserved: 0 };
  const others = known.filter((one) => one.rule !== rule);
  return { ...rules, classes: [...others, { ...mine, ...change }] };
}
