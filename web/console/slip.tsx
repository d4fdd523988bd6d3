import { lazy, Suspense, type ReactElement } from 'react';
import { dayText, mdHm, span, yuan } from '../shared/format.ts';
import type { Session, Visit } from '../shared/types.ts';
import { Button, Facts, Spinner } from '../shared/ui.tsx';
import { useStaff } from './staff-context.tsx';
import type { WindowPatient } from './types.ts';
import { useConsoleWords } from './words.ts';

const QrCode = lazy(() => import('../shared/qr-code.tsx').then((m) => ({ default: m.QrCode })));

export type PrintedSlip =
  | { kind: 'visit'; visit: Visit }
  | {
      kind: 'entry';
      session: Session;
      e: string;
      short_code: string;
      secret: string;
      receipt: object;
    };

/** What the person takes away on paper. */
export function Slip(props: {
  slip: PrintedSlip;
  patient: WindowPatient;
  onClose: () => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { hospital } = useStaff();
  const { slip, patient } = props;
  return (
    <section className="slip" aria-label={t('slip.title')}>
      <h3>
        {hospital?.name} · {t(slip.kind === 'visit' ? 'slip.visit' : 'slip.entry')}
      </h3>
      <p>
        {patient.name_masked} <span className="mono">{patient.document_masked}</span>
      </p>
      {slip.kind === 'visit' ? <VisitSlip visit={slip.visit} /> : <EntrySlip slip={slip} />}
      <div className="row no-print">
        <Button onClick={() => window.print()}>{t('slip.print')}</Button>
        <Button look="quiet" onClick={props.onClose}>
          {t('common.close')}
        </Button>
      </div>
    </section>
  );
}

function VisitSlip({ visit }: { visit: Visit }): ReactElement {
  const { t, lang } = useConsoleWords();
  return (
    <>
      <Facts
        rows={[
          [t('slip.sequence'), t('slip.number', { n: visit.sequence })],
          [
            t('slip.time'),
            `${dayText(visit.service_date, lang)} ${t(`period.${visit.period}`)} ${span(visit.starts_at, visit.ends_at)}`,
          ],
          [t('slip.place'), `${visit.campus_name} · ${visit.department_name} · ${visit.room}`],
          [t('slip.clinic'), visit.practitioner_name ?? visit.service_name],
          [t('slip.fee'), yuan(visit.fee_fen)],
          ...(visit.cancel_until ? [[t('slip.cancel'), mdHm(visit.cancel_until)] as const] : []),
        ]}
      />
      <p className="small">{t('slip.person')}</p>
    </>
  );
}

function EntrySlip({ slip }: { slip: Extract<PrintedSlip, { kind: 'entry' }> }): ReactElement {
  const { t, lang } = useConsoleWords();
  const { session } = slip;
  return (
    <>
      <Facts
        rows={[
          [
            t('slip.clinic'),
            `${dayText(session.service_date, lang)} ${t(`period.${session.period}`)} ${session.practitioner?.name ?? session.service.name}`,
          ],
          [t('slip.code'), <span className="mono">{slip.short_code}</span>],
          [t('slip.secret'), <span className="mono">{slip.secret}</span>],
        ]}
      />
      <Suspense fallback={<Spinner />}>
        <QrCode text={JSON.stringify(slip.receipt)} label={t('slip.qr')} />
      </Suspense>
      <p className="small">{t('slip.entry-text')}</p>
    </>
  );
}
