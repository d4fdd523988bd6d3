import { useEffect, useId, useRef, useState, type ReactElement } from 'react';
import { useSharedWords, type Lang } from './i18n.tsx';

type Parts = { year: string; month: string; day: string };
const empty: Parts = { year: '', month: '', day: '' };
const units = ['year', 'month', 'day'] as const;

const pad = (text: string): string => text.padStart(2, '0');

function daysIn({ year, month }: Parts): number {
  if (month === '') return 31;
  return new Date(Date.UTC(Number(year) || 2000, Number(month), 0)).getUTCDate();
}

/** The date of its three parts as YYYY-MM-DD; empty while one is missing. */
function dateOf(parts: Parts): string {
  const { year, month, day } = parts;
  if (!/^[12]\d{3}$/.test(year) || month === '' || day === '') return '';
  return Number(day) > daysIn(parts) ? '' : `${year}-${pad(month)}-${pad(day)}`;
}

/** A whole date in one go, as people write or paste it: 1956-3-8, 1956年3月8日, 19560308. */
function wholeDate(text: string): Parts | undefined {
  const found =
    /^\s*([12]\d{3})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?\s*$/.exec(text) ??
    /^\s*([12]\d{3})(\d{2})(\d{2})\s*$/.exec(text);
  if (!found) return undefined;
  const [, year = '', month = '', day = ''] = found;
  const parts = { year, month: String(Number(month)), day: String(Number(day)) };
  return dateOf(parts) === '' ? undefined : parts;
}

function partsOf(date: string): Parts {
  const [year = '', month = '', day = ''] = date.split('-');
  return { year, month: month && String(Number(month)), day: day && String(Number(day)) };
}

/**
 * A date in the words of the page and not of the browser: 年, 月, 日, or day, month, year. The year is
 * typed (a whole date typed or pasted there fills all three) or, between `min` and `max`, chosen.
 * `value` is YYYY-MM-DD or empty.
 */
export function DateField(props: {
  label: string;
  hint?: string | undefined;
  error?: string | undefined;
  value: string;
  onChange: (value: string) => void;
  required?: boolean;
  min?: string | undefined;
  max?: string | undefined;
}): ReactElement {
  const { t, lang } = useSharedWords();
  const { value, min, max, required = false } = props;
  const id = useId();
  const first = useRef<HTMLInputElement & HTMLSelectElement>(null);
  const [draft, setDraft] = useState(empty);
  // A form that was sent empties its fields: a whole date that is not the value is an old one.
  const parts = value !== '' ? partsOf(value) : dateOf(draft) === '' ? draft : empty;
  const outside =
    value !== '' && min !== undefined && value < min
      ? t('date.from', { date: written(min, lang) })
      : value !== '' && max !== undefined && value > max
        ? t('date.until', { date: written(max, lang) })
        : undefined;
  const error = props.error ?? outside;
  useEffect(() => first.current?.setCustomValidity(outside ?? ''), [outside]);
  const set = (change: Partial<Parts>): void => {
    const next = { ...parts, ...change };
    if (Number(next.day) > daysIn(next)) next.day = '';
    setDraft(next);
    props.onChange(dateOf(next));
  };
  const described = [props.hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(' ');
  const ties = {
    required,
    'aria-describedby': described || undefined,
    'aria-invalid': error !== undefined,
  };
  const control = (unit: (typeof units)[number]): ReactElement => {
    if (unit === 'year' && (min === undefined || max === undefined))
      return (
        <input
          {...ties}
          ref={first}
          className="date-year"
          inputMode="numeric"
          autoComplete="off"
          pattern="[12][0-9]{3}"
          title={t('date.year-hint')}
          value={parts.year}
          onChange={({ target }) => set(wholeDate(target.value) ?? { year: target.value.trim() })}
        />
      );
    const years = [Number(min?.slice(0, 4)), Number(max?.slice(0, 4))] as const;
    const [from, to] = unit === 'year' ? years : [1, unit === 'month' ? 12 : daysIn(parts)];
    return (
      <select
        {...ties}
        ref={unit === 'year' ? first : null}
        value={parts[unit]}
        onChange={({ target }) => set({ [unit]: target.value })}
      >
        <option value="">—</option>
        {Array.from({ length: to - from + 1 }, (_, n) => String(from + n)).map((one) => (
          <option key={one} value={one}>
            {unit === 'month' && lang === 'en' ? monthName(one) : one}
          </option>
        ))}
      </select>
    );
  };
  return (
    <fieldset className="field date-field">
      <legend>{props.label}</legend>
      <div className="row date-parts">
        {(lang === 'en' ? units.toReversed() : units).map((unit) => (
          <label key={unit} className={lang === 'en' ? 'date-part named' : 'date-part'}>
            {control(unit)}
            <span>{t(`date.${unit}`)}</span>
          </label>
        ))}
      </div>
      {props.hint && (
        <p className="hint" id={`${id}-hint`}>
          {props.hint}
        </p>
      )}
      {error && (
        <p className="field-error" id={`${id}-error`}>
          {error}
        </p>
      )}
    </fieldset>
  );
}

function written(date: string, lang: Lang): string {
  const { year, month, day } = partsOf(date);
  return lang === 'en' ? `${day} ${monthName(month)} ${year}` : `${year}年${month}月${day}日`;
}

const monthName = (month: string): string =>
  new Intl.DateTimeFormat('en', { month: 'long', timeZone: 'UTC' }).format(
    Date.UTC(2000, Number(month) - 1, 1),
  );
