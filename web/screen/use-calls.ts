import { useEffect, useRef, useState } from 'react';
import type { View } from './types.ts';
import { say } from './words.ts';

/** So long a call stands in large letters where nobody speaks it. */
const shown_ms = 9_000;
const times_spoken = 2;

export type Call = { key: string; sequence: number; name: string; room: string };

function callsOf(view: View): Call[] {
  return view.rooms.flatMap((room) =>
    room.called.map((line) => ({
      key: `${room.session_id} ${line.sequence} ${line.calls}`,
      sequence: line.sequence,
      name: line.name_masked ?? '',
      room: room.room || room.service_name,
    })),
  );
}

/** The call that is announced now, one after the other: in letters always, in words where there is sound. */
export function useCalls(view: View | undefined, sound: boolean): Call | null {
  const known = useRef<Set<string> | null>(null);
  const [queue, setQueue] = useState<readonly Call[]>([]);
  useEffect(() => {
    if (!view) return;
    const calls = callsOf(view);
    const before = known.current;
    known.current = new Set(calls.map(({ key }) => key));
    // Who was called before the screen was switched on has gone in already.
    if (!before) return;
    const fresh = calls.filter(({ key }) => !before.has(key));
    if (fresh.length > 0) setQueue((waiting) => [...waiting, ...fresh]);
  }, [view]);
  const [now = null] = queue;
  useEffect(() => {
    if (!now) return undefined;
    const done = (): void => setQueue((waiting) => waiting.filter(({ key }) => key !== now.key));
    const stop = sound ? speak(now) : undefined;
    const timer = setTimeout(done, shown_ms);
    return () => {
      clearTimeout(timer);
      stop?.();
    };
    // Switching the sound does not start a call anew.
    // oxlint-disable-next-line exhaustive-deps
  }, [now?.key]);
  return now;
}

/** Speaks number and room: a name would be heard by everybody. Gives what falls silent again. */
function speak(call: Call): (() => void) | undefined {
  if (!('speechSynthesis' in window)) return undefined;
  for (let time = 0; time < times_spoken; time++) {
    const words = new SpeechSynthesisUtterance(say('say', { n: call.sequence, room: call.room }));
    words.lang = 'zh-CN';
    words.rate = 0.9;
    speechSynthesis.speak(words);
  }
  return () => speechSynthesis.cancel();
}
