import { pushOrders } from './push.ts';
import { syncHis, type HisContext, type HisLink } from './sync.ts';

export type HisJob = { stop(): Promise<void> };

const round_ms = 1_000;

/** Keeps a hospital's HIS and our numbers in line until stopped; `onError` hears of failed rounds. */
export function startHis(
  ctx: HisContext,
  links: HisLink[],
  onError: (error: unknown) => void,
): HisJob {
  const stopping = new AbortController();
  const loop = async (link: HisLink): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await pushOrders(ctx, link);
        await syncHis(ctx, link);
      } catch (error) {
        onError(error);
      }
      await pause(round_ms, stopping.signal);
    }
  };
  const running = Promise.all(links.map(loop));
  return {
    stop: async () => {
      stopping.abort();
      await running;
    },
  };
}

function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      clearTimeout(timer);
      signal.removeEventListener('abort', end);
      resolve();
    };
    const timer = setTimeout(end, milliseconds);
    signal.addEventListener('abort', end, { once: true });
    if (signal.aborted) end();
  });
}
