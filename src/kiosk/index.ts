export { kioskPersonData } from './person-data.ts';
export { kioskRoutes } from './routes.ts';
export type { KioskContext } from './types.ts';
