export { returnRoutes } from './routes.ts';
export { returnSubscriptions } from './subscribers.ts';
