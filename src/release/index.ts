export type { ReleaseContext } from './announce.ts';
export { releaseRoutes } from './routes.ts';
export { releaseSubscriptions } from './subscribers.ts';
export { tickRelease } from './tick.ts';
export { changePlan } from './change-plan.ts';
export { demo_rhythm, default_rhythm, type PlanDraft } from './rules.ts';
export { entriesOf } from './views.ts';
export { createRoundSource, type RoundSource } from './beacon/round-source.ts';
