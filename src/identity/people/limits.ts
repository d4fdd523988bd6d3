import { default_people_limits, type PeopleLimits } from '../../platform/people-config.ts';

/** Contexts that carry the installation's limits; without them the defaults hold. */
export type WithLimits = { config?: { demo?: boolean; people?: { limits: PeopleLimits } } };

export function limitsOf(ctx: WithLimits): PeopleLimits {
  return ctx.config?.people?.limits ?? default_people_limits;
}
