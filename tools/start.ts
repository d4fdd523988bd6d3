import { buildPages, requireNode } from './pages.ts';

/** `npm start`: builds the pages when needed, then runs the server in this process. */
requireNode();
await buildPages();
await import('../src/server.ts');
