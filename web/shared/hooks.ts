import { useCallback, useEffect, useRef, useState } from 'react';
import { ApiProblem, newKey } from './api.ts';
import { setSigningClock } from './request-key.ts';

export type Loaded<T> = {
  data: T | undefined;
  problem: ApiProblem | undefined;
  reload: () => void;
};

function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  return new ApiProblem(0, { detail: String(error), title: String(error) });
}

/**
 * Loads when `key` changes (null: not at all) and, with `every` ms, again and again while the page
 * is visible. Data of the same key stays on screen while it is refreshed.
 */
export function useLoad<T>(
  key: string | null,
  load: () => Promise<T>,
  every: number | null = null,
): Loaded<T> {
  const [state, setState] = useState<{ key: string | null; data?: T; problem?: ApiProblem }>({
    key,
  });
  const [turn, setTurn] = useState(0);
  const latest = useRef(load);
  useEffect(() => {
    latest.current = load;
  });
  useEffect(() => {
    if (key === null) return undefined;
    let current = true;
    latest.current().then(
      (data) => current && setState({ key, data }),
      (error: unknown) =>
        current &&
        setState((known) => ({
          ...(known.key === key ? known : {}),
          key,
          problem: asProblem(error),
        })),
    );
    return () => {
      current = false;
    };
  }, [key, turn]);
  const reload = useCallback(() => setTurn((n) => n + 1), []);
  useEffect(() => {
    if (every === null) return undefined;
    const timer = setInterval(() => document.hidden || reload(), every);
    return () => clearInterval(timer);
  }, [every, reload]);
  const fresh = state.key === key;
  return {
    data: fresh ? state.data : undefined,
    problem: fresh ? state.problem : undefined,
    reload,
  };
}

export type Action<A extends unknown[]> = {
  run: (...input: A) => Promise<void>;
  busy: boolean;
  problem: ApiProblem | undefined;
  clear: () => void;
};

/**
 * One write of the person. The key given to `act` stays the same until the server has decided, so a
 * second press after a lost connection cannot do the thing twice.
 */
export function useAction<A extends unknown[]>(
  act: (key: string, ...input: A) => Promise<unknown>,
): Action<A> {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<ApiProblem>();
  const key = useRef<string | null>(null);
  const running = useRef(false);
  const run = async (...input: A): Promise<void> => {
    if (running.current) return;
    running.current = true;
    setBusy(true);
    setProblem(undefined);
    key.current ??= newKey();
    try {
      await act(key.current, ...input);
      key.current = null;
    } catch (error) {
      const found = asProblem(error);
      if (found.status >= 400 && found.status < 500) key.current = null;
      setProblem(found);
    } finally {
      running.current = false;
      setBusy(false);
    }
  };
  return { run, busy, problem, clear: () => setProblem(undefined) };
}

let offset_ms = 0;

/** Takes over the server's clock: a phone's own clock decides nothing. */
export function setServerTime(now: string): void {
  offset_ms = Date.parse(now) - Date.now();
  setSigningClock(Date.parse(now));
}

/** The server's time as far as this page knows it, in ms. */
export function serverNow(): number {
  return Date.now() + offset_ms;
}

/** The server's time, once a second. */
export function useNow(): number {
  const [now, setNow] = useState(serverNow);
  useEffect(() => {
    const timer = setInterval(() => setNow(serverNow()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
