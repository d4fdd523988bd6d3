import { useRef, useState, type ReactElement } from 'react';
import { api, ApiProblem, post } from '../shared/api.ts';
import { dayOf, mdHm, yuan } from '../shared/format.ts';
import { serverNow, useAction, useLoad } from '../shared/hooks.ts';
import { useParams } from '../shared/router.tsx';
import type { Visit } from '../shared/types.ts';
import {
  Button,
  Card,
  Countdown,
  LinkButton,
  Notice,
  ProblemNotice,
  Tag,
  Wait,
} from '../shared/ui.tsx';
import { useHospitalOfPage } from './app-context.tsx';
import { CancelDialog } from './cancel-dialog.tsx';
import { MoveDialog } from './move-dialog.tsx';
import type { PaymentInfo } from './pay-types.ts';
import { SignedIn } from './signed-in.tsx';
import { VisitDirect } from './visit-direct.tsx';
import { useFreshOnReturn } from './visit-fresh.ts';
import { VisitShare } from './visit-share.tsx';
import { Ticket, VisitFacts } from './visit-ticket.tsx';
import { partialGuide, type VisitGuide } from './visit-types.ts';
import { isOver, lifeOf, refundOf } from './visit-words.ts';
import { usePatientWords } from './words.ts';
import './visit.css';

/** The result of a booking and its page ever after: what it is, where to go, what can be done. */
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
  const told = useRef(false);
  const guide = useLoad(id, () => loadGuide(id, told), 15_000);
  useFreshOnReturn(guide.reload);
  return <Wait on={guide}>{(data) => <VisitView guide={data} reload={guide.reload} />}</Wait>;
}

/** Without a network the number itself, where this phone keeps it; never in place of what was told. */
async function loadGuide(id: string, told: { current: boolean }): Promise<VisitGuide> {
  try {
    const guide = await api<VisitGuide>(`/api/appointments/${id}/guide`);
    told.current = true;
    return guide;
  } catch (error) {
    if (told.current || !(error instanceof ApiProblem) || error.status !== 0) throw error;
    return partialGuide(await api<Visit>(`/api/appointments/${id}`));
  }
}

type Part = { guide: VisitGuide; reload: () => void };

function VisitView({ guide, reload }: Part): ReactElement {
  const { t } = usePatientWords();
  const { visit } = guide;
  useHospitalOfPage(guide.hospital_id || undefined);
  const path = `/api/appointments/${visit.appointment_id}/payment`;
  const money = useLoad(
    visit.fee_fen > 0 && !guide.partial ? `${path} ${visit.status}` : null,
    () => api<PaymentInfo>(path),
  );
  const refund = isOver(visit) ? refundOf(money.data) : null;
  return (
    <>
      <Card
        tone="raised"
        title={t(lifeOf(visit))}
        aside={refund && <Tag tone="good">{t(refund)}</Tag>}
      >
        <Said guide={guide} reload={reload} />
        <Ticket guide={guide} />
        <VisitFacts guide={guide} />
      </Card>
      {guide.partial ? null : <Rest guide={guide} reload={reload} />}
      <LinkButton to="/visits" look="quiet">
        {t('visit.all')}
      </LinkButton>
    </>
  );
}

/** What can be done with it, and where it leads. */
function Rest({ guide, reload }: Part): ReactElement {
  const { t } = usePatientWords();
  const { visit } = guide;
  return (
    <div className="stack acts">
      {visit.status === 'booked' && <VisitShare guide={guide} />}
      <Actions guide={guide} reload={reload} />
      {visit.status !== 'held' && visit.fee_fen > 0 && (
        <LinkButton to={`/visits/${visit.appointment_id}/pay`} look="secondary">
          {t('pay.see')}
        </LinkButton>
      )}
      <VisitDirect visit={visit} reload={reload} />
      {isOver(visit) && (
        <LinkButton to={`/h/${guide.hospital_id}/d/${guide.department_id}`} look="secondary">
          {t('guide.again')}
        </LinkButton>
      )}
    </div>
  );
}

const plainly = {
  stopped: 'visit.stopped-text',
  lapsed: 'visit.lapsed-text',
  noshow: 'visit.noshow-text',
  fulfilled: 'guide.fulfilled-text',
} as const;

/** What the state means for the person, first. */
function Said({ guide, reload }: Part): ReactElement | null {
  const { t } = usePatientWords();
  const { visit } = guide;
  const { status } = visit;
  const isToday = visit.service_date === dayOf(serverNow());
  const waiting = <LinkButton to="/waiting">{t('waiting.title')}</LinkButton>;
  if (status === 'held') return <Held visit={visit} reload={reload} />;
  if (status === 'called')
    return (
      <Notice tone="good" title={t('visit.called-text', { room: visit.room })}>
        {waiting}
      </Notice>
    );
  if (visit.queue)
    return (
      <Notice tone="info" title={t('visit.queue', { n: visit.queue.ahead })}>
        <p>{t('visit.queue-text')}</p>
        {waiting}
      </Notice>
    );
  if (status === 'booked')
    return isToday && !guide.internet && !guide.partial ? (
      <Notice tone="info" title={t('guide.today')}>
        <LinkButton to="/waiting">{t('waiting.check-in-go')}</LinkButton>
      </Notice>
    ) : (
      <p>{t('visit.booked-text')}</p>
    );
  const said = status in plainly ? plainly[status as keyof typeof plainly] : null;
  return said && <p>{t(said)}</p>;
}

function Held({ visit, reload }: { visit: Visit; reload: () => void }): ReactElement | null {
  const { t } = usePatientWords();
  if (!visit.hold_until) return null;
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

function Actions({ guide, reload }: Part): ReactElement {
  const { t } = usePatientWords();
  const [open, setOpen] = useState<'cancel' | 'move' | null>(null);
  const { visit } = guide;
  const close = (): void => {
    setOpen(null);
    reload();
  };
  const { status } = visit;
  return (
    <div className="stack tight">
      {status === 'cancelled' && visit.undo_until && (
        <Undo visit={visit} until={visit.undo_until} reload={reload} />
      )}
      {(status === 'held' || status === 'booked') && (
        <div className="row">
          {status === 'booked' && visit.draw_id === null && (
            <Button look="secondary" onClick={() => setOpen('move')}>
              {t(visit.channel === 'in_clinic' ? 'visit.move-day' : 'visit.move')}
            </Button>
          )}
          <Button look="danger" onClick={() => setOpen('cancel')}>
            {t('visit.cancel')}
          </Button>
        </div>
      )}
      {open === 'cancel' && <CancelDialog guide={guide} onClose={close} />}
      {open === 'move' && <MoveDialog visit={visit} onClose={close} />}
    </div>
  );
}

function Undo(props: { visit: Visit; until: string; reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  const { visit, until, reload } = props;
  const restore = useAction((key) =>
    post(`/api/appointments/${visit.appointment_id}/restore`, {}, key).finally(reload),
  );
  return (
    <Notice tone="info" title={t('visit.undo-title')}>
      <p>
        <Countdown until={until} onOver={reload} />
      </p>
      <ProblemNotice problem={restore.problem} />
      <Button busy={restore.busy} onClick={() => void restore.run()}>
        {t('visit.undo')}
      </Button>
    </Notice>
  );
}
