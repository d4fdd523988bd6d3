import { lazy, Suspense, type ReactElement } from 'react';
import { dayText, mdHm, span, yuan } from '../shared/format.ts';
import { serverNow } from '../shared/hooks.ts';
import type { Visit } from '../shared/types.ts';
import { Button, Facts, Spinner } from '../shared/ui.tsx';
import { useHere, type Printed, type Slip } from './here.ts';
import { Step } from './menu.tsx';
import { useKioskWords } from './words.ts';

const QrCode = lazy(() => import('../shared/qr-code.tsx').then((m) => ({ default: m.QrCode })));

/** The slip on 80 mm paper: masked name, and that it is nobody else's. */
export function Ticket({ printed }: { printed: Printed }): ReactElement {
  const { t } = useKioskWords();
  const { turn, hospital, go } = useHere();
  const title = t(printed.kind === 'visit' ? 'kiosk.ticket' : 'kiosk.ticket-entry');
  const unpaid =
    printed.kind === 'visit' && printed.visit.fee_fen > 0 && printed.visit.status === 'booked';
  return (
    <Step title={title}>
      <section className="ticket" aria-label={title}>
        <p className="strong">{hospital?.name}</p>
        <p className="ticket-title">{title}</p>
        <p>
          {turn.patient.name_masked} <span className="mono">{turn.patient.document_masked}</span>
        </p>
        {printed.kind === 'visit' ? (
          <VisitPart visit={printed.visit} />
        ) : (
          <EntryPart {...printed} />
        )}
        <p className="strong">{t('kiosk.not-transferable')}</p>
        <p className="small">{t('kiosk.ticket-money')}</p>
        <p className="small">
          {t('kiosk.printed-at', { time: mdHm(new Date(serverNow()).toISOString()) })}
        </p>
      </section>
      <div className="row">
        <Button onClick={() => window.print()}>{t('kiosk.print')}</Button>
        {unpaid && (
          <Button onClick={() => go({ at: 'pay', visit: printed.visit })}>{t('kiosk.pay')}</Button>
        )}
      </div>
    </Step>
  );
}

function VisitPart({ visit }: { visit: Visit }): ReactElement {
  const { t, lang } = useKioskWords();
  return (
    <>
      <p className="ticket-number">{t('kiosk.sequence', { n: visit.sequence })}</p>
      <Facts
        rows={[
          [
            t('kiosk.time'),
            `${dayText(visit.service_date, lang)} ${t(`period.${visit.period}`)} ${span(visit.starts_at, visit.ends_at)}`,
          ],
          [t('kiosk.place'), `${visit.campus_name} · ${visit.department_name} · ${visit.room}`],
          [t('kiosk.clinic'), visit.practitioner_name ?? visit.service_name],
          [t('kiosk.fee'), yuan(visit.fee_fen)],
          ...(visit.cancel_until
            ? ([
                [
                  t('kiosk.give-back'),
                  t('kiosk.give-back-until', { time: mdHm(visit.cancel_until) }),
                ],
              ] as const)
            : []),
        ]}
      />
      <p>{t('kiosk.ticket-arrive')}</p>
    </>
  );
}

const inFours = (text: string): string => text.replace(/(.{4})(?=.)/g, '$1 ');

function EntryPart(props: { code: string; wanted: readonly string[]; slip: Slip }): ReactElement {
  const { t } = useKioskWords();
  const { slip } = props;
  return (
    <>
      <ol className="ticket-wanted">
        {props.wanted.map((name, at) => (
          <li key={name}>
            {at + 1}. {name}
          </li>
        ))}
      </ol>
      <p className="strong">{t('kiosk.result-at', { time: mdHm(slip.result_at) })}</p>
      <p>{t('kiosk.confirm-until', { time: mdHm(slip.confirm_until) })}</p>
      <p>
        {t('kiosk.short-code')} <span className="mono">{inFours(slip.short_code)}</span>{' '}
        {props.code}
      </p>
      <Suspense fallback={<Spinner />}>
        <QrCode text={slip.secret} label={t('kiosk.secret')} />
      </Suspense>
      <p className="small">
        {t('kiosk.secret')} <span className="mono">{inFours(slip.secret)}</span>
      </p>
      <p className="small">{t('kiosk.secret-text')}</p>
    </>
  );
}
