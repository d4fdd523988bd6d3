import { useState, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { dayText, span } from '../shared/format.ts';
import { useLoad } from '../shared/hooks.ts';
import { Button, Card, Empty, Wait } from '../shared/ui.tsx';
import { CheckIn } from './check-in.tsx';
import { ReturnCheckIn } from './desk-returns.tsx';
import { DeskTable } from './desk-table.tsx';
import { SessionFilter, useSessions } from './session-filter.tsx';
import { useStaff } from './staff-context.tsx';
import type { Desk, StaffSession } from './types.ts';
import { useConsoleWords } from './words.ts';

/** 叫号台: choose today's session, then check in, call, and close each visit. */
export function DeskPage(): ReactElement {
  const { t } = useConsoleWords();
  const { filter, setFilter, sessions } = useSessions(0);
  const [chosen, setChosen] = useState<StaffSession | null>(null);
  if (chosen !== null) return <Queue session={chosen} onBack={() => setChosen(null)} />;
  return (
    <div className="stack">
      <h1>{t('nav.desk')}</h1>
      <SessionFilter filter={filter} onChange={setFilter} />
      <Wait on={sessions}>
        {(list) =>
          list.length === 0 ? (
            <Empty title={t('desk.none')} />
          ) : (
            <ul className="cards">
              {list.map((session) => (
                <li key={session.id}>
                  <SessionCard session={session} onOpen={() => setChosen(session)} />
                </li>
              ))}
            </ul>
          )
        }
      </Wait>
    </div>
  );
}

function SessionCard(props: { session: StaffSession; onOpen: () => void }): ReactElement {
  const { t, lang } = useConsoleWords();
  const { session } = props;
  return (
    <Card title={session.practitioner_name ?? session.service_name}>
      <p>
        {dayText(session.service_date, lang)} {t(`period.${session.period}`)}{' '}
        {span(session.starts_at, session.ends_at)}
      </p>
      <p className="soft">
        {session.department_name} · {session.service_name} · {session.room}
      </p>
      <Button look="secondary" onClick={props.onOpen}>
        {t('desk.open')}
      </Button>
    </Card>
  );
}

function Queue(props: { session: StaffSession; onBack: () => void }): ReactElement {
  const { t, lang } = useConsoleWords();
  const { may } = useStaff();
  const { session } = props;
  const path = `/api/staff/desk?session_id=${session.id}`;
  const desk = useLoad(path, () => api<Desk>(path), 5_000);
  return (
    <div className="stack">
      <header className="row spread">
        <div>
          <h1>{session.practitioner_name ?? session.service_name}</h1>
          <p className="soft">
            {dayText(session.service_date, lang)} {t(`period.${session.period}`)}{' '}
            {span(session.starts_at, session.ends_at)} · {session.department_name} · {session.room}
          </p>
        </div>
        <Button look="secondary" onClick={props.onBack}>
          {t('desk.back')}
        </Button>
      </header>
      <Wait on={desk}>
        {({ visits }) => (
          <>
            <Counts visits={visits} />
            {may('desk.check-in') && <CheckIn visits={visits} onDone={desk.reload} />}
            {may('desk.check-in') && <ReturnCheckIn session_id={session.id} onDone={desk.reload} />}
            {visits.length === 0 ? (
              <Empty title={t('desk.empty')} />
            ) : (
              <DeskTable visits={visits} level={session.level} reload={desk.reload} />
            )}
          </>
        )}
      </Wait>
    </div>
  );
}

function Counts({ visits }: { visits: Desk['visits'] }): ReactElement {
  const { t } = useConsoleWords();
  const states = ['booked', 'checked_in', 'called', 'fulfilled', 'noshow'] as const;
  return (
    <ul className="counts" aria-label={t('desk.counts')}>
      {states.map((state) => (
        <li key={state}>
          <span className="count">{visits.filter(({ status }) => status === state).length}</span>
          <span className="small">{t(`desk.${state}`)}</span>
        </li>
      ))}
    </ul>
  );
}
