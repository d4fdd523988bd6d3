import { BenchError, type Bench } from './bench/section.ts';

/** Loaded when asked for: each brings a part of the product with it. */
const sections: Record<string, () => Promise<Bench>> = {
  booking: async () => (await import('./bench/booking.ts')).benchBooking,
  challenge: async () => (await import('./bench/challenge.ts')).benchChallenge,
  draw: async () => (await import('./bench/draw.ts')).benchDraw,
  gate: async () => (await import('./bench/gate.ts')).benchGate,
  read: async () => (await import('./bench/read.ts')).benchRead,
};

const usage = `npm run bench -- SECTION [options]

Measures one part of the product on this machine and stops by itself. Each case is one line of JSON on
standard output and a row of a table on standard error.

  booking [--seconds 5]      bookings through the product against doing nothing and locking rows
  challenge [--solutions 120] [--phone 700000]   proof of work in a browser, and on a phone of that rate
  draw [--entries 1000000]   a whole sealed draw against bare hashing and sorting
  gate [--tickets 200000] [--streams 5000]   memory of a queue, and one watermark to open streams
  read [--seconds 5]   availability from the shared snapshot, unchanged, and from the database`;

process.exitCode = await main(process.argv.slice(2));

/** Exit code 0: measured; 1: a result was wrong; 2: the call cannot be understood. */
async function main([name, ...args]: string[]): Promise<number> {
  if (name === '--help') {
    console.log(usage);
    return 0;
  }
  const load = name !== undefined && Object.hasOwn(sections, name) ? sections[name] : undefined;
  if (!load) {
    const known = Object.keys(sections).join(', ');
    const fault = name === undefined ? 'A section is needed' : `There is no section "${name}"`;
    console.error(`${fault}. Sections: ${known}.\n\n${usage}`);
    return 2;
  }
  const bench = await load();
  try {
    for await (const { figures, table } of bench(args)) {
      console.error(tableText(table));
      console.log(JSON.stringify({ section: name, ...figures }));
    }
    return 0;
  } catch (error) {
    const misused = (error as { code?: string }).code?.startsWith('ERR_PARSE_ARGS') === true;
    if (!misused && !(error instanceof BenchError)) throw error;
    console.error((error as Error).message);
    return misused || (error instanceof BenchError && error.misused) ? 2 : 1;
  }
}

function tableText(rows: readonly (readonly [what: string, value: string])[]): string {
  const width = Math.max(...rows.map(([what]) => what.length));
  const right = Math.max(...rows.map(([, value]) => value.length));
  return rows.map(([what, value]) => `${what.padEnd(width)}  ${value.padStart(right)}`).join('\n');
}
