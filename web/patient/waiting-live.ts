import { useCallback, useEffect, useRef, useState } from 'react';
import type { ApiProblem } from '../shared/api.ts';
import { serverNow, useLoad, type Loaded } from '../shared/hooks.ts';
import { useFreshOnReturn } from './visit-fresh.ts';
import type { WaitingVisit } from './visit-types.ts';

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

/** What moves of a visit while it waits, as it is pushed. */
type LivePlace = Pick<
  WaitingVisit,
  'identity_seen' | 'missed' | 'priority' | 'calls' | 'called_at' | 'begun' | 'wait'
> & {
  appointment_id: string;
  status: 'checked_in' | 'called';
  queue: { place: number; ahead: number };
};

type Pushed = { now: string; visits: LivePlace[] };

/** The stream says that it lives every 14 seconds; one that is silent for so long is lost. */
const silence_ms = 40_000;
/** A stream that ended for good (signed out, nothing to watch) is tried again after so long. */
const again_ms = 30_000;

/**
 * The places of today's visits as the server pushes them. `ids` says which visits are watched, so that
 * a new one is watched as well; null: none. `at` is when the stream was last heard, null while there
 * is none: then the page asks by itself.
 */
export function usePushedPlaces(ids: string | null): {
  pushed: Pushed | undefined;
  at: number | null;
} {
  const [pushed, setPushed] = useState<Pushed>();
  const [at, setAt] = useState<number | null>(null);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    if (ids === null || typeof EventSource === 'undefined') return undefined;
    const source = new EventSource('/api/waiting/stream');
    let timer: ReturnType<typeof setTimeout> | undefined;
    const later = (ms: number): void => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        setAt(null);
        setTurn((n) => n + 1);
      }, ms);
    };
    const heard = (): void => {
      setAt(serverNow());
      later(silence_ms);
    };
    source.addEventListener('message', ({ data }) => {
      setPushed(JSON.parse(data as string) as Pushed);
      heard();
    });
    source.addEventListener('beat', heard);
    source.addEventListener('error', () => {
      setAt(null);
      if (source.readyState === EventSource.CLOSED) later(again_ms);
    });
    return () => {
      source.close();
      clearTimeout(timer);
    };
  }, [ids, turn]);
  return { pushed, at };
}

/** What was loaded with what was pushed since. */
export function withPushed(visits: WaitingVisit[], places: readonly LivePlace[]): WaitingVisit[] {
  return visits.map((one) => {
    const place = places.find(({ appointment_id }) => appointment_id === one.visit.appointment_id);
    if (!place) return one;
    const { status, queue, ...facts } = place;
    return { ...one, ...facts, visit: { ...one.visit, status, queue } };
  });
}
