import { lazy, Suspense, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { dayText, mdHm, span, yuan } from '../shared/format.ts';
import { serverNow, useLoad } from '../shared/hooks.ts';
import { Link, useParams } from '../shared/router.tsx';
import { sessionTone } from '../shared/states.ts';
import type { SessionDetail } from '../shared/types.ts';
import { Card, Facts, LinkButton, Notice, Spinner, Tag, Wait } from '../shared/ui.tsx';
import { useHospitalOfPage } from './app-context.tsx';
import { OrderForm } from './order-form.tsx';
import { UrgentFirst } from './urgent-first.tsx';
import { usePatientWords } from './words.ts';

const GateBefore = lazy(() => import('./gate-before.tsx').then((m) => ({ default: m.GateBefore })));
const DrawForm = lazy(() => import('./draw-form.tsx').then((m) => ({ default: m.DrawForm })));

export function SessionPage(): ReactElement {
  const { hospitalId = '', sessionId = '' } = useParams();
  useHospitalOfPage(hospitalId);
  const session = useLoad(
    sessionId,
    () => api<SessionDetail>(`/api/sessions/${sessionId}`),
    20_000,
  );
  return (
    <Wait on={session}>
      {(data) => (
        <div className="stack">
          <About session={data} hospitalId={hospitalId} />
          <Body session={data} reload={session.reload} hospitalId={hospitalId} />
        </div>
      )}
    </Wait>
  );
}

function About(props: { session: SessionDetail; hospitalId: string }): ReactElement {
  const { t, lang } = usePatientWords();
  const { session, hospitalId } = props;
  const { practitioner, service } = session;
  const isOver = session.state === 'over' || session.state === 'stopped';
  const fees = t('session.fees', {
    total: yuan(service.registration_fee_fen + service.consultation_fee_fen),
    registration: yuan(service.registration_fee_fen),
    consultation: yuan(service.consultation_fee_fen),
  });
  return (
    <>
      <header className="row spread">
        <h1>
          {practitioner?.name ?? service.name}
          {practitioner && <span className="soft title"> {practitioner.title}</span>}
        </h1>
        <Tag tone={sessionTone[session.state]}>{t(`state.${session.state}`)}</Tag>
      </header>
      <div className="about">
        <Card>
          <Facts
            rows={[
              [
                t('session.when'),
                <>
                  {dayText(session.service_date, lang)} {t(`period.${session.period}`)}{' '}
                  <span className="nowrap">{span(session.starts_at, session.ends_at)}</span>
                </>,
              ],
              [
                t('session.where'),
                `${session.campus_name} · ${session.department_name} · ${session.room}`,
              ],
              [t('session.clinic'), `${service.name}（${t(`level.${service.level}`)}）`],
              [t('session.address'), session.campus_address],
              [t('session.fee'), fees],
              ...(session.cancel_until && !isOver
                ? [[t('visit.cancel-until'), mdHm(session.cancel_until)] as const]
                : []),
            ]}
          />
          {session.mode === 'internet' && (
            <Notice title={t('net.clinic')}>
              <p>{t('net.who', { n: session.internet_prior_days })}</p>
            </Notice>
          )}
          {session.state !== 'free' && (
            <Link to={`/h/${hospitalId}/rules`}>{t('session.rules')}</Link>
          )}
        </Card>
      </div>
    </>
  );
}

/** The queue in front of a release is there from half an hour before. */
function isSoon(release_at: string | null): boolean {
  return release_at !== null && Date.parse(release_at) - serverNow() < 30 * 60_000;
}

function Body(props: {
  session: SessionDetail;
  reload: () => void;
  hospitalId: string;
}): ReactElement {
  const { t } = usePatientWords();
  const { session, hospitalId } = props;
  if (session.draw_id !== null && (session.method === 'draw' || session.state === 'register')) {
    return (
      <Suspense fallback={<Spinner />}>
        <DrawForm drawId={session.draw_id} sessionId={session.session_id} />
      </Suspense>
    );
  }
  if (session.state === 'free') {
    return (
      <>
        <UrgentFirst sessionId={session.session_id} />
        <OrderForm session={session} onRefused={props.reload} />
      </>
    );
  }
  const back = (
    <LinkButton to={`/h/${hospitalId}`} look="secondary">
      {t('session.others')}
    </LinkButton>
  );
  if (session.state === 'unreleased') {
    return (
      <>
        <Notice tone="warn" title={t('session.unreleased')}>
          <p>{session.release_text ?? t('session.release-unknown')}</p>
        </Notice>
        <UrgentFirst sessionId={session.session_id} open />
        {isSoon(session.release_at) && (
          <Suspense fallback={<Spinner />}>
            <GateBefore sessionId={session.session_id} onTurn={props.reload} />
          </Suspense>
        )}
      </>
    );
  }
  const said = { full: 'session.full', stopped: 'session.stopped' } as const;
  const key = session.state === 'full' || session.state === 'stopped' ? said[session.state] : null;
  return (
    <>
      <Notice tone="warn" title={t(key ?? 'session.over')}>
        {session.on_site_numbers_text && <p>{session.on_site_numbers_text}</p>}
        {session.state === 'full' && <Link to="/standby">{t('standby.page')}</Link>}
        {back}
      </Notice>
      {session.state !== 'over' && <UrgentFirst sessionId={session.session_id} open />}
    </>
  );
}
