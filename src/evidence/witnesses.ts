import type { EvidenceConfig, WitnessSetting } from '../platform/evidence-config.ts';

export type { WitnessSetting };

/** The witnesses that a new manifest names. */
export async function witnessesOf(ctx: {
  witnesses: readonly WitnessSetting[];
}): Promise<{ vkey: string; independent: boolean }[]> {
  return ctx.witnesses.map(({ vkey, independent }) => ({ vkey, independent }));
}

const min_by_default = 2;

/** What a new manifest demands: its witnesses, and how many of them must countersign. */
export function witnessQuorum(ctx: {
  config: { evidence: Pick<EvidenceConfig, 'witnesses_min'> };
  witnesses: readonly WitnessSetting[];
}): { witnesses: string[]; witnesses_min: number } {
  const witnesses = ctx.witnesses.map(({ vkey }) => vkey);
  const all = Math.min(min_by_default, witnesses.length);
  return { witnesses, witnesses_min: ctx.config.evidence.witnesses_min ?? all };
}
