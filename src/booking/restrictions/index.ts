export { conductSubscriptions } from './count.ts';
export type { CountContext } from './count.ts';
export { recountEverywhere } from './recount.ts';
export { restrictionRoutes } from './routes.ts';
export { isRemote, staysOpen } from './rules.ts';
export { moveConduct } from './store.ts';
export { restrictionsOf, type Restriction } from './store-read.ts';
