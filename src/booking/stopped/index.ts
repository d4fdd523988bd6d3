export { stoppedSubscription } from './follow.ts';
export { offerRebookings } from './offer.ts';
export { stoppedRoutes } from './routes.ts';
