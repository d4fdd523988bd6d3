import { useState, type ReactElement } from 'react';
import { useParams } from 'react-router';
import { api, post } from '../shared/api.ts';
import { dayText, mdHm, span, yuan } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { visitTone } from '../shared/states.ts';
import type { Visit } from '../shared/types.ts';
import {
  Button,
  Card,
  Countdown,
  Facts,
  LinkButton,
  Notice,
  ProblemNotice,
  Tag,
  Wait,
} from '../shared/ui.tsx';
import { CancelDialog } from './cancel-dialog.tsx';
import { MoveDialog } from './move-dialog.tsx';
import { SignedIn } from './signed-in.tsx';
import { VisitDirect } from './visit-direct.tsx';
import { usePatientWords } from './words.ts';

export function VisitPage(): ReactElement {
  const { appointmentId = '' } = useParams();
  const { t } = usePatientWords();
  return (
    <SignedIn title={t('visit.title')}>
      <VisitLoader id={appointmentId} />
    </SignedIn>
  );
}

function VisitLoader({ id }: { id: string }): ReactElement {
  const visit = useLoad(id, () => api<Visit>(`/api/appointments/${id}`), 15_000);
  return <Wait on={visit}>{(data) => <VisitView visit={data} reload={visit.reload} />}</Wait>;
}

function VisitView({ visit, reload }: { visit: Visit; reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  return (
    <>
      <Card
        tone="raised"
        title={t(`visit.${visit.status}`)}
        aside={
          <Tag tone={visitTone[visit.status]}>{t('order.sequence', { n: visit.sequence })}</Tag>
        }
      >
        <Said visit={visit} reload={reload} />
        <VisitFacts visit={visit} />
      </Card>
      <Actions visit={visit} reload={reload} />
      {visit.status !== 'held' && visit.fee_fen > 0 && (
        <LinkButton to={`/visits/${visit.appointment_id}/pay`} look="secondary">
          {t('pay.see')}
        </LinkButton>
      )}
      <VisitDirect visit={visit} reload={reload} />
      <LinkButton to="/visits" look="quiet">
        {t('visit.all')}
      </LinkButton>
    </>
  );
}

/** What the state means for the person, first. */
function Said({ visit, reload }: { visit: Visit; reload: () => void }): ReactElement | null {
  const { t } = usePatientWords();
  if (visit.status === 'held' && visit.hold_until) {
    return (
      <Notice tone="warn" title={t('visit.hold-title')}>
        <p className="big-count">
          <Countdown until={visit.hold_until} onOver={reload} />
        </p>
        <p>{t('visit.hold-text', { time: mdHm(visit.hold_until) })}</p>
        {visit.fee_fen > 0 && (
          <LinkButton to={`/visits/${visit.appointment_id}/pay`} wide>
            {t('pay.open', { fee: yuan(visit.fee_fen) })}
          </LinkButton>
        )}
        <ConfirmButton visit={visit} reload={reload} />
      </Notice>
    );
  }
  if (visit.status === 'called')
    return <Notice tone="good" title={t('visit.called-text', { room: visit.room })} />;
  if (visit.queue)
    return (
      <Notice tone="info" title={t('visit.queue', { n: visit.queue.ahead })}>
        <p>{t('visit.queue-text')}</p>
      </Notice>
    );
  const said = {
    booked: 'visit.booked-text',
    stopped: 'visit.stopped-text',
    lapsed: 'visit.lapsed-text',
    noshow: 'visit.noshow-text',
  } as const;
  const { status } = visit;
  if (status === 'booked' || status === 'stopped' || status === 'lapsed' || status === 'noshow')
    return <p>{t(said[status])}</p>;
  return null;
}

function ConfirmButton({ visit, reload }: { visit: Visit; reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  const confirm = useAction((key) =>
    post(`/api/appointments/${visit.appointment_id}/confirm`, {}, key).finally(reload),
  );
  return (
    <>
      <ProblemNotice problem={confirm.problem} />
      <Button
        wide
        look={visit.fee_fen > 0 ? 'secondary' : 'primary'}
        busy={confirm.busy}
        onClick={() => void confirm.run()}
      >
        {t('visit.confirm')}
      </Button>
    </>
  );
}

function VisitFacts({ visit }: { visit: Visit }): ReactElement {
  const { t, lang } = usePatientWords();
  const rows: (readonly [string, string])[] = [
    [t('visit.sequence'), t('order.sequence', { n: visit.sequence })],
    [
      t('visit.time'),
      `${dayText(visit.service_date, lang)} ${t(`period.${visit.period}`)} ${span(visit.starts_at, visit.ends_at)}`,
    ],
    [
      t('session.where'),
      `${visit.hospital_name} ${visit.campus_name} · ${visit.department_name} · ${visit.room}`,
    ],
    [
      t('session.clinic'),
      visit.practitioner_name
        ? `${visit.practitioner_name}（${visit.service_name}）`
        : visit.service_name,
    ],
    [t('visit.patient'), `${visit.patient.name_masked} ${visit.patient.document_masked}`],
    [t('session.fee'), yuan(visit.fee_fen)],
  ];
  const live = visit.status === 'booked' || visit.status === 'held';
  if (live && visit.cancel_until) rows.push([t('visit.cancel-until'), mdHm(visit.cancel_until)]);
  return (
    <>
      <Facts rows={rows} />
      {live && <p className="small">{t('visit.not-transferable')}</p>}
    </>
  );
}

function Actions({ visit, reload }: { visit: Visit; reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  const [open, setOpen] = useState<'cancel' | 'move' | null>(null);
  const path = `/api/appointments/${visit.appointment_id}`;
  const restore = useAction((key) => post(`${path}/restore`, {}, key).finally(reload));
  const close = (): void => {
    setOpen(null);
    reload();
  };
  const { status } = visit;
  return (
    <div className="stack tight">
      <ProblemNotice problem={restore.problem} />
      {status === 'cancelled' && visit.undo_until && (
        <Notice tone="info" title={t('visit.undo-title')}>
          <p>
            <Countdown until={visit.undo_until} onOver={reload} />
          </p>
          <Button busy={restore.busy} onClick={() => void restore.run()}>
            {t('visit.undo')}
          </Button>
        </Notice>
      )}
      {(status === 'held' || status === 'booked') && (
        <div className="row">
          {status === 'booked' && visit.draw_id === null && (
            <Button look="secondary" onClick={() => setOpen('move')}>
              {t('visit.move')}
            </Button>
          )}
          <Button look="danger" onClick={() => setOpen('cancel')}>
            {t('visit.cancel')}
          </Button>
        </div>
      )}
      {open === 'cancel' && <CancelDialog visit={visit} onClose={close} />}
      {open === 'move' && <MoveDialog visit={visit} onClose={close} />}
    </div>
  );
}
