import { useEffect, useState, type ReactElement } from 'react';
import { CheckInCode } from './check-in-code.tsx';
import { screenToken } from './link.ts';
import { RoomTable } from './room-table.tsx';
import type { View } from './types.ts';
import { useCalls, type Call } from './use-calls.ts';
import { useView } from './use-view.ts';
import { say } from './words.ts';

const token = screenToken();

/** 叫号屏: hangs in a waiting room for weeks, and is looked at from ten metres. */
export function Screen(): ReactElement {
  const { view, ahead_ms, lost, unlinked } = useView(token);
  const [sound, setSound] = useState(false);
  const call = useCalls(view, sound);
  const now = useClock(ahead_ms);
  useWake();
  if (unlinked)
    return (
      <main className="message">
        <h1>{say('unlinked')}</h1>
        <p>{say('unlinked-text')}</p>
      </main>
    );
  if (!view) return <main className="message">{lost && <p role="status">{say('lost')}</p>}</main>;
  return (
    <>
      <Head view={view} now={now} sound={sound} onSound={setSound} />
      <main>
        <Announcement call={call} lost={lost} />
        <RoomTable rooms={view.rooms} />
        <CheckInCode code={view.check_in} now={now} />
      </main>
      <footer>{say('order')}</footer>
    </>
  );
}

function Head(props: {
  view: View;
  now: number;
  sound: boolean;
  onSound: (on: boolean) => void;
}): ReactElement {
  const { view, sound } = props;
  const [dark, setDark] = useDark();
  const clock = new Intl.DateTimeFormat('zh-CN', {
    timeZone: 'Asia/Shanghai',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(props.now);
  return (
    <header>
      <div>
        <h1>{view.department_name ?? view.name}</h1>
        <p>
          {view.hospital_name} {view.campus_name} · {say('title')}
        </p>
      </div>
      <div className="tools">
        <button type="button" aria-pressed={sound} onClick={() => props.onSound(!sound)}>
          {say(sound ? 'sound-off' : 'sound-on')}
        </button>
        <button type="button" onClick={() => setDark(!dark)}>
          {say(dark ? 'bright' : 'dark')}
        </button>
        <p className="clock">{clock}</p>
      </div>
    </header>
  );
}

/** The call of the moment, read out by screen readers as well. */
function Announcement({ call, lost }: { call: Call | null; lost: boolean }): ReactElement {
  return (
    <div role="status" aria-live="assertive" className={call ? 'announcement now' : 'announcement'}>
      {call && (
        <p className="caption">
          {say('caption', { n: call.sequence, name: call.name, room: call.room })}
        </p>
      )}
      {!call && lost && <p className="lost">{say('lost')}</p>}
    </div>
  );
}

function useClock(ahead_ms: number): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return now + ahead_ms;
}

function useDark(): [boolean, (dark: boolean) => void] {
  const [dark, setDark] = useState(readDark);
  useEffect(() => {
    document.documentElement.classList.toggle('dark', dark);
    try {
      localStorage.setItem('zh.screen-dark', dark ? '1' : '0');
    } catch {
      // it holds until the screen is switched off
    }
  }, [dark]);
  return [dark, setDark];
}

function readDark(): boolean {
  try {
    const kept = localStorage.getItem('zh.screen-dark');
    if (kept !== null) return kept === '1';
  } catch {
    // as the machine is set
  }
  return matchMedia('(prefers-color-scheme: dark)').matches;
}

/** Keeps the screen from going to sleep, where the browser can. */
function useWake(): void {
  useEffect(() => {
    const ask = (): void => {
      if (!('wakeLock' in navigator) || document.hidden) return;
      navigator.wakeLock.request('screen').catch(() => undefined);
    };
    ask();
    document.addEventListener('visibilitychange', ask);
    return () => document.removeEventListener('visibilitychange', ask);
  }, []);
}
