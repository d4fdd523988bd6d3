export { startPaper } from './loop.ts';
export { paperRoutes } from './routes.ts';
export { writeDuePaper } from './write-edition.ts';
