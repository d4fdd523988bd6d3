import { parseArgs } from 'node:util';
import { exitCodeOf, reportLines } from './torture/report.ts';

const usage = `npm run torture -- [--kills 30] [--seed 1] [--seconds N]

Books, cancels, holds, enters draws and withdraws in a storm, while the server and its database are
killed with SIGKILL at moments by chance and started again; then compares what the storm was told
with what is there. --seconds is the storm's length without the recoveries (4 for each kill).
Ends with 0 when all is well, 1 when something was found, 2 on bad use.`;

process.exitCode = await main(process.argv.slice(2));

async function main(args: string[]): Promise<number> {
  const options = readOptions(args);
  if (typeof options === 'string') {
    console.error(options);
    return options === usage ? 0 : 2;
  }
  // Listened to, so that the exit handlers end what was started.
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => process.exit(130));
  try {
    // Loaded late, so that a slip of the pen is answered at once.
    const { torture } = await import('./torture/torture.ts');
    const report = await torture({ ...options, tell: (line) => console.error(line) });
    for (const line of reportLines(report)) console.log(line);
    return exitCodeOf(report);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.log('The torture was not finished, so nothing was proven.');
    return 1;
  }
}

function readOptions(args: string[]): { kills: number; seed: string; seconds: number } | string {
  try {
    const text = { type: 'string' } as const;
    const { values } = parseArgs({
      args,
      options: { kills: text, seed: text, seconds: text, help: { type: 'boolean' } },
    });
    if (values.help) return usage;
    const kills = Number(values.kills ?? 30);
    const seconds = Number(values.seconds ?? 4 * Math.max(1, kills));
    if (!Number.isInteger(kills) || kills < 0 || kills > 10_000)
      return `--kills is a whole number from 0 to 10000.\n\n${usage}`;
    if (!(seconds > 0)) return `--seconds is a number above 0.\n\n${usage}`;
    const seed = values.seed ?? '1';
    // It becomes part of the idempotency keys.
    if (!/^[\w.-]{1,40}$/.test(seed)) return `--seed is up to 40 letters and digits.\n\n${usage}`;
    return { kills, seconds, seed };
  } catch (error) {
    return `${(error as Error).message}\n\n${usage}`;
  }
}
