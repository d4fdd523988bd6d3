import { useCallback, useEffect, useRef, useState } from 'react';
import type { ApiProblem } from '../shared/api.ts';
import { serverNow, useLoad, type Loaded } from '../shared/hooks.ts';
import { useFreshOnReturn } from './visit-fresh.ts';

const slowest_ms = 60_000;

/**
 * Loads again and again while the page is seen: as often as `pace` says of what is known, half as often
 * with each question in a row that stays without an answer, at once when the person comes back.
 */
export function useLive<T>(
  key: string,
  load: () => Promise<T>,
  pace: (data: T | undefined) => number,
): Loaded<T> & { at: number | null; lost: boolean } {
  const failures = useRef(0);
  const [at, setAt] = useState<number | null>(null);
  const [lost, setLost] = useState(false);
  const latest = useRef(load);
  useEffect(() => {
    latest.current = load;
  });
  const counted = useCallback(async () => {
    try {
      const data = await latest.current();
      failures.current = 0;
      setLost(false);
      setAt(serverNow());
      return data;
    } catch (error) {
      failures.current += 1;
      const { status } = error as ApiProblem;
      setLost(status === 0 || status >= 500);
      throw error;
    }
  }, []);
  const loaded = useLoad(key, counted);
  const { data, problem, reload } = loaded;
  useFreshOnReturn(reload);
  useEffect(() => {
    const wait = Math.min(slowest_ms, pace(data) * 2 ** Math.min(failures.current, 5));
    const timer = setInterval(() => document.hidden || reload(), wait);
    return () => clearInterval(timer);
  }, [data, problem, pace, reload]);
  return { ...loaded, at, lost };
}
