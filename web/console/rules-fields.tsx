import type { ReactElement } from 'react';
import { Button, Field } from '../shared/ui.tsx';
import { ArrivalFields } from './rules-arrival.tsx';
import type { LimitRow, Rules } from './rules-types.ts';
import { useConsoleWords } from './words.ts';

const choices = {
  counts: ['active_bookings', 'bookings_made', 'cancellations'],
  window: ['session', 'service_half_day', 'service_day', 'rolling_7_days', 'rolling_3_months', 'calendar_month', 'hospital_month'], // prettier-ignore
  per: ['patient', 'account', 'phone', 'device'],
  within: ['doctor_session', 'department', 'hospital'],
} as const;

const fresh: LimitRow = { code: 'day', counts: 'active_bookings', window: 'service_day', per: 'patient', within: 'hospital', max: 2, channels: ['web', 'wechat', 'kiosk', 'phone'] }; // prettier-ignore

type Editing = { rules: Rules; onChange: (rules: Rules) => void };

/** The rules as a form: what most hospitals change; the rest stays as it was. */
export function RulesFields({ rules, onChange }: Editing): ReactElement {
  const { t } = useConsoleWords();
  const setRow = (at: number, row: LimitRow): void =>
    onChange({ ...rules, limits: rules.limits.map((one, n) => (n === at ? row : one)) });
  return (
    <>
      <PlainFields rules={rules} onChange={onChange} />
      <h3>{t('rules.limits')}</h3>
      {rules.limits.map((row, at) => (
        <fieldset key={at} className="card stack tight">
          <legend>{t('rules.row', { n: at + 1 })}</legend>
          <LimitFields row={row} onChange={(changed) => setRow(at, changed)} />
          <Button
            look="quiet"
            onClick={() => onChange({ ...rules, limits: rules.limits.filter((_, n) => n !== at) })}
          >
            {t('rules.remove')}
          </Button>
        </fieldset>
      ))}
      <Button
        look="secondary"
        onClick={() => {
          const code = `day-${rules.limits.length + 1}`;
          onChange({ ...rules, limits: [...rules.limits, { ...fresh, code }] });
        }}
      >
        {t('rules.add')}
      </Button>
    </>
  );
}

function LimitFields(props: { row: LimitRow; onChange: (row: LimitRow) => void }): ReactElement {
  const { t } = useConsoleWords();
  const { row, onChange } = props;
  return (
    <>
      <Field
        label={t('rules.code')}
        control={
          (ties) =>
          <input {...ties} required pattern="[a-z][a-z0-9\-]{1,39}" value={row.code} onChange={(event) => onChange({ ...row, code: event.target.value })} /> // prettier-ignore
        }
      />
      {(['counts', 'window', 'per', 'within'] as const).map((name) => (
        <Field
          key={name}
          label={t(`rules.${name}`)}
          control={(ties) => (
            <select
              {...ties}
              value={row[name]}
              onChange={(event) => onChange({ ...row, [name]: event.target.value })}
            >
              {choices[name].map((value) => (
                <option key={value} value={value}>
                  {t(`rules.${value}`)}
                </option>
              ))}
            </select>
          )}
        />
      ))}
      <Field
        label={t('rules.max')}
        control={
          (ties) =>
          <input {...ties} type="number" min={1} max={999} required value={row.max} onChange={(event) => onChange({ ...row, max: Number(event.target.value) })} /> // prettier-ignore
        }
      />
    </>
  );
}

function PlainFields({ rules, onChange }: Editing): ReactElement {
  const { t } = useConsoleWords();
  const { booking_horizon: horizon, cooling } = rules;
  const at = rules.cancel_deadlines.findIndex((line) => line.levels.length === 0);
  const line = rules.cancel_deadlines[at];
  const setLine = (change: Partial<NonNullable<typeof line>>): void =>
    onChange({
      ...rules,
      cancel_deadlines: rules.cancel_deadlines.map((one, n) =>
        n === at ? { ...one, minutes_before: null, ...change } : one,
      ),
    });
  const number = (
    label: string,
    value: number,
    [min, max]: [number, number],
    set: (value: number) => void,
  ): ReactElement =>
    // prettier-ignore
    <Field label={label} control={(ties) => <input {...ties} type="number" required min={min} max={max} value={value} onChange={(event) => set(Number(event.target.value))} />} />; // prettier-ignore
  const time = (
    label: string,
    value: string | null,
    set: (value: string | null) => void,
  ): ReactElement =>
    // prettier-ignore
    <Field label={label} control={(ties) => <input {...ties} type="time" value={value ?? ''} onChange={(event) => set(event.target.value || null)} />} />; // prettier-ignore
  const set = (change: Partial<Rules>): void => onChange({ ...rules, ...change });
  return (
    <>
      {number(t('rules.advance'), horizon.advance_days, [0, 180], (advance_days) =>
        set({ booking_horizon: { ...horizon, advance_days } }),
      )}{' '}
      {/* prettier-ignore */}
      {time(t('rules.next-day'), horizon.next_day_stop_time, (next_day_stop_time) =>
        set({ booking_horizon: { ...horizon, next_day_stop_time } }),
      )}{' '}
      {/* prettier-ignore */}
      {line &&
        number(t('rules.cancel-days'), line.days_before, [0, 14], (days_before) =>
          setLine({ days_before }),
        )}{' '}
      {/* prettier-ignore */}
      {line && time(t('rules.cancel-time'), line.time, (value) => setLine({ time: value }))}
      {line && (
        <label className="check">
          <input
            type="checkbox"
            checked={line.after === 'counts_as_late'}
            onChange={(event) =>
              setLine({
                after: event.target.checked ? 'counts_as_late' : 'window_only',
                minutes_before: line.minutes_before,
              })
            }
          />{' '}
          {t('rules.cancel-late')}
        </label>
      )}
      {number(t('rules.cool'), cooling.after_cancel_minutes, [0, 1440], (after_cancel_minutes) =>
        set({ cooling: { ...cooling, after_cancel_minutes } }),
      )}{' '}
      {/* prettier-ignore */}
      {number(t('rules.hold'), rules.hold_minutes, [5, 60], (value) =>
        set({ hold_minutes: value }),
      )}
      <ArrivalFields rules={rules} onChange={set} />
      {/* prettier-ignore */}
      <Field
        label={t('rules.appeal')}
        control={(ties) => (
          <textarea {...ties} required rows={2} value={rules.appeal} onChange={(event) => set({ appeal: event.target.value })} /> // prettier-ignore
        )}
      />
    </>
  );
}
