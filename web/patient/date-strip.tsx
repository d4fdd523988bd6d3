import { useEffect, useRef, type ReactElement } from 'react';
import { weekday } from '../shared/format.ts';
import { sessionTone } from '../shared/states.ts';
import type { SessionState } from '../shared/types.ts';
import { usePatientWords } from './words.ts';

/** Days side by side, each with its state. The chosen one scrolls into view. */
export function DateStrip(props: {
  days: readonly { day: string; state: SessionState | 'none' }[];
  chosen: string;
  onChoose: (day: string) => void;
}): ReactElement {
  const { t, lang } = usePatientWords();
  const current = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    current.current?.scrollIntoView({ block: 'nearest', inline: 'center' });
  }, [props.chosen]);
  return (
    <ul className="date-strip" aria-label={t('avail.days')}>
      {props.days.map(({ day, state }) => (
        <li key={day}>
          <button
            type="button"
            ref={day === props.chosen ? current : null}
            aria-pressed={day === props.chosen}
            className="day"
            onClick={() => props.onChoose(day)}
          >
            <span className="small">{weekday(day, lang)}</span>
            <span className="day-date">{day.slice(5)}</span>
            <span className={`day-state ${sessionTone[state]}`}>{t(`state.${state}`)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
