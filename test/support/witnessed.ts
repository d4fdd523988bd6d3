import type { Context } from '../../src/context.ts';
import { createWitnessing, logVkey } from '../../src/evidence/index.ts';
import { sql } from '../../src/platform/sql.ts';
import { witnessesInProcess } from './witnesses.ts';

/** Lets two witnesses in this process countersign the log of a `world`; pass it as its `change`. */
export function twoWitnesses(): {
  change: (ctx: Context) => () => Promise<void>;
  /** Letters of witnesses (a, b) that do not answer. */
  down: Set<string>;
  stop(): void;
} {
  const stops: (() => void)[] = [];
  const down = new Set<string>();
  return {
    change: (ctx) => {
      const witnesses = witnessesInProcess(ctx.clock);
      stops.push(witnesses.remove);
      const network: typeof fetch = (to, init) =>
        down.has(new URL(to as string).hostname.charAt(0))
          ? Promise.reject(new TypeError('fetch failed'))
          : witnesses.network(to, init);
      ctx.witnessing = createWitnessing({ ...ctx, network }, ctx.witnesses);
      return async () => {
        const { origin } = await ctx.db.one<{ origin: string }>(
          sql`select origin from evidence.log`,
        );
        const vkey = logVkey(ctx.secrets, origin);
        for (const letter of ['a', 'b'])
          ctx.witnesses.push(witnesses.begin(letter, vkey, { first: true }));
      };
    },
    down,
    stop: () => stops.forEach((stop) => stop()),
  };
}
