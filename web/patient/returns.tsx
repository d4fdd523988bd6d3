import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { dayText } from '../shared/format.ts';
import { useLoad } from '../shared/hooks.ts';
import { Card, LinkButton, Tag } from '../shared/ui.tsx';
import { usePatientWords } from './words.ts';

type Return = {
  return_id: string;
  name_masked: string;
  state: 'open' | 'used' | 'over';
  last_day: string;
  hospital_name: string;
  campus_name: string;
  department_name: string;
  service_date: string;
  practitioner_name: string | null;
  service_name: string;
  appointment_id: string | null;
};

const tones = { open: 'good', used: 'muted', over: 'muted' } as const;

/** 三天有效: where one's patients may come back free of charge, and until which day. */
export function FreeReturns(): ReactElement | null {
  const { t } = usePatientWords();
  const path = '/api/free-returns';
  const { data } = useLoad(path, () => api<{ returns: Return[] }>(path));
  if (!data || data.returns.length === 0) return null;
  return (
    <section className="stack" aria-label={t('return.title')}>
      <h2>{t('return.title')}</h2>
      {data.returns.map((one) => (
        <ReturnCard key={one.return_id} one={one} />
      ))}
    </section>
  );
}

function ReturnCard({ one }: { one: Return }): ReactElement {
  const { t, lang } = usePatientWords();
  const { department_name: department, campus_name: campus } = one;
  return (
    <Card
      title={one.name_masked}
      aside={<Tag tone={tones[one.state]}>{t(`return.${one.state}`)}</Tag>}
    >
      <p className="strong">
        {t('return.until', { department, day: dayText(one.last_day, lang) })}
      </p>
      <p className="soft">
        {one.hospital_name} ·{' '}
        {t('return.for', {
          day: dayText(one.service_date, lang),
          clinic: one.practitioner_name ?? one.service_name,
        })}
      </p>
      {one.state === 'open' && <p>{t('return.how', { campus, department })}</p>}
      {one.appointment_id && (
        <div>
          <LinkButton to={`/visits/${one.appointment_id}`} look="secondary">
            {t('direct.visit')}
          </LinkButton>
        </div>
      )}
    </Card>
  );
}
