import { startServer } from './start.ts';

/** `npm start`: the whole product in one process. */
const running = await startServer({ environment: process.env, background: true }).catch(
  (error: unknown) => {
    console.error(error instanceof Error ? error.message : error);
    process.exit(1);
  },
);
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    void running.stop().then(() => process.exit(0));
  });
console.log(running.welcome);
