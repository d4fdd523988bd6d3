import type { ReactElement } from 'react';
import { Link } from 'react-router';
import { api } from '../shared/api.ts';
import { dayOf, dayText, span } from '../shared/format.ts';
import { serverNow, useLoad } from '../shared/hooks.ts';
import { visitTone } from '../shared/states.ts';
import type { Visit } from '../shared/types.ts';
import { Empty, LinkButton, Tag, Wait } from '../shared/ui.tsx';
import { StoppedCards } from './rebookings.tsx';
import { SignedIn } from './signed-in.tsx';
import { usePatientWords } from './words.ts';

export function VisitsPage(): ReactElement {
  const { t } = usePatientWords();
  return (
    <SignedIn title={t('nav.visits')}>
      <StoppedCards />
      <VisitList />
      <LinkButton to="/bills" look="quiet">
        {t('bills.title')}
      </LinkButton>
      <LinkButton to="/limits" look="quiet">
        {t('limits.link')}
      </LinkButton>
      <LinkButton to="/direct" look="quiet">
        {t('direct.title')}
      </LinkButton>
    </SignedIn>
  );
}

function VisitList(): ReactElement {
  const { t } = usePatientWords();
  const visits = useLoad(
    'visits',
    () => api<{ appointments: Visit[] }>('/api/appointments'),
    20_000,
  );
  return (
    <Wait on={visits}>
      {({ appointments }) => {
        const today = dayOf(serverNow());
        const gone = (visit: Visit): boolean =>
          visit.service_date < today ||
          ['fulfilled', 'noshow', 'cancelled', 'lapsed', 'stopped'].includes(visit.status);
        const coming = appointments.filter((visit) => !gone(visit));
        const past = appointments.filter(gone);
        if (appointments.length === 0) {
          return (
            <Empty title={t('visits.none')}>
              <LinkButton to="/">{t('home.book')}</LinkButton>
            </Empty>
          );
        }
        return (
          <>
            {coming.length > 0 && <Group title={t('visits.coming')} visits={coming} />}
            {past.length > 0 && <Group title={t('visits.past')} visits={past} />}
          </>
        );
      }}
    </Wait>
  );
}

function Group(props: { title: string; visits: readonly Visit[] }): ReactElement {
  const { t, lang } = usePatientWords();
  return (
    <section className="stack tight" aria-label={props.title}>
      <h2>{props.title}</h2>
      <ul className="stack">
        {props.visits.map((visit) => (
          <li key={visit.appointment_id}>
            <Link to={`/visits/${visit.appointment_id}`} className="card choice">
              <span className="row spread">
                <span className="choice-title">
                  {visit.practitioner_name ?? visit.service_name}
                </span>
                <Tag tone={visitTone[visit.status]}>{t(`visit.${visit.status}`)}</Tag>
              </span>
              <span>
                {dayText(visit.service_date, lang)} {t(`period.${visit.period}`)}{' '}
                {span(visit.starts_at, visit.ends_at)} ·{' '}
                {t('order.sequence', { n: visit.sequence })}
              </span>
              <span className="soft">
                {visit.hospital_name} {visit.campus_name} ·{' '}
                <span className="nowrap">{visit.patient.name_masked}</span>
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
