import { useCallback, useEffect, useState, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { hm, span } from '../shared/format.ts';
import { Link } from '../shared/router.tsx';
import { visitTone } from '../shared/states.ts';
import { Card, Empty, LinkButton, Notice, ProblemNotice, Spinner, Tag } from '../shared/ui.tsx';
import { SignedIn } from './signed-in.tsx';
import type { WaitingVisit } from './visit-types.ts';
import { lifeOf } from './visit-words.ts';
import { CheckInForm } from './waiting-check-in.tsx';
import { useLive, usePushedPlaces, withPushed } from './waiting-live.ts';
import { usePatientWords } from './words.ts';
import './visit.css';

type Today = { now: string; visits: WaitingVisit[] };

/** What is pushed is checked now and then all the same: a stop or another booking is not pushed. */
const pushed_ms = 60_000;

/** Near the call every few seconds, before it now and then. */
function paceOf(today: Today | undefined): number {
  const near = today?.visits.some(
    ({ visit }) => visit.status === 'called' || (visit.queue !== null && visit.queue.ahead <= 3),
  );
  return near ? 4_000 : 12_000;
}

/** 候诊查询: today's visits, check-in by the code on the wall, and the live place in line. */
export function WaitingPage(): ReactElement {
  const { t } = usePatientWords();
  return (
    <SignedIn title={t('waiting.title')}>
      <p>{t('waiting.lead')}</p>
      <TodayList />
      <LinkButton to="/visits" look="quiet">
        {t('visit.all')}
      </LinkButton>
    </SignedIn>
  );
}

/**
 * Loaded now and then, and pushed in between; where pushing does not work, loaded more often. The
 * stream knows the visits of when it was opened, so it is opened anew with those of `ids`.
 */
function useToday() {
  const [ids, setIds] = useState<string | null>(null);
  const { pushed, at: heard } = usePushedPlaces(ids);
  const isPushed = heard !== null;
  const pace = useCallback(
    (today: Today | undefined) => (isPushed ? pushed_ms : paceOf(today)),
    [isPushed],
  );
  const load = async (): Promise<Today> => {
    const today = await api<Today>('/api/waiting');
    const found = today.visits.map(({ visit }) => visit.appointment_id).join(' ');
    setIds(found === '' ? null : found);
    return today;
  };
  const loaded = useLive('waiting', load, pace);
  const { reload, data: known } = loaded;
  const isNewer = isPushed && known && pushed && pushed.now >= known.now;
  const places = isNewer ? pushed.visits : null;
  const data = known && places ? { ...known, visits: withPushed(known.visits, places) } : known;
  // Whoever waited and is in no line any more was seen, or their clinic ended.
  const gone =
    places !== null &&
    known?.visits.some(
      ({ visit }) =>
        isInLine(visit.status) &&
        !places.some(({ appointment_id }) => appointment_id === visit.appointment_id),
    ) === true;
  useEffect(() => {
    if (gone) reload();
  }, [gone, reload]);
  return { ...loaded, data, at: heard ?? loaded.at, lost: loaded.lost && !isPushed };
}

const isInLine = (status: string): boolean => status === 'checked_in' || status === 'called';

function TodayList(): ReactElement {
  const { t } = usePatientWords();
  const today = useToday();
  const { data, problem, at } = today;
  const called = data?.visits.find(({ visit }) => visit.status === 'called');
  useCalled(called ? t('waiting.called', { room: called.visit.room }) : null);
  if (!data)
    return problem ? <ProblemNotice problem={problem} retry={today.reload} /> : <Spinner />;
  const time = at === null ? '' : hm(new Date(at).toISOString());
  return (
    <>
      {today.lost ? (
        <Notice tone="warn" title={t('waiting.offline', { time })} />
      ) : (
        <p className="small soft">{t('waiting.live', { time })}</p>
      )}
      {data.visits.length === 0 && (
        <Empty title={t('waiting.none')}>
          <LinkButton to="/">{t('home.book')}</LinkButton>
        </Empty>
      )}
      {data.visits.map((one) => (
        <WaitingCard key={one.visit.appointment_id} one={one} reload={today.reload} />
      ))}
    </>
  );
}

/** A call is felt in the pocket and read in the tab, once a call. */
function useCalled(said: string | null): void {
  useEffect(() => {
    if (said === null) return undefined;
    const before = document.title;
    document.title = said;
    if ('vibrate' in navigator) navigator.vibrate([300, 150, 300]);
    return () => {
      document.title = before;
    };
  }, [said]);
}

function WaitingCard({ one, reload }: { one: WaitingVisit; reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  const { visit } = one;
  return (
    <Card
      tone="raised"
      title={`${visit.patient.name_masked} · ${t('order.sequence', { n: visit.sequence })}`}
      aside={<Tag tone={visitTone[visit.status]}>{t(lifeOf(visit))}</Tag>}
    >
      <p>
        {span(visit.starts_at, visit.ends_at)} · {visit.practitioner_name ?? visit.service_name} ·{' '}
        {visit.room}
        <span className="block soft">
          {visit.hospital_name} {one.desk}
        </span>
      </p>
      <div role="status" className="stack tight">
        <Place one={one} />
      </div>
      {one.internet && <p>{t('guide.internet-text')}</p>}
      {visit.status === 'booked' && !one.internet && <CheckInForm one={one} onDone={reload} />}
      {(visit.status === 'checked_in' || visit.status === 'called') && (
        <>
          {!one.identity_seen && <p className="strong">{t('waiting.identity')}</p>}
          <OrderRule one={one} />
        </>
      )}
      <Link to={`/visits/${visit.appointment_id}`}>{t('waiting.detail')}</Link>
    </Card>
  );
}

/** Who is called when, by the hospital's rule of today, for those who have priority and those behind. */
function OrderRule({ one }: { one: WaitingVisit }): ReactElement {
  const { t } = usePatientWords();
  const { rule, priority } = one;
  const who = [
    ...(rule?.elder_age ? [t('waiting.who-elder', { n: rule.elder_age })] : []),
    ...(rule?.military ? [t('waiting.who-military')] : []),
    ...(rule?.disabled ? [t('waiting.who-disabled')] : []),
  ].join(t('waiting.who-and'));
  return (
    <>
      {priority && rule && (
        <p className="strong">{t(`waiting.first-${priority}`, { n: rule.one_in })}</p>
      )}
      <p className="small">
        {t('waiting.order')}
        {rule && who !== '' && t('waiting.priority', { n: rule.one_in, who })}{' '}
        <Link to={`/h/${one.hospital_id}/rules`}>{t('waiting.rules')}</Link>
      </p>
    </>
  );
}

/** Where the person stands, in one large sentence. */
function Place({ one }: { one: WaitingVisit }): ReactElement | null {
  const { t } = usePatientWords();
  const { visit, wait } = one;
  if (visit.status === 'called')
    return (
      <div className="waiting-state called">
        <p className="waiting-big">{t('waiting.called', { room: visit.room })}</p>
        {one.called_at && <p>{t('waiting.called-text', { time: hm(one.called_at) })}</p>}
      </div>
    );
  if (visit.status !== 'checked_in' || !visit.queue) return null;
  const { ahead } = visit.queue;
  return (
    <>
      {one.missed && (
        <Notice tone="warn" title={t('waiting.missed')}>
          <p>{t('waiting.missed-text')}</p>
        </Notice>
      )}
      <div className="waiting-state">
        <p className="waiting-big">
          {ahead === 0 ? t('waiting.next') : t('waiting.ahead', { n: ahead })}
        </p>
        <p>
          {wait
            ? t('waiting.minutes', { n: wait.intervals, m: wait.minutes })
            : t(one.begun ? 'waiting.unmeasured' : 'waiting.not-begun')}
        </p>
        <p>{t('waiting.window')}</p>
      </div>
    </>
  );
}
