export { tickDirect } from './book-follow-ups.ts';
export { directRoutes } from './routes.ts';
export { directSubscriptions } from './subscribers.ts';
export type { DirectContext } from './types.ts';
