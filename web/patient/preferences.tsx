import { useEffect, useRef, useState, type ReactElement, type RefObject } from 'react';
import { dayText, yuan } from '../shared/format.ts';
import type { DrawSession } from '../shared/types.ts';
import { Button } from '../shared/ui.tsx';
import { clinicText } from './draw-words.tsx';
import { usePatientWords } from './words.ts';

const PREFERENCES_MAX = 10;

type Way = 'up' | 'down';

/** The patient's wishes in order: moved by buttons or dragged, so that any hand can do it. */
export function Preferences(props: {
  sessions: readonly DrawSession[];
  chosen: readonly string[];
  onChange: (codes: string[]) => void;
  /** Lines there may be; one less where a wildcard takes one. */
  max?: number;
}): ReactElement {
  const { t } = usePatientWords();
  const { sessions, chosen, onChange, max = PREFERENCES_MAX } = props;
  const byCode = new Map(sessions.map((session) => [session.session_id, session]));
  const rest = sessions.filter(({ session_id }) => !chosen.includes(session_id));
  const list = useRef<HTMLOListElement>(null);
  const [said, setSaid] = useState('');
  const move = (at: number, to: number): void => {
    onChange(moved(chosen, at, to));
    setSaid(t('wish.moved', { from: at + 1, to: to + 1 }));
  };
  const { held, grip } = useDrag({ list, length: chosen.length, move });
  const pressed = useFocusAfterMove(list, chosen);
  return (
    <>
      <ol className="stack tight" aria-label={t('draw.preferences')} ref={list}>
        {chosen.map((code, at) => (
          <Line
            key={code}
            at={at}
            last={at === chosen.length - 1}
            held={held === at}
            session={byCode.get(code)}
            onGrip={grip(at)}
            onMove={(way) => {
              pressed.current = { code, way };
              move(at, way === 'up' ? at - 1 : at + 1);
            }}
            onRemove={() => onChange(chosen.filter((one) => one !== code))}
          />
        ))}
      </ol>
      <p className="hidden-text" aria-live="polite">
        {said}
      </p>
      {chosen.length === 0 && <p className="small">{t('wish.none')}</p>}
      {rest.length > 0 && chosen.length < max && (
        <>
          <h3>{t('wish.more')}</h3>
          <ul className="stack tight">
            {rest.map((session) => (
              <li key={session.session_id} className="option wish">
                <span className="wish-text">
                  <SessionText session={session} />
                </span>
                <Button look="secondary" onClick={() => onChange([...chosen, session.session_id])}>
                  {t('wish.add')}
                  <span className="hidden-text"> {clinicText(session)}</span>
                </Button>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Line(props: {
  at: number;
  last: boolean;
  held: boolean;
  session: DrawSession | undefined;
  onGrip: (() => void) | undefined;
  onMove: (way: Way) => void;
  onRemove: () => void;
}): ReactElement {
  const { t } = usePatientWords();
  const { at, last, session } = props;
  const alone = at === 0 && last;
  return (
    <li className={`option wish${props.held ? ' held' : ''}`}>
      <span
        className={alone ? 'wish-number' : 'wish-number grip'}
        title={alone ? undefined : t('wish.drag')}
        onPointerDown={alone ? undefined : props.onGrip}
      >
        {at + 1}
      </span>
      <span className="wish-text">{session && <SessionText session={session} />}</span>
      <span className="row wish-tools">
        {at > 0 && (
          <Button
            look="quiet"
            data-way="up"
            aria-label={t('wish.up', { n: at + 1 })}
            onClick={() => props.onMove('up')}
          >
            ↑
          </Button>
        )}
        {!last && (
          <Button
            look="quiet"
            data-way="down"
            aria-label={t('wish.down', { n: at + 1 })}
            onClick={() => props.onMove('down')}
          >
            ↓
          </Button>
        )}
        <Button
          look="quiet"
          aria-label={t('wish.remove-n', { n: at + 1 })}
          onClick={props.onRemove}
        >
          {t('wish.remove')}
        </Button>
      </span>
    </li>
  );
}

function moved(codes: readonly string[], at: number, to: number): string[] {
  const next = [...codes];
  const [code] = next.splice(at, 1);
  if (code !== undefined) next.splice(to, 0, code);
  return next;
}

/**
 * Dragging a line by its number with mouse, pen or finger. The window is listened to, not the line:
 * a line that moves in the page would lose the pointer.
 */
function useDrag(input: {
  list: RefObject<HTMLOListElement | null>;
  length: number;
  move: (at: number, to: number) => void;
}): { held: number | null; grip: (at: number) => () => void } {
  const [held, setHeld] = useState<number | null>(null);
  const latest = useRef(input);
  useEffect(() => {
    latest.current = input;
  });
  useEffect(() => {
    if (held === null) return undefined;
    const follow = (event: PointerEvent): void => {
      const { list, move } = latest.current;
      const lines = [...(list.current?.children ?? [])];
      const over = lines.findIndex((line) => {
        const { top, bottom } = line.getBoundingClientRect();
        return event.clientY >= top && event.clientY <= bottom;
      });
      if (over < 0 || over === held) return;
      move(held, over);
      setHeld(over);
    };
    const end = (): void => setHeld(null);
    addEventListener('pointermove', follow);
    addEventListener('pointerup', end);
    addEventListener('pointercancel', end);
    return () => {
      removeEventListener('pointermove', follow);
      removeEventListener('pointerup', end);
      removeEventListener('pointercancel', end);
    };
  }, [held]);
  return { held, grip: (at) => () => setHeld(at) };
}

/** After a move the finger of a keyboard stays on the line it moved. */
function useFocusAfterMove(
  list: RefObject<HTMLOListElement | null>,
  chosen: readonly string[],
): RefObject<{ code: string; way: Way } | null> {
  const pressed = useRef<{ code: string; way: Way } | null>(null);
  useEffect(() => {
    if (pressed.current === null) return;
    const { code, way } = pressed.current;
    pressed.current = null;
    const line = list.current?.children[chosen.indexOf(code)];
    const button =
      line?.querySelector<HTMLButtonElement>(`[data-way="${way}"]`) ??
      line?.querySelector<HTMLButtonElement>('[data-way]');
    button?.focus();
  }, [list, chosen]);
  return pressed;
}

/** 12月1日 周二 上午 · 张三 主任号 · 东院区 · ¥100 · 8 个号 */
export function SessionText({ session }: { session: DrawSession }): ReactElement {
  const { t, lang } = usePatientWords();
  return (
    <>
      <span className="strong">
        {dayText(session.service_date, lang)} {t(`period.${session.period}`)}
      </span>{' '}
      <span>{clinicText(session)}</span>{' '}
      <span className="small nowrap">
        {session.campus_name} · {yuan(session.fee_fen)} · {t('wish.places', { n: session.places })}
      </span>
    </>
  );
}
