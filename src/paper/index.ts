export { startPaper } from './loop.ts';
export { paperPersonData } from './person-data.ts';
export { rewritePaper } from './rewrite.ts';
export { paperRoutes } from './routes.ts';
export { writeDuePaper } from './write-edition.ts';
