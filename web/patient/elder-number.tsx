import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { dayText, hm } from '../shared/format.ts';
import { useLoad } from '../shared/hooks.ts';
import { visitTone } from '../shared/states.ts';
import type { Visit } from '../shared/types.ts';
import { Empty, LinkButton, Tag, Wait } from '../shared/ui.tsx';
import { useCommon } from './app-context.tsx';
import { comingVisits } from './elder-visits.ts';
import { SignedIn } from './signed-in.tsx';
import { usePatientWords } from './words.ts';

/** 我的号: when, where and which number, and nothing that must be found out first. */
export function ElderNumberPage(): ReactElement {
  const { t } = usePatientWords();
  return (
    <SignedIn title={t('elder.number')}>
      <Numbers />
    </SignedIn>
  );
}

function Numbers(): ReactElement {
  const { t } = usePatientWords();
  const visits = useLoad(
    'visits',
    () => api<{ appointments: Visit[] }>('/api/appointments'),
    20_000,
  );
  return (
    <Wait on={visits}>
      {({ appointments }) => {
        const coming = comingVisits(appointments);
        if (coming.length === 0)
          return (
            <Empty title={t('elder.number-none')}>
              <LinkButton to="/elder/doctors">{t('elder.doctors')}</LinkButton>
            </Empty>
          );
        return coming.map((visit) => <NumberCard key={visit.appointment_id} visit={visit} />);
      }}
    </Wait>
  );
}

function NumberCard({ visit }: { visit: Visit }): ReactElement {
  const { t, lang } = usePatientWords();
  const { hospitals } = useCommon();
  const hospital = hospitals.data?.find(({ name }) => name === visit.hospital_name);
  return (
    <article className="card raised" aria-label={visit.practitioner_name ?? visit.service_name}>
      <p>
        <Tag tone={visitTone[visit.status]}>{t(`visit.${visit.status}`)}</Tag>
      </p>
      <p className="elder-day">
        {t('elder.next', {
          day: dayText(visit.service_date, lang),
          period: t(`period.${visit.period}`),
        })}
      </p>
      <p className="elder-sequence">{t('order.sequence', { n: visit.sequence })}</p>
      <p>{t('elder.at', { time: hm(visit.starts_at) })}</p>
      <p className="strong">
        {visit.hospital_name} {visit.campus_name}
      </p>
      <p className="strong">
        {visit.department_name} {visit.room}
      </p>
      <p>
        {visit.practitioner_name ?? visit.service_name} · {visit.patient.name_masked}
      </p>
      <p>{t('elder.bring')}</p>
      <LinkButton to={`/visits/${visit.appointment_id}`} look="secondary" wide>
        {t('elder.go')}
      </LinkButton>
      {hospital && (
        <a href={`tel:${hospital.phone}`} className="button secondary wide">
          {t('elder.call')} <span className="nowrap">{hospital.phone}</span>
        </a>
      )}
    </article>
  );
}
