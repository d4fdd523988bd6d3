import { useEffect, useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import type { Entry, Visit, Wish } from '../shared/types.ts';
import { Button, Card, Empty, Field, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import { focusIt } from './focus.ts';
import { no_call, PhoneIntake } from './phone-intake.tsx';
import { PriorDiagnosis } from './prior-diagnosis.tsx';
import { Slip, type PrintedSlip } from './slip.tsx';
import { useStaff } from './staff-context.tsx';
import type { Channel, WindowPatient } from './types.ts';
import { WindowBook } from './window-book.tsx';
import { WindowEntryLine } from './window-entries.tsx';
import { WindowMoney } from './window-money.tsx';
import { WindowVisit } from './window-visit.tsx';
import { WindowWish, WindowWishLine } from './window-wish.tsx';
import { useConsoleWords } from './words.ts';

/** The window serves whoever stands there: by ID card, without an account or a phone. */
export function WindowPage(): ReactElement {
  const { t } = useConsoleWords();
  const [patient, setPatient] = useState<WindowPatient | null>(null);
  return (
    <div className="stack">
      <h1>{t('nav.window')}</h1>
      {patient === null ? (
        <FindPatient onFound={setPatient} />
      ) : (
        <AtWindow patient={patient} onDone={() => setPatient(null)} />
      )}
    </div>
  );
}

const types = ['resident_id', 'passport', 'hk_macao_permit', 'taiwan_permit', 'other'] as const;

function FindPatient(props: { onFound: (patient: WindowPatient) => void }): ReactElement {
  const { t } = useConsoleWords();
  const [person, setPerson] = useState({
    name: '',
    document_type: 'resident_id',
    document_number: '',
    phone: '',
  });
  const find = useAction(async (key) => {
    const { phone, ...rest } = person;
    props.onFound(
      await post<WindowPatient>(
        '/api/staff/patients',
        { ...rest, ...(phone ? { phone } : {}) },
        key,
      ),
    );
  });
  const text = (
    name: 'name' | 'document_number' | 'phone',
    required: boolean,
    first = false,
  ): ReactElement => (
    <Field
      label={t(`window.${name}`)}
      control={(ties) => (
        <input
          {...ties}
          ref={first ? focusIt : null}
          autoComplete="off"
          required={required}
          value={person[name]}
          onChange={(event) => setPerson({ ...person, [name]: event.target.value })}
        />
      )}
    />
  );
  return (
    <Card title={t('window.find')}>
      <p className="small">{t('window.find-text')}</p>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void find.run();
        }}
      >
        <div className="filters">
          {text('name', true, true)}
          {text('document_number', true)}
          <Field
            label={t('window.type')}
            control={(ties) => (
              <select
                {...ties}
                value={person.document_type}
                onChange={(event) => setPerson({ ...person, document_type: event.target.value })}
              >
                {types.map((type) => (
                  <option key={type} value={type}>
                    {t(`doc.${type}`)}
                  </option>
                ))}
              </select>
            )}
          />
          {text('phone', false)}
        </div>
        <ProblemNotice problem={find.problem} />
        <div>
          <Button type="submit" busy={find.busy}>
            {t('window.find-do')}
          </Button>
        </div>
      </form>
    </Card>
  );
}

const channels = ['window', 'phone'] as const;

/** The person who stands here or is on the phone; the slip of what was done stands first. */
function AtWindow(props: { patient: WindowPatient; onDone: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const { patient } = props;
  const [channel, setChannel] = useState<Channel>('window');
  const { may } = useStaff();
  const [slip, setSlip] = useState<PrintedSlip | null>(null);
  const [turn, setTurn] = useState(0);
  const [intake, setIntake] = useState(no_call);
  const [paying, setPaying] = useState<Visit | null>(null);
  const last = slip?.kind === 'visit' ? slip.visit : null;
  const pay = last !== null && may('payment.cash') ? (): void => setPaying(last) : null;
  useKeys({ F2: props.onDone, F4: pay });
  const printed = (done: PrintedSlip): void => {
    setSlip(done);
    setTurn(turn + 1);
  };
  return (
    <>
      <Card
        title={patient.name_masked}
        aside={
          <Button look="secondary" onClick={props.onDone}>
            {t('window.next')}
          </Button>
        }
      >
        <p className="row">
          <span className="mono">{patient.document_masked}</span>
          {patient.age !== null && <span>{t('window.age', { n: patient.age })}</span>}
          {patient.created && <Tag tone="open">{t('window.created')}</Tag>}
        </p>
        <fieldset className="row">
          <legend className="hidden-text">{t('window.channel')}</legend>
          {channels.map((one) => (
            <label key={one} className="option">
              <input
                type="radio"
                name="channel"
                checked={channel === one}
                onChange={() => setChannel(one)}
              />
              {t(`window.channel.${one}`)}
            </label>
          ))}
        </fieldset>
        {channel === 'phone' && <p className="small">{t('window.channel-phone-text')}</p>}
        <p className="small">{t('window.keys')}</p>
        <PriorDiagnosis patient_id={patient.patient_id} />
      </Card>
      {channel === 'phone' && <PhoneIntake intake={intake} set={setIntake} />}
      <div className="columns">
        <div className="stack">
          {slip && (
            <Slip
              // A slip of its own each time, so that its print button has the keys.
              key={slip.kind === 'visit' ? slip.visit.appointment_id : turn}
              slip={slip}
              patient={patient}
              onPay={pay}
              onClose={() => setSlip(null)}
            />
          )}
          <WindowBook
            patient={patient}
            channel={channel}
            intake={intake}
            onCall={(people, sign) => setIntake({ ...intake, people, sign })}
            onDone={printed}
          />
          <WindowWish patient={patient} channel={channel} onDone={printed} />
        </div>
        <Standing patient={patient} turn={turn} />
      </div>
      {paying && (
        <WindowMoney
          visit={paying}
          onClose={() => setPaying(null)}
          onDone={() => setTurn((n) => n + 1)}
        />
      )}
    </>
  );
}

/** Keys of the clerk, wherever the hands are; letters stay letters. */
function useKeys(keys: Record<'F2' | 'F4', (() => void) | null>): void {
  useEffect(() => {
    const listen = (event: KeyboardEvent): void => {
      const act = event.key === 'F2' ? keys.F2 : event.key === 'F4' ? keys.F4 : null;
      if (!act || event.altKey || event.ctrlKey) return;
      event.preventDefault();
      act();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  });
}

type Known = { appointments: Visit[]; entries: Entry[]; wishes: Wish[] };

/** What the person has: bookings, entries, standing wishes. `turn` rises when something was done. */
function Standing(props: { patient: WindowPatient; turn: number }): ReactElement {
  const { t } = useConsoleWords();
  const path = `/api/staff/patients/${props.patient.patient_id}`;
  const known = useLoad(
    path,
    async (): Promise<Known> => {
      const [visits, { wishes }] = await Promise.all([
        api<Omit<Known, 'wishes'>>(`${path}/visits`),
        api<Pick<Known, 'wishes'>>(`${path}/wishes`),
      ]);
      return { ...visits, wishes };
    },
    20_000,
  );
  const { reload } = known;
  useEffect(reload, [reload, props.turn]);
  return (
    <Card title={t('window.visits')}>
      <Wait on={known}>
        {({ appointments, entries, wishes }) => (
          <>
            {appointments.length + entries.length + wishes.length === 0 && (
              <Empty title={t('window.no-visits')} />
            )}
            <ul className="stack">
              {appointments.map((visit) => (
                <li key={visit.appointment_id}>
                  <WindowVisit visit={visit} reload={reload} />
                </li>
              ))}
              {entries.map((entry) => (
                <li key={entry.e}>
                  <WindowEntryLine entry={entry} reload={reload} />
                </li>
              ))}
              {wishes.map((wish) => (
                <li key={wish.wish_id}>
                  <WindowWishLine wish={wish} reload={reload} />
                </li>
              ))}
            </ul>
          </>
        )}
      </Wait>
    </Card>
  );
}
