import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { dayOf, dayText, span } from '../shared/format.ts';
import { serverNow, useLoad } from '../shared/hooks.ts';
import { Link } from '../shared/router.tsx';
import { visitTone } from '../shared/states.ts';
import type { Visit } from '../shared/types.ts';
import { Countdown, Empty, LinkButton, Notice, Tag, Wait } from '../shared/ui.tsx';
import { StoppedCards } from './rebookings.tsx';
import { SignedIn } from './signed-in.tsx';
import { useFreshOnReturn } from './visit-fresh.ts';
import { isOver, lifeOf } from './visit-words.ts';
import { usePatientWords } from './words.ts';

export function VisitsPage(): ReactElement {
  const { t } = usePatientWords();
  return (
    <SignedIn title={t('nav.visits')}>
      <StoppedCards />
      <VisitList />
      <LinkButton to="/bills" look="secondary" wide>
        {t('bills.title')}
      </LinkButton>
      <LinkButton to="/limits" look="secondary" wide>
        {t('limits.link')}
      </LinkButton>
      <LinkButton to="/direct" look="secondary" wide>
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
  useFreshOnReturn(visits.reload);
  return (
    <Wait on={visits}>
      {({ appointments }) => {
        const today = dayOf(serverNow());
        const gone = (visit: Visit): boolean => visit.service_date < today || isOver(visit);
        const coming = appointments
          .filter((visit) => !gone(visit))
          .toSorted((a, b) => a.starts_at.localeCompare(b.starts_at));
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
            {coming
              .filter(({ status }) => status === 'held')
              .map((visit) => (
                <Resume key={visit.appointment_id} visit={visit} onOver={visits.reload} />
              ))}
            {coming.some(({ service_date }) => service_date === today) && (
              <LinkButton to="/waiting" wide>
                {t('waiting.title')}
              </LinkButton>
            )}
            {coming.length > 0 && <Group title={t('visits.coming')} visits={coming} />}
            {past.length > 0 && <Group title={t('visits.past')} visits={past} />}
          </>
        );
      }}
    </Wait>
  );
}

/** A booking that was left in the middle goes on here, on whatever device. */
function Resume({ visit, onOver }: { visit: Visit; onOver: () => void }): ReactElement {
  const { t } = usePatientWords();
  return (
    <Notice tone="warn" title={t('visits.resume')}>
      {visit.hold_until && (
        <p>
          {t('visits.resume-text')} <Countdown until={visit.hold_until} onOver={onOver} />
        </p>
      )}
      <LinkButton to={`/visits/${visit.appointment_id}`}>{t('visits.resume-go')}</LinkButton>
    </Notice>
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
                <Tag tone={visitTone[visit.status]}>{t(lifeOf(visit))}</Tag>
              </span>
              <span>
                {dayText(visit.service_date, lang)} {t(`period.${visit.period}`)}{' '}
                <span className="nowrap">{span(visit.starts_at, visit.ends_at)}</span>{' '}
                <span className="nowrap">· {t('order.sequence', { n: visit.sequence })}</span>
              </span>
              <span className="soft">
                <span className="nowrap">{visit.patient.name_masked} ·</span> {visit.hospital_name}{' '}
                {visit.campus_name}
              </span>
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
