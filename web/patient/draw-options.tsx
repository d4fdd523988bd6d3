import { useId, type ReactElement } from 'react';
import { DateField } from '../shared/date-field.tsx';
import { addDays, dayOf } from '../shared/format.ts';
import { serverNow } from '../shared/hooks.ts';
import type { Draw } from '../shared/types.ts';

import type { Choice } from './enter.ts';
import { usePatientWords } from './words.ts';

type Props = { choice: Choice; onChange: (choice: Choice) => void };

/** A wish reaches half a year ahead at most. */
const WISH_DAYS_MAX = 183;
export const WISH_DAYS = 30;

/** What may stand at the end of the list, where the draw takes it. */
export function WildcardChoice({ choice, onChange }: Props): ReactElement {
  const { t } = usePatientWords();
  const name = useId();
  return (
    <fieldset className="stack tight">
      <legend className="strong">{t('wild.title')}</legend>
      {([null, 'chief', 'any'] as const).map((wildcard) => (
        <label key={wildcard ?? 'none'} className="option">
          <input
            type="radio"
            name={name}
            checked={choice.wildcard === wildcard}
            onChange={() => onChange({ ...choice, wildcard })}
          />
          <span>{t(`wild.${wildcard ?? 'none'}`)}</span>
        </label>
      ))}
    </fieldset>
  );
}

/** Whether a number that comes back the day before is still of use. */
export function NoticeBox({ choice, onChange }: Props): ReactElement {
  const { t } = usePatientWords();
  return (
    <label className="option">
      <input
        type="checkbox"
        checked={choice.notice_days < 2}
        onChange={(event) => onChange({ ...choice, notice_days: event.target.checked ? 1 : 2 })}
      />
      <span>
        <span className="strong">{t('notice.day-before')}</span>
        <span className="small block">{t('notice.day-before-text')}</span>
      </span>
    </label>
  );
}

/** 「没派到自动参加下一次」: a standing wish made with the registration. */
export function WishBox(props: Props & { draw: Draw }): ReactElement {
  const { t } = usePatientWords();
  const { choice, onChange } = props;
  const today = dayOf(serverNow());
  return (
    <>
      <label className="option">
        <input
          type="checkbox"
          checked={choice.wish_until !== null}
          onChange={(event) =>
            onChange({
              ...choice,
              wish_until: event.target.checked ? addDays(today, WISH_DAYS) : null,
            })
          }
        />
        <span>
          <span className="strong">{t('standing.with')}</span>
          <span className="small block">{t('standing.with-text')}</span>
        </span>
      </label>
      {choice.wish_until !== null && (
        <DateField
          label={t('standing.until')}
          hint={t('standing.until-hint')}
          required
          min={today}
          max={addDays(today, WISH_DAYS_MAX)}
          value={choice.wish_until}
          onChange={(wish_until) => onChange({ ...choice, wish_until })}
        />
      )}
    </>
  );
}
