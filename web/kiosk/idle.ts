import { useEffect, useRef, useState } from 'react';

const touches = ['pointerdown', 'keydown', 'wheel', 'touchmove'] as const;

/**
 * Seconds left of the question whether somebody is still there, or null while nothing is asked. Nobody is
 * hurried: any touch starts the time anew, before the question and during it by its button.
 */
export function useIdle(
  on: { warning_s: number; answer_s: number } | null,
  onOver: () => void,
): { left: number | null; keep: () => void } {
  const [left, setLeft] = useState<number | null>(null);
  const since = useRef(0);
  const over = useRef(onOver);
  useEffect(() => {
    over.current = onOver;
  });
  const warning_s = on?.warning_s;
  const answer_s = on?.answer_s;
  useEffect(() => {
    if (warning_s === undefined || answer_s === undefined) return undefined;
    since.current = Date.now();
    let asking = false;
    const touched = (): void => {
      if (!asking) since.current = Date.now();
    };
    const timer = setInterval(() => {
      const idle = (Date.now() - since.current) / 1000;
      asking = idle >= warning_s;
      setLeft(asking ? Math.max(0, Math.ceil(warning_s + answer_s - idle)) : null);
      if (idle >= warning_s + answer_s) over.current();
    }, 500);
    for (const name of touches) window.addEventListener(name, touched, { passive: true });
    return () => {
      clearInterval(timer);
      setLeft(null);
      for (const name of touches) window.removeEventListener(name, touched);
    };
  }, [warning_s, answer_s]);
  const keep = (): void => {
    since.current = Date.now();
    setLeft(null);
  };
  return { left, keep };
}
