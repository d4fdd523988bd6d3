import type { ReactElement } from 'react';
import { span, yuan } from '../shared/format.ts';
import { Link } from '../shared/router.tsx';
import { sessionTone } from '../shared/states.ts';
import type { Session } from '../shared/types.ts';
import { Tag } from '../shared/ui.tsx';
import { TeamNote } from './team-note.tsx';
import { usePatientWords } from './words.ts';

/** One doctor or clinic with its sessions of a day. */
export function DoctorCard(props: {
  sessions: Session[];
  hospitalId: string;
  speciality: string | null | undefined;
}): ReactElement {
  const { t } = usePatientWords();
  const [first] = props.sessions;
  if (!first) return <></>;
  const { practitioner, service } = first;
  const fee = service.registration_fee_fen + service.consultation_fee_fen;
  return (
    <article className="card doctor">
      <header className="row spread">
        <h3>
          {practitioner?.name ?? service.name}
          {practitioner && <span className="soft title"> {practitioner.title}</span>}
        </h3>
        <span className="fee">{yuan(fee)}</span>
      </header>
      <p className="row">
        <Tag tone="good">{t(`level.${service.level}`)}</Tag>
        {practitioner && <span className="soft">{service.name}</span>}
      </p>
      <p className="small">
        {t('doctor.at', { campus: first.campus_name, address: first.campus_address })}
      </p>
      {props.speciality && (
        <p className="soft">{t('doctor.good-at', { text: props.speciality })}</p>
      )}
      {service.level === 'team' && <TeamNote hospitalId={props.hospitalId} clinicId={service.id} />}
      <ul className="stack tight">
        {props.sessions.map((session) => (
          <li key={session.session_id}>
            <SessionRow session={session} hospitalId={props.hospitalId} />
          </li>
        ))}
      </ul>
    </article>
  );
}

function SessionRow({
  session,
  hospitalId,
}: {
  session: Session;
  hospitalId: string;
}): ReactElement {
  const { t } = usePatientWords();
  const { state } = session;
  const inner = (
    <>
      <span className="session-when">
        <span className="strong">{t(`period.${session.period}`)}</span>{' '}
        <span className="soft">{span(session.starts_at, session.ends_at)}</span>{' '}
        {session.mode === 'internet' && <Tag tone="wait">{t('net.clinic')}</Tag>}
      </span>
      <span className="row session-state">
        {state === 'free' && <span className="small">{freeText(session.free_numbers, t)}</span>}
        {state === 'unreleased' && session.release_text && (
          <span className="small">{session.release_text}</span>
        )}
        <Tag tone={sessionTone[state]}>{t(`state.${state}`)}</Tag>
      </span>
    </>
  );
  if (state === 'stopped' || state === 'over')
    return <div className="session-row closed">{inner}</div>;
  return (
    <Link className="session-row" to={`/h/${hospitalId}/s/${session.session_id}`}>
      {inner}
    </Link>
  );
}

type Words = ReturnType<typeof usePatientWords>['t'];

function freeText(free: number | null | undefined, t: Words): string {
  if (free === null || free === undefined) return '';
  return free > 9 ? t('doctor.many') : t('doctor.left', { n: free });
}
