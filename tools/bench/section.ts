/** One measured case: figures for the JSON line, and rows for people. */
export type Case = {
  figures: Record<string, number | string>;
  table: (readonly [what: string, value: string])[];
};

/** A section of the bench: reads its own options and yields a case at a time. */
export type Bench = (args: string[]) => Iterable<Case> | AsyncIterable<Case>;

/** A bench that cannot go on: `misused` when the call was wrong, otherwise a result was. */
export class BenchError extends Error {
  readonly misused: boolean;

  constructor(message: string, misused = false) {
    super(message);
    this.misused = misused;
  }
}

/** Runs a piece of work and tells how many seconds it took. */
export function timed<T>(work: () => T): { result: T; seconds: number } {
  const started = performance.now();
  const result = work();
  return { result, seconds: (performance.now() - started) / 1000 };
}
