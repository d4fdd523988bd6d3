import { HisRefused, HisUnknown } from './client.ts';
import { pullBills, reconcileDays, retryBills, tellMoney, type HisMoneyContext } from './money.ts';
import { pushOrders } from './push.ts';
import { syncHis, type HisLink } from './sync.ts';

export type HisJob = { stop(): Promise<void> };

const round_ms = 1_000;
/** Days to compare and bills of unknown archives are looked at this often. */
const slow_round_ms = 600_000;

/** Keeps a hospital's HIS and our numbers in line until stopped; `onError` hears of failed rounds. */
export function startHis(
  ctx: HisMoneyContext,
  links: HisLink[],
  onError: (error: unknown) => void,
): HisJob {
  const stopping = new AbortController();
  const loop = async (link: HisLink): Promise<void> => {
    const slow = { at: 0 };
    while (!stopping.signal.aborted) {
      try {
        await pushOrders(ctx, link);
        await syncHis(ctx, link);
        await exchangeMoney(ctx, link, slow);
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

/** One round of bills and money; a HIS that does not answer, or has no such part, waits for the next. */
async function exchangeMoney(
  ctx: HisMoneyContext,
  link: HisLink,
  slow: { at: number },
): Promise<void> {
  try {
    await pullBills(ctx, link);
    await tellMoney(ctx, link);
    const now = ctx.clock.now().getTime();
    if (now < slow.at) return;
    slow.at = now + slow_round_ms;
    await retryBills(ctx, link);
    await reconcileDays(ctx, link);
  } catch (error) {
    if (!(error instanceof HisUnknown || error instanceof HisRefused)) throw error;
  }
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
