export { teamRoutes } from './routes.ts';
export { teamSubscriptions } from './subscribers.ts';
export { setTeam } from './teams.ts';
