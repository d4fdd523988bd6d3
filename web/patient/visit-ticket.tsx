import type { ReactElement, ReactNode } from 'react';
import { dayText, hm, mdHm, span, yuan } from '../shared/format.ts';
import { Facts } from '../shared/ui.tsx';
import { isOver } from './visit-words.ts';
import type { VisitGuide } from './visit-types.ts';
import { usePatientWords } from './words.ts';

/** Number, time and whose it is, in one block: no picture of the number is without the last. */
export function Ticket({ guide }: { guide: VisitGuide }): ReactElement {
  const { t, lang } = usePatientWords();
  const { visit } = guide;
  return (
    <div className={isOver(visit) ? 'ticket over' : 'ticket'}>
      <dl>
        <dt className="hidden-text">{t('visit.sequence')}</dt>
        <dd className="ticket-number">{t('order.sequence', { n: visit.sequence })}</dd>
      </dl>
      <p className="ticket-when">
        {dayText(visit.service_date, lang)} {t(`period.${visit.period}`)}{' '}
        <span className="nowrap">{span(visit.starts_at, visit.ends_at)}</span>
      </p>
      <p className="ticket-who">
        {visit.patient.name_masked}{' '}
        <span className="digits small">{visit.patient.document_masked}</span>
      </p>
      <p className="ticket-bound">{t('guide.bound')}</p>
    </div>
  );
}

/** Where to be, when, what to bring, and until when it can be given back. */
export function VisitFacts({ guide }: { guide: VisitGuide }): ReactElement {
  const { t } = usePatientWords();
  const { visit, cancel } = guide;
  const rows: (readonly [string, ReactNode])[] = [];
  const comes = !guide.internet && !guide.partial;
  if (guide.internet) rows.push([t('guide.internet'), t('guide.internet-text')]);
  if (!isOver(visit) && comes) {
    rows.push([
      t('guide.arrive'),
      t('guide.arrive-text', { from: hm(guide.arrive_from), until: hm(visit.starts_at) }),
    ]);
  }
  rows.push(
    [
      t('guide.hospital'),
      <>
        <strong>
          {visit.hospital_name} {visit.campus_name}
        </strong>
        {guide.campus_address && <span className="block small">{guide.campus_address}</span>}
      </>,
    ],
    [
      t('guide.place'),
      [guide.place, visit.department_name, visit.room].filter(Boolean).join(' · '),
    ],
    [
      t('session.clinic'),
      visit.practitioner_name
        ? `${visit.practitioner_name}（${visit.service_name}）`
        : visit.service_name,
    ],
  );
  const isLive = visit.status === 'booked' || visit.status === 'held';
  if (comes && isLive) {
    rows.push([
      t('guide.pick-up'),
      <>
        {t('guide.pick-up-text')}
        <span className="block small">
          {t('guide.check-in-until', { time: mdHm(guide.check_in_until) })}
        </span>
      </>,
    ]);
  }
  if (isLive && !guide.partial)
    rows.push([
      t('visit.cancel-until'),
      t('guide.cancel-until', { time: mdHm(cancel.free_until) }),
    ]);
  rows.push([t('session.fee'), yuan(visit.fee_fen)]);
  return <Facts rows={rows} />;
}
