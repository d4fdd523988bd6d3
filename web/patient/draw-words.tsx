import { useEffect, useState, type ReactElement } from 'react';
import { useNow } from '../shared/hooks.ts';
import type { Draw, DrawSession, Odds } from '../shared/types.ts';
import { usePatientWords } from './words.ts';

/** The clinic with its doctor, who is named once. */
export function clinicText(
  session: Pick<DrawSession, 'service_name' | 'practitioner_name'>,
): string {
  const { service_name, practitioner_name } = session;
  if (practitioner_name === null || service_name.includes(practitioner_name)) return service_name;
  return `${practitioner_name} ${service_name}`;
}

let chinese: Intl.Collator | undefined;

/** Getting an order of Chinese ready takes long, so only who sorts by it waits. */
function byChinese(a: string, b: string): number {
  chinese ??= new Intl.Collator('zh-CN');
  return chinese.compare(a, b);
}

/** What a draw is about: 眼科 · 林知远主任门诊、沈清禾主任门诊. */
export function drawName(draw: Draw): string {
  const departments = new Set(draw.sessions.map(({ department_name }) => department_name));
  const clinics = [...new Set(draw.sessions.map(clinicText))].sort(byChinese);
  return `${[...departments].join('、')} · ${clinics.join('、')}`;
}

export function placesOf(draw: Draw): number {
  return draw.sessions.reduce((sum, { places }) => sum + places, 0);
}

/** The first clinic day of a draw. */
export function clinicDay(draw: Draw): string {
  return draw.sessions.reduce(
    (first, { service_date }) => (first === '' || service_date < first ? service_date : first),
    '',
  );
}

/** 约 32 人 1 个, or that there were enough. */
export function OddsText({ odds }: { odds: Odds }): ReactElement {
  const { t } = usePatientWords();
  const { places, entries } = odds;
  if (places === 0) return <>{t('odds.no-places')}</>;
  if (entries === 0) return <>{t('odds.none')}</>;
  if (entries <= places) return <>{t('odds.enough')}</>;
  const each = entries / places;
  return (
    <>{t('odds.each', { n: each < 10 ? each.toFixed(1).replace('.0', '') : Math.round(each) })}</>
  );
}

/** 上次 12 个号，380 人登记，约 32 人 1 个; how many have registered now is never said. */
export function LastOdds({ draw }: { draw: Draw }): ReactElement | null {
  const { t } = usePatientWords();
  if (!draw.last) return null;
  return (
    <p className="small">
      {t('odds.last', draw.last)}
      <OddsText odds={draw.last} />
    </p>
  );
}

/** Seconds before closing at which a listener is told. */
const marks = [600, 60, 0];

/**
 * Time left until registration closes. It changes each second, by the minute for people who asked
 * for less motion; a screen reader is told at a few marks only.
 */
export function TimeLeft(props: { until: string }): ReactElement {
  const { t } = usePatientWords();
  const calm = useCalm();
  const left = Math.max(0, Math.floor((Date.parse(props.until) - useNow()) / 1000));
  const [mark] = marks.filter((at) => left <= at).slice(-1);
  const days = Math.floor(left / 86_400);
  const hours = Math.floor((left % 86_400) / 3600);
  const minutes = Math.floor((left % 3600) / 60);
  const seconds = left % 60;
  const parts = [
    days > 0 && t('left.days', { n: days }),
    (days > 0 || hours > 0) && t('left.hours', { n: hours }),
    t('left.minutes', { n: minutes }),
    (!calm || left < 120) && t('left.seconds', { n: String(seconds).padStart(2, '0') }),
  ].filter((part) => part !== false);
  const said = { 600: 'left.said-600', 60: 'left.said-60', 0: 'left.said-0' } as const;
  return (
    <>
      <span className="countdown" role="timer">
        {left === 0 ? t('left.over') : parts.join(' ')}
      </span>
      <span className="hidden-text" aria-live="polite">
        {mark !== undefined && t(said[mark as keyof typeof said])}
      </span>
    </>
  );
}

const reduced = '(prefers-reduced-motion: reduce)';

function useCalm(): boolean {
  const [calm, setCalm] = useState(() => matchMedia(reduced).matches);
  useEffect(() => {
    const query = matchMedia(reduced);
    const change = (): void => setCalm(query.matches);
    query.addEventListener('change', change);
    return () => query.removeEventListener('change', change);
  }, []);
  return calm;
}
