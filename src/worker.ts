import { startServer } from './start.ts';

/** The background half alone, beside servers that run without it: same code, no port. */
const running = await startServer({ environment: process.env, background: true, listen: false });
for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => {
    void running.stop().then(() => process.exit(0));
  });
