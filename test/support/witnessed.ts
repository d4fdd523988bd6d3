import type { Context } from '../../src/context.ts';
import { createWitnessing, logVkey } from '../../src/evidence/index.ts';
import { sql } from '../../src/platform/sql.ts';
import { witnessesInProcess } from './witnesses.ts';

/** Lets two witnesses in this process countersign the log of a `world`; pass it as its `change`. */
export function twoWitnesses(): { change: (ctx: Context) => () => Promise<void>; stop(): void } {
  const stops: (() => void)[] = [];
  return {
    change: (ctx) => {
      const witnesses = witnessesInProcess(ctx.clock);
      stops.push(witnesses.remove);
      ctx.witnessing = createWitnessing({ ...ctx, network: witnesses.network }, ctx.witnesses);
      return async () => {
        const { origin } = await ctx.db.one<{ origin: string }>(
          sql`select origin from evidence.log`,
        );
        const vkey = logVkey(ctx.secrets, origin);
        for (const letter of ['a', 'b'])
          ctx.witnesses.push(witnesses.begin(letter, vkey, { first: true }));
      };
    },
    stop: () => stops.forEach((stop) => stop()),
  };
}
