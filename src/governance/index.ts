export { reportRates } from './clues/limits.ts';
export type { ReportLimits } from './clues/limits.ts';
export { governancePersonData } from './clues/person-data.ts';
export { clueRoutes } from './clues/routes.ts';
