export type Loop = { stop(): Promise<void> };

/** Repeats `work` with a pause between rounds until stopped; a failure is reported and tried again. */
export function createLoop(
  pause_ms: number,
  work: () => Promise<unknown>,
  onError: (error: unknown) => void,
): Loop {
  let stopped = false;
  let wake = (): void => undefined;
  const running = (async () => {
    while (!stopped) {
      await work().catch(onError);
      if (stopped) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, pause_ms);
        wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      wake();
      await running;
    },
  };
}
