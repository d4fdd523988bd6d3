import { useEffect, useState } from 'react';
import type { View } from './types.ts';

const every_ms = 2_500;
const slowest_ms = 20_000;

type Seen = {
  view: View | undefined;
  /** What the server's clock is ahead of this machine's, in ms. */
  ahead_ms: number;
  lost: boolean;
  unlinked: boolean;
};

/** Asks again and again for as long as the screen hangs there; a lost connection is tried ever slower. */
export function useView(token: string | null): Seen {
  const [seen, setSeen] = useState<Seen>({
    view: undefined,
    ahead_ms: 0,
    lost: false,
    unlinked: token === null,
  });
  useEffect(() => {
    if (token === null) return undefined;
    let ended = false;
    let timer: ReturnType<typeof setTimeout>;
    let failures = 0;
    const ask = async (): Promise<void> => {
      const found = await load(token);
      if (ended) return;
      failures = found === 'lost' ? failures + 1 : 0;
      setSeen((known) => {
        if (found === 'lost') return { ...known, lost: true };
        if (found === 'unlinked') return { ...known, view: undefined, lost: false, unlinked: true };
        const ahead_ms = Date.parse(found.now) - Date.now();
        return { view: found, ahead_ms, lost: false, unlinked: false };
      });
      timer = setTimeout(() => void ask(), Math.min(slowest_ms, every_ms * 2 ** failures));
    };
    const again = (): void => {
      clearTimeout(timer);
      void ask();
    };
    void ask();
    window.addEventListener('online', again);
    return () => {
      ended = true;
      clearTimeout(timer);
      window.removeEventListener('online', again);
    };
  }, [token]);
  return seen;
}

async function load(token: string): Promise<View | 'lost' | 'unlinked'> {
  try {
    const reply = await fetch('/api/screen', { headers: { 'x-screen-token': token } });
    if (reply.status === 404) return 'unlinked';
    return reply.ok ? ((await reply.json()) as View) : 'lost';
  } catch {
    return 'lost';
  }
}
