import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { addDays, dayOf, dayText, span } from '../shared/format.ts';
import { serverNow, useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Empty, Notice, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import { AddPerson } from './add-person.tsx';
import { addReasons, type AddReason, type FoundPerson, type SessionAdded } from './direct-types.ts';
import type { StaffSession } from './types.ts';
import { useConsoleWords } from './words.ts';

const days_ahead = 14;
const last_choice = 'zh.add-session';

/** The session one chose last, else the next of the same clinic. */
function remembered(sessions: readonly StaffSession[]): StaffSession | null {
  try {
    const [id, clinic] = (localStorage.getItem(last_choice) ?? '').split(' ');
    const same = sessions.find((one) => one.id === id);
    return same ?? sessions.find((one) => one.healthcare_service_id === clinic) ?? null;
  } catch {
    return null; // then the doctor chooses
  }
}

function remember(session: StaffSession): void {
  try {
    localStorage.setItem(last_choice, `${session.id} ${session.healthcare_service_id}`);
  } catch {
    // chosen anew next time
  }
}

/** 加号 on the doctor's phone: person, reason, done. A slow form would bring the paper slips back. */
export function AddNumberPage(): ReactElement {
  const { t } = useConsoleWords();
  const today = dayOf(serverNow());
  const query = `/api/staff/sessions?from=${today}&to=${addDays(today, days_ahead)}`;
  const sessions = useLoad(query, async () => {
    const { sessions: all } = await api<{ sessions: StaffSession[] }>(query);
    return all.filter(
      ({ status, ends_at }) => status === 'planned' && Date.parse(ends_at) > serverNow(),
    );
  });
  return (
    <div className="stack add-number">
      <h1>{t('nav.add')}</h1>
      <Wait on={sessions}>
        {(list) =>
          list.length === 0 ? <Empty title={t('add.no-sessions')} /> : <Form sessions={list} />
        }
      </Wait>
    </div>
  );
}

function Form({ sessions }: { sessions: readonly StaffSession[] }): ReactElement {
  const { t } = useConsoleWords();
  const [chosen, setChosen] = useState(() => remembered(sessions));
  if (chosen === null)
    return (
      <Card title={t('add.session')}>
        <ul className="stack tight">
          {sessions.map((session) => (
            <li key={session.id}>
              <button
                type="button"
                className="big-choice"
                onClick={() => {
                  remember(session);
                  setChosen(session);
                }}
              >
                <SessionText session={session} />
              </button>
            </li>
          ))}
        </ul>
      </Card>
    );
  return (
    <>
      <div className="row spread">
        <p>
          <SessionText session={chosen} />
        </p>
        <Button look="quiet" onClick={() => setChosen(null)}>
          {t('add.change')}
        </Button>
      </div>
      <Adding key={chosen.id} session={chosen} />
    </>
  );
}

function SessionText({ session }: { session: StaffSession }): ReactElement {
  const { t, lang } = useConsoleWords();
  return (
    <>
      <strong className="block">{session.practitioner_name ?? session.service_name}</strong>
      <span className="small block">
        {dayText(session.service_date, lang)} {t(`period.${session.period}`)}{' '}
        {span(session.starts_at, session.ends_at)} · {session.department_name}
      </span>
    </>
  );
}

type Added = { state: 'given' | 'asked'; sequence: number | null };

function Adding({ session }: { session: StaffSession }): ReactElement {
  const { t } = useConsoleWords();
  const path = `/api/staff/added-numbers?session_id=${session.id}`;
  const added = useLoad(path, () => api<SessionAdded>(path));
  const [person, setPerson] = useState<FoundPerson | null>(null);
  const [reason, setReason] = useState<AddReason | null>(null);
  const [done, setDone] = useState<(Added & { name: string }) | null>(null);
  const add = useAction(async (key) => {
    if (!person || !reason) return;
    const body = { session_id: session.id, patient_id: person.patient_id, reason };
    const result = await post<Added>('/api/staff/added-numbers', body, key);
    setDone({ ...result, name: person.name_masked });
    setPerson(null);
    setReason(null);
    added.reload();
  });
  const quota = added.data && <Quota quota={added.data.quota} used={added.data.used} />;
  if (done)
    return (
      <>
        <Notice tone={done.state === 'given' ? 'good' : 'warn'}>
          <p role="status">
            {done.state === 'given'
              ? t('add.given', { name: done.name, n: done.sequence ?? '' })
              : t('add.asked', { name: done.name })}
          </p>
        </Notice>
        <Button wide onClick={() => setDone(null)}>
          {t('add.again')}
        </Button>
        <AddedList added={added.data} />
      </>
    );
  return (
    <>
      {quota}
      <AddPerson session_id={session.id} person={person} onChange={setPerson} />
      {person && <Reasons chosen={reason} onChoose={setReason} />}
      <ProblemNotice problem={add.problem} />
      {person && reason && (
        <div className="add-do">
          <Button wide busy={add.busy} onClick={() => void add.run()}>
            {t('add.do', { name: person.name_masked })}
          </Button>
        </div>
      )}
      {!person && <AddedList added={added.data} />}
    </>
  );
}

function Quota({ quota, used }: { quota: number; used: number }): ReactElement {
  const { t } = useConsoleWords();
  const left = Math.max(0, quota - used);
  return <p className="small">{left > 0 ? t('add.left', { n: left }) : t('add.none-left')}</p>;
}

function Reasons(props: {
  chosen: AddReason | null;
  onChoose: (reason: AddReason) => void;
}): ReactElement {
  const { t } = useConsoleWords();
  return (
    <fieldset className="reasons">
      <legend>{t('add.reason')}</legend>
      <div className="big-choices">
        {addReasons.map((reason) => (
          <button
            key={reason}
            type="button"
            className="big-choice"
            aria-pressed={props.chosen === reason}
            onClick={() => props.onChoose(reason)}
          >
            {t(`reason.${reason}`)}
          </button>
        ))}
      </div>
      {props.chosen === 'staff' && <p className="small">{t('add.staff-note')}</p>}
    </fieldset>
  );
}

function AddedList({ added }: { added: SessionAdded | undefined }): ReactElement | null {
  const { t } = useConsoleWords();
  if (!added) return null;
  const tone = { asked: 'wait', given: 'good', refused: 'bad', expired: 'muted' } as const;
  return (
    <Card title={t('add.list')}>
      {added.orders.length === 0 ? (
        <p className="small">{t('add.list-none')}</p>
      ) : (
        <ul className="stack tight">
          {added.orders.map((order) => (
            <li key={order.order_id} className="line row spread">
              <span>
                {order.name_masked}
                <span className="small block">{t(`reason.${order.reason}`)}</span>
              </span>
              <Tag tone={tone[order.state]}>{t(`added.${order.state}`)}</Tag>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}
