import { useState, type ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { dayText, span } from '../shared/format.ts';
import { useAction } from '../shared/hooks.ts';
import { Button, Empty, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import { ChangeDialog } from './change-dialog.tsx';
import { SessionFilter, useSessions } from './session-filter.tsx';
import { useStaff } from './staff-context.tsx';
import type { StaffSession, Supply } from './types.ts';
import { useConsoleWords } from './words.ts';

export function SessionsPage(): ReactElement {
  const { t } = useConsoleWords();
  const { filter, setFilter, sessions } = useSessions(7);
  return (
    <div className="stack">
      <h1>{t('nav.sessions')}</h1>
      <SessionFilter filter={filter} onChange={setFilter} />
      <Wait on={sessions}>
        {(list) =>
          list.length === 0 ? (
            <Empty title={t('sessions.none')} />
          ) : (
            <SessionTable sessions={list} reload={sessions.reload} />
          )
        }
      </Wait>
    </div>
  );
}

const heads = [
  'date',
  'time',
  'department',
  'clinic',
  'doctor',
  'room',
  'numbers',
  'state',
] as const;

function SessionTable(props: { sessions: StaffSession[]; reload: () => void }): ReactElement {
  const { t } = useConsoleWords();
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {t(`sessions.${head}`)}
              </th>
            ))}
            <th scope="col">
              <span className="hidden-text">{t('sessions.act')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {props.sessions.map((session) => (
            <SessionLine key={session.id} session={session} reload={props.reload} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const supplyStates = [
  'unreleased',
  'free',
  'held',
  'booked',
  'checked_in',
  'cooling',
  'stopped',
  'void',
] as const;

/** 「可约 12 · 已约 5」: the states that any number of the session is in. */
function SupplyText({ supply }: { supply: Supply }): ReactElement {
  const { t } = useConsoleWords();
  const parts = supplyStates
    .filter((state) => supply[state] > 0)
    .map((state) => `${t(`supply.${state}`)} ${supply[state]}`);
  return <span className="small block">{parts.join(' · ')}</span>;
}

function SessionLine(props: { session: StaffSession; reload: () => void }): ReactElement {
  const { t, lang } = useConsoleWords();
  const { may } = useStaff();
  const { session, reload } = props;
  const [stopping, setStopping] = useState(false);
  const resume = useAction(async (key) => {
    await post(`/api/staff/sessions/${session.id}/resume`, {}, key);
    reload();
  });
  const stopped = session.status === 'stopped';
  return (
    <tr>
      <td>{dayText(session.service_date, lang)}</td>
      <td>
        {t(`period.${session.period}`)} {span(session.starts_at, session.ends_at)}
      </td>
      <td>
        {session.department_name}
        <span className="small block">{session.campus_name}</span>
      </td>
      <td>{session.service_name}</td>
      <td>{session.practitioner_name ?? '—'}</td>
      <td>{session.room}</td>
      <td>
        <span className="strong">{session.numbers}</span>
        {session.supply && <SupplyText supply={session.supply} />}
      </td>
      <td>
        <Tag tone={stopped ? 'bad' : 'good'}>{t(stopped ? 'state.stopped' : 'sessions.on')}</Tag>
        {session.stop_reason && <span className="small block">{session.stop_reason}</span>}
      </td>
      <td>
        {may('schedule.stop') &&
          (stopped ? (
            <Button look="quiet" busy={resume.busy} onClick={() => void resume.run()}>
              {t('sessions.resume')}
            </Button>
          ) : (
            <Button look="quiet" onClick={() => setStopping(true)}>
              {t('change.open')}
            </Button>
          ))}
        <ProblemNotice problem={resume.problem} />
        {stopping && (
          <ChangeDialog
            session={session}
            onClose={() => {
              setStopping(false);
              reload();
            }}
          />
        )}
      </td>
    </tr>
  );
}
