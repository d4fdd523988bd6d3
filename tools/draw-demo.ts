import { parseArgs } from 'node:util';
import { readDemoOptions, UsageError } from './draw-demo/options.ts';

const usage = `npm run draw:demo -- --entries N --seed S --out FOLDER [--reserves] [--returns]
                     [--receipt FILE] [--log FOLDER]

Runs a draw of N synthetic entries (1 to 100000) through the product's own code and leaves its bundle
in FOLDER, unzipped. Time and chance come from the seed: the same N, S and switches give the same
bundle, byte for byte.
  --reserves  keeps a fifth of each session (at least one number) for people of 60 and over; a
              manifest may offer that only after three draws with enough of them, so three small
              draws are held first
  --returns   draws what winners cancel or do not confirm again, twice
  --receipt   also writes the receipt of one entry, for draw:verify --receipt
  --log       also exports the log to a folder, for draw:verify --log
There are max(4, ⌈N/30⌉) places, shared out to 2 to 8 clinics. The beacon, the two witnesses and the
hospital are the demo's own: nothing here is independent.`;

const text = { type: 'string' } as const;
const flag = { type: 'boolean', default: false } as const;

function read(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        ...{ entries: text, seed: text, out: text, receipt: text, log: text },
        ...{ reserves: flag, returns: flag, help: flag },
      },
    });
    return values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Exit code 0: done; 1: it failed; 2: the command was not understood; 130: interrupted. */
async function main(args: string[]): Promise<number> {
  const interrupted = new AbortController();
  for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(name, () => interrupted.abort());
  try {
    const values = read(args);
    if (values.help) {
      console.log(usage);
      return 0;
    }
    const options = await readDemoOptions(values);
    const { signal } = interrupted;
    // The product takes a second or two to load; a mistake is told at once.
    const { drawDemo } = await import('./draw-demo/index.ts');
    const left = await drawDemo({ ...options, signal, tell: (line) => console.error(line) });
    console.log(left.map(({ what, path }) => `${what}: ${path}`).join('\n'));
    return 0;
  } catch (error) {
    if (interrupted.signal.aborted) return 130;
    if (!(error instanceof UsageError)) {
      console.error(error);
      return 1;
    }
    console.error(`${error.message}\nnpm run draw:demo -- --help tells more.`);
    return 2;
  }
}

process.exit(await main(process.argv.slice(2)));
