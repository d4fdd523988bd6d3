import type { ReactElement } from 'react';
import { Field } from '../shared/ui.tsx';
import type { Rules } from './rules-types.ts';
import { useConsoleWords } from './words.ts';

const periods = ['morning', 'afternoon', 'evening'] as const;
const opens = ['by_doctor', 'every_visit', 'never'] as const;

/** Until when people check in, who may come back free, and whom internet clinics are for. */
export function ArrivalFields(props: {
  rules: Rules;
  onChange: (change: Partial<Rules>) => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { check_in, free_return, internet_prior_days } = props.rules;
  const { onChange } = props;
  return (
    <>
      <h3>{t('rules.check-in')}</h3>
      {periods.map((period) => (
        <Field
          key={period}
          label={t(`rules.${period}`)}
          control={(ties) => (
            <input
              {...ties}
              type="time"
              value={check_in[period] ?? ''}
              onChange={(event) =>
                onChange({ check_in: { ...check_in, [period]: event.target.value || null } })
              }
            />
          )}
        />
      ))}
      <label className="check">
        <input
          type="checkbox"
          checked={check_in.late === 'end_of_half_day'}
          onChange={(event) => {
            const late = event.target.checked ? 'end_of_half_day' : 'keeps_place';
            onChange({ check_in: { ...check_in, late } });
          }}
        />{' '}
        {t('rules.late-end')}
      </label>
      <PriorityFields rules={props.rules} onChange={onChange} />
      <Field
        label={t('rules.return')}
        control={(ties) => (
          <select
            {...ties}
            value={free_return.opens}
            onChange={(event) => {
              const chosen = event.target.value as (typeof opens)[number];
              onChange({ free_return: { ...free_return, opens: chosen } });
            }}
          >
            {opens.map((one) => (
              <option key={one} value={one}>
                {t(`rules.${one}`)}
              </option>
            ))}
          </select>
        )}
      />
      <Days
        label={t('rules.return-days')}
        value={free_return.days}
        between={[1, 14]}
        set={(days) => onChange({ free_return: { ...free_return, days } })}
      />
      <Days
        label={t('rules.internet')}
        value={internet_prior_days}
        between={[7, 366]}
        set={(days) => onChange({ internet_prior_days: days })}
      />
    </>
  );
}

/** Who is called before others, and how often. */
function PriorityFields(props: {
  rules: Rules;
  onChange: (change: Partial<Rules>) => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { priority } = props.rules;
  const set = (change: Partial<Rules['priority']>): void =>
    props.onChange({ priority: { ...priority, ...change } });
  return (
    <fieldset className="stack tight">
      <legend>{t('rules.priority')}</legend>
      <Days
        label={t('rules.one-in')}
        value={priority.one_in}
        between={[2, 20]}
        set={(one_in) => set({ one_in })}
      />
      <Field
        label={t('rules.elder-age')}
        control={(ties) => (
          <input
            {...ties}
            type="number"
            min={60}
            max={100}
            value={priority.elder_age ?? ''}
            onChange={({ target }) =>
              set({ elder_age: target.value === '' ? null : Number(target.value) })
            }
          />
        )}
      />
      {(['military', 'disabled'] as const).map((kind) => (
        <label key={kind} className="check">
          <input
            type="checkbox"
            checked={priority[kind]}
            onChange={({ target }) => set({ [kind]: target.checked })}
          />{' '}
          {t(`rules.${kind}`)}
        </label>
      ))}
    </fieldset>
  );
}

function Days(props: {
  label: string;
  value: number;
  between: readonly [number, number];
  set: (value: number) => void;
}): ReactElement {
  const [min, max] = props.between;
  return (
    <Field
      label={props.label}
      control={(ties) => (
        <input
          {...ties}
          type="number"
          required
          min={min}
          max={max}
          value={props.value}
          onChange={(event) => props.set(Number(event.target.value))}
        />
      )}
    />
  );
}
