import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { dayText, span, yuan } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { sessionTone } from '../shared/states.ts';
import type { Availability, Session, SessionDetail, Visit } from '../shared/types.ts';
import { Button, Card, Empty, Field, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import type { PrintedSlip } from './slip.tsx';
import { useStaff } from './staff-context.tsx';
import type { Channel, WindowPatient } from './types.ts';
import { WindowEntry } from './window-entry.tsx';
import { useConsoleWords } from './words.ts';

/** Books or registers the person at the window. */
export function WindowBook(props: {
  patient: WindowPatient;
  channel: Channel;
  onDone: (slip: PrintedSlip) => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { hospital } = useStaff();
  const [department, setDepartment] = useState('');
  const path = `/api/departments/${department}/availability`;
  const sessions = useLoad(department ? path : null, () => api<Availability>(path), 20_000);
  const done = (printed: PrintedSlip): void => {
    sessions.reload();
    props.onDone(printed);
  };
  return (
    <Card title={t('window.book')}>
      <Field
        label={t('filter.department')}
        control={(ties) => (
          <select
            {...ties}
            value={department}
            onChange={(event) => setDepartment(event.target.value)}
          >
            <option value="">{t('plan.choose')}</option>
            {hospital?.departments.map(({ id, name, campus_id }) => (
              <option key={id} value={id}>
                {name}（{hospital.campuses.find((campus) => campus.id === campus_id)?.name}）
              </option>
            ))}
          </select>
        )}
      />
      {department !== '' && (
        <Wait on={sessions}>
          {(data) => {
            const open = data.sessions.filter(({ state }) => state !== 'over');
            return open.length === 0 ? (
              <Empty title={t('sessions.none')} />
            ) : (
              <ul className="stack tight">
                {open.map((session) => (
                  <li key={session.session_id} className="line">
                    <SessionOffer
                      session={session}
                      patient={props.patient}
                      channel={props.channel}
                      onDone={done}
                    />
                  </li>
                ))}
              </ul>
            );
          }}
        </Wait>
      )}
    </Card>
  );
}

function SessionOffer(props: {
  session: Session;
  patient: WindowPatient;
  channel: Channel;
  onDone: (slip: PrintedSlip) => void;
}): ReactElement {
  const { t, lang } = useConsoleWords();
  const { session } = props;
  const [open, setOpen] = useState(false);
  const name = session.practitioner?.name ?? session.service.name;
  const fee = session.service.registration_fee_fen + session.service.consultation_fee_fen;
  const draw_id = session.state === 'register' ? session.draw_id : null;
  return (
    <>
      <div className="row spread">
        <span>
          <span className="strong">
            {dayText(session.service_date, lang)} {t(`period.${session.period}`)}
          </span>{' '}
          {name} · {session.service.name} · {yuan(fee)}
        </span>
        <span className="row">
          <Tag tone={sessionTone[session.state]}>{t(`state.${session.state}`)}</Tag>
          {session.state !== 'stopped' && (
            <Button look="secondary" aria-expanded={open} onClick={() => setOpen(!open)}>
              {t(draw_id ? 'window.enter' : 'window.times')}
            </Button>
          )}
        </span>
      </div>
      {open && draw_id === null && <Numbers {...props} />}
      {open && draw_id !== null && (
        <WindowEntry
          {...props}
          draw_id={draw_id}
          first={session.session_id}
          onDone={(slip) => {
            setOpen(false);
            props.onDone(slip);
          }}
        />
      )}
    </>
  );
}

function Numbers(props: {
  session: Session;
  patient: WindowPatient;
  onDone: (slip: PrintedSlip) => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { session, patient } = props;
  const path = `/api/sessions/${session.session_id}`;
  const detail = useLoad(path, () => api<SessionDetail>(path));
  const [reason, setReason] = useState('');
  const book = useAction(async (key, slot_id: string | null) => {
    const { session_id } = session;
    const asked = reason ? { on_site_reason: reason } : {};
    const body = { session_id, patient_id: patient.patient_id, slot_id, ...asked };
    const visit = await post<Visit>('/api/staff/appointments', body, key);
    props.onDone({ kind: 'visit', visit });
  });
  return (
    <div className="stack tight">
      <Field
        label={t('window.reason')}
        control={(ties) => (
          <select {...ties} value={reason} onChange={(event) => setReason(event.target.value)}>
            <option value="">{t('window.reason.none')}</option>
            <option value="disabled">{t('window.reason.disabled')}</option>
            <option value="no_phone">{t('window.reason.no_phone')}</option>
          </select>
        )}
      />
      <ProblemNotice problem={book.problem} />
      <Wait on={detail}>
        {({ numbers }) => (
          <div className="row">
            <Button busy={book.busy} onClick={() => void book.run(null)}>
              {t('window.first')}
            </Button>
            {numbers.map((number) => (
              <Button
                key={number.slot_id}
                look="secondary"
                disabled={book.busy}
                onClick={() => void book.run(number.slot_id)}
              >
                {t('window.number', {
                  n: number.sequence,
                  time: span(number.starts_at, number.ends_at),
                })}
              </Button>
            ))}
          </div>
        )}
      </Wait>
    </div>
  );
}
