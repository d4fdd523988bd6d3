export { notifyRoutes } from './routes.ts';
export { sendMessages } from './send.ts';
export { notifySubscriptions } from './subscribers.ts';
export type { NotifyContext } from './types.ts';
