import type { ReactElement } from 'react';
import { addDays, dayOf, dayText, span, yuan } from '../shared/format.ts';
import { serverNow } from '../shared/hooks.ts';
import { Link } from '../shared/router.tsx';
import { sessionTone } from '../shared/states.ts';
import type { Session } from '../shared/types.ts';
import { Tag } from '../shared/ui.tsx';
import { usePatientWords } from './words.ts';

/** Sessions as links, each with day, doctor, place and price: 今天 下午 周一鸣 … ¥50 有号. */
export function SessionLinks(props: { sessions: readonly Session[] }): ReactElement {
  return (
    <ul className="stack tight">
      {props.sessions.map((session) => (
        <li key={session.session_id}>
          <SessionLink session={session} />
        </li>
      ))}
    </ul>
  );
}

function SessionLink({ session }: { session: Session }): ReactElement {
  const { t, lang } = usePatientWords();
  const { practitioner, service } = session;
  const today = dayOf(serverNow());
  const day =
    session.service_date === today
      ? t('soon.today')
      : session.service_date === addDays(today, 1)
        ? t('soon.tomorrow')
        : dayText(session.service_date, lang);
  return (
    <Link className="session-row wide" to={`/h/${session.hospital_id}/s/${session.session_id}`}>
      <span>
        <span className="strong">
          {day} {t(`period.${session.period}`)}
        </span>{' '}
        <span className="soft nowrap">{span(session.starts_at, session.ends_at)}</span>
        <br />
        {practitioner ? `${practitioner.name} ${practitioner.title}` : service.name}
        <span className="small block">
          {session.department_name} · {session.campus_name}
        </span>
      </span>
      <span className="row session-state">
        <span className="strong">
          {yuan(service.registration_fee_fen + service.consultation_fee_fen)}
        </span>
        <Tag tone={sessionTone[session.state]}>{t(`state.${session.state}`)}</Tag>
      </span>
    </Link>
  );
}
