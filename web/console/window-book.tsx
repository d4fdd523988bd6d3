import { useEffect, useRef, useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { dayText, span, yuan } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { sessionTone } from '../shared/states.ts';
import type { Availability, Session, SessionDetail, Visit } from '../shared/types.ts';
import { Button, Card, Empty, Field, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import { focusButton, focusIt } from './focus.ts';
import { isCaller, type Intake } from './phone-intake.tsx';
import type { PrintedSlip } from './slip.tsx';
import { useStaff } from './staff-context.tsx';
import type { Channel, WindowPatient } from './types.ts';
import { WindowEntry } from './window-entry.tsx';
import { useConsoleWords } from './words.ts';

type Common = {
  patient: WindowPatient;
  channel: Channel;
  /** Who calls, where somebody does. */
  intake: Intake;
  onCall: (people: number, sign: boolean) => void;
  onDone: (slip: PrintedSlip) => void;
};

// The clerk's department stays from one person to the next.
let department_last = '';

/** Books or registers the person at the window. */
export function WindowBook(props: Common): ReactElement {
  const { t } = useConsoleWords();
  const { hospital } = useStaff();
  const [department, choose] = useState(department_last);
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
            ref={department === '' ? focusIt : null}
            value={department}
            onChange={(event) => {
              department_last = event.target.value;
              choose(department_last);
            }}
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
              <Offers {...props} sessions={open} onDone={done} />
            );
          }}
        </Wait>
      )}
    </Card>
  );
}

/** The clinics in order; where the list has the keys, a digit opens one. */
function Offers(props: Common & { sessions: readonly Session[] }): ReactElement {
  const { t } = useConsoleWords();
  const { sessions, ...common } = props;
  const [opened, open] = useState<string | null>(null);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    // Whoever begins to book has the keys here at once; a caller's number comes first.
    if (common.channel === 'window')
      list.current?.querySelector<HTMLElement>('button')?.focus({ preventScroll: true });
  }, [common.channel]);
  useEffect(() => {
    const place = list.current;
    const pick = (event: KeyboardEvent): void => {
      const { target } = event;
      // In a field a digit is a digit.
      if (target instanceof HTMLElement && /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName)) return;
      if (event.altKey || event.ctrlKey || event.metaKey || !/^[1-9]$/.test(event.key)) return;
      const session = sessions[Number(event.key) - 1];
      if (!session || session.state === 'stopped') return;
      event.preventDefault();
      open(session.session_id);
    };
    place?.addEventListener('keydown', pick);
    return () => place?.removeEventListener('keydown', pick);
  }, [sessions]);
  return (
    <ul ref={list} className="stack tight" aria-label={t('window.sessions')}>
      {sessions.map((session, at) => (
        <li key={session.session_id} className="line">
          <SessionOffer
            {...common}
            session={session}
            digit={at < 9 ? at + 1 : null}
            open={opened === session.session_id}
            setOpen={(yes) => open(yes ? session.session_id : null)}
          />
        </li>
      ))}
    </ul>
  );
}

function SessionOffer(
  props: Common & {
    session: Session;
    digit: number | null;
    open: boolean;
    setOpen: (open: boolean) => void;
  },
): ReactElement {
  const { t, lang } = useConsoleWords();
  const { session, open, setOpen } = props;
  const name = session.practitioner?.name ?? session.service.name;
  const fee = session.service.registration_fee_fen + session.service.consultation_fee_fen;
  const draw_id = session.state === 'register' ? session.draw_id : null;
  return (
    <>
      <div className="row spread">
        <span>
          {props.digit !== null && <kbd>{props.digit}</kbd>}{' '}
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

type Call = { visit: Visit; caller_people: number; sign: boolean };

function Numbers(props: Common & { session: Session }): ReactElement {
  const { t } = useConsoleWords();
  const { session, patient, intake } = props;
  const byPhone = props.channel === 'phone';
  const ready = !byPhone || isCaller(intake.caller);
  const path = `/api/sessions/${session.session_id}`;
  const detail = useLoad(path, () => api<SessionDetail>(path));
  const [reason, setReason] = useState('');
  const book = useAction(async (key, slot_id: string | null) => {
    const { session_id } = session;
    const asked = reason ? { on_site_reason: reason } : {};
    const body = { session_id, patient_id: patient.patient_id, slot_id };
    if (byPhone) {
      const note = intake.note ? { note: intake.note } : {};
      const call = { ...body, caller: intake.caller.trim(), ...note };
      const made = await post<Call>('/api/staff/phone-bookings', call, key);
      props.onCall(made.caller_people, made.sign);
      props.onDone({ kind: 'visit', visit: made.visit });
      return;
    }
    const visit = await post<Visit>('/api/staff/appointments', { ...body, ...asked }, key);
    props.onDone({ kind: 'visit', visit });
  });
  return (
    <div className="stack tight">
      {!byPhone && (
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
      )}
      {!ready && <p className="small">{t('phone.caller-needed')}</p>}
      <ProblemNotice problem={book.problem} />
      <Wait on={detail}>
        {({ numbers }) => (
          <div className="row" ref={focusButton}>
            <Button busy={book.busy} disabled={!ready} onClick={() => void book.run(null)}>
              {t('window.first')}
            </Button>
            {numbers.map((number) => (
              <Button
                key={number.slot_id}
                look="secondary"
                disabled={book.busy || !ready}
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
