import { once } from 'node:events';
import { run } from 'node:test';
import { spec } from 'node:test/reporters';
import { setTimeout as sleep } from 'node:timers/promises';

/** How a test file went; `text` is what is to be told about its tests. */
export type FileOutcome = {
  file: string;
  failed: boolean;
  text: string;
  seconds: number;
  counts: { tests: number; skipped: number; todo: number };
  /** What the process that ran it holds by now. */
  memory_bytes: number;
};

/** How long a file may go on when nothing is left that could end its wait. */
const patience_ms = 30_000;

function giveUp(): void {
  console.error('A test waits for something that will never come.');
  process.exit(1);
}

/**
 * A process of `npm test`: runs the files it is sent, one at a time. Each still has to end by itself:
 * it is over when nothing of it is left that the process would wait for.
 */
async function runFile(file: string): Promise<FileOutcome> {
  const started = performance.now();
  let patience: NodeJS.Timeout | undefined;
  process.once('beforeExit', () => (patience = setTimeout(giveUp, patience_ms)));
  const stream = run({ files: [file], isolation: 'none' });
  let counts = { tests: 0, skipped: 0, todo: 0 };
  let success = false;
  let failures = 0;
  // A test that is still to do may fail without failing the run; here it may not.
  stream.on('test:fail', () => failures++);
  stream.on('test:summary', (summary) => ({ counts, success } = summary));
  let text = '';
  for await (const piece of stream.filter(isWorthTelling).compose(new spec()))
    text += String(piece);
  clearTimeout(patience);
  return {
    file,
    failed: !success || failures > 0,
    text,
    seconds: (performance.now() - started) / 1000,
    counts: { tests: counts.tests, skipped: counts.skipped, todo: counts.todo },
    memory_bytes: process.memoryUsage.rss(),
  };
}

/** The numbers that end every file are summed up at the end of the whole run. */
function isWorthTelling(event: { type: string; data: { message?: string } }): boolean {
  const number = /^(tests|suites|pass|fail|cancelled|skipped|todo|duration_ms) [\d.]+$/;
  return event.type !== 'test:diagnostic' || !number.test(event.data.message ?? '');
}

const parted = once(process, 'disconnect').then(() => process.exit());
for (;;) {
  process.channel?.ref();
  const [file] = (await Promise.race([once(process, 'message'), parted])) as [string];
  // While a file runs, only what it left itself may keep the process waiting.
  process.channel?.unref();
  const outcome = await runFile(file);
  // The file ended with the event loop; something has to start it again.
  await sleep(1);
  process.send?.(outcome);
}
