import { createLoop, type Loop } from '../platform/loop.ts';
import type { PaperContext } from './types.ts';
import { rewritePaper } from './rewrite.ts';
import { writeDuePaper } from './write-edition.ts';

const tick_ms = 30_000;

/**
 * Writes the paper of each hour while the server runs. The first round waits: whoever has just
 * started has more urgent work. Stopping ends the drawing; the edition is left to the next start.
 */
export function startPaper(ctx: PaperContext, onError: (error: unknown) => void): Loop {
  const stopping = new AbortController();
  let begun = false;
  const loop = createLoop(
    tick_ms,
    async () => {
      if (begun) {
        await writeDuePaper(ctx, { signal: stopping.signal });
        await rewritePaper(ctx, { signal: stopping.signal });
      }
      begun = true;
    },
    (error) => {
      if (!stopping.signal.aborted) onError(error);
    },
  );
  return {
    stop: async () => {
      stopping.abort();
      await loop.stop();
    },
  };
}
