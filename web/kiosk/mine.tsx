import { useState, type ReactElement } from 'react';
import { dayText, span, yuan } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { entryTone, visitTone } from '../shared/states.ts';
import type { Entry, Visit } from '../shared/types.ts';
import { Button, Dialog, Empty, Field, Notice, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import { read, useHere, write, type Turn } from './here.ts';
import { Keypad } from './keypad.tsx';
import { Step } from './menu.tsx';
import { useReader } from './reader.ts';
import { useKioskWords } from './words.ts';

type My = { proved: boolean; visits: Visit[]; entries: Entry[] };

/** The person's numbers of today and later, with what can be done to each. */
export function Mine(): ReactElement {
  const { t } = useKioskWords();
  const here = useHere();
  const { proved, turn_id } = here.turn;
  const my = useLoad(`${turn_id} ${proved}`, () => read<My>(here, '/visits'), 20_000);
  return (
    <Step title={t('kiosk.mine')}>
      {!proved && <Prove />}
      <Wait on={my}>
        {({ visits, entries }) => (
          <>
            {proved && visits.length + entries.length === 0 && (
              <Empty title={t('kiosk.mine-none')} />
            )}
            <ul className="stack">
              {visits.map((visit) => (
                <li key={visit.appointment_id}>
                  <MyVisit visit={visit} reload={my.reload} />
                </li>
              ))}
              {entries.map((entry) => (
                <li key={entry.e} className="kiosk-line">
                  <span className="grow">
                    {t('kiosk.entries')} {entry.draw.code}
                  </span>
                  <Tag tone={entryTone[entry.state]}>{entry.short_code}</Tag>
                </li>
              ))}
            </ul>
          </>
        )}
      </Wait>
    </Step>
  );
}

/** A number that others know shows nothing: the card or the phone on record does. */
function Prove(): ReactElement {
  const { t } = useKioskWords();
  const here = useHere();
  const [phone, setPhone] = useState('');
  const prove = useAction(async (key) => {
    await write(here, '/prove-phone', { phone }, key);
    here.setTurn({ ...here.turn, proved: true });
  });
  const card = useAction(async (key, line: string) => {
    here.setTurn(await write<Turn>(here, '/turns', { card: line }, key));
  });
  useReader((line) => void card.run(line));
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void prove.run();
      }}
    >
      <Notice tone="info">{t('kiosk.mine-hidden')}</Notice>
      <Field
        label={t('kiosk.phone')}
        control={(ties) => (
          <input
            {...ties}
            inputMode="none"
            autoComplete="off"
            value={phone}
            onChange={(event) => setPhone(event.target.value)}
          />
        )}
      />
      <ProblemNotice problem={prove.problem ?? card.problem} />
      <Keypad
        onKey={(one) => setPhone((phone + one).slice(0, 11))}
        onDelete={() => setPhone(phone.slice(0, -1))}
        onClear={() => setPhone('')}
      />
      <Button type="submit" busy={prove.busy} disabled={phone.length < 11}>
        {t('kiosk.phone-do')}
      </Button>
    </form>
  );
}

function MyVisit({ visit, reload }: { visit: Visit; reload: () => void }): ReactElement {
  const { t, lang } = useKioskWords();
  const here = useHere();
  const [asks, setAsks] = useState(false);
  const path = `/appointments/${visit.appointment_id}`;
  const checkIn = useAction((key) => write(here, `${path}/check-in`, {}, key).finally(reload));
  const cancel = useAction((key) => write(here, `${path}/cancel`, {}, key).finally(reload));
  const { status } = visit;
  return (
    <div className="kiosk-visit stack">
      <div className="row spread">
        <strong>
          {dayText(visit.service_date, lang)} {span(visit.starts_at, visit.ends_at)}{' '}
          {visit.practitioner_name ?? visit.service_name}
        </strong>
        <Tag tone={visitTone[status]}>{t(`visit.${status}`)}</Tag>
      </div>
      <p>
        {t('kiosk.sequence', { n: visit.sequence })} · {visit.campus_name} · {visit.department_name}{' '}
        · {visit.room} · {yuan(visit.fee_fen)}
      </p>
      {visit.queue && (
        <p role="status">{t('kiosk.checked-in', { n: visit.queue.ahead, room: visit.room })}</p>
      )}
      {status === 'cancelled' && <p role="status">{t('kiosk.cancelled')}</p>}
      <ProblemNotice problem={checkIn.problem ?? cancel.problem} />
      <VisitActs
        visit={visit}
        checkIn={() => void checkIn.run()}
        cancel={() => setAsks(true)}
        busy={checkIn.busy || cancel.busy}
      />
      {asks && (
        <Dialog title={t('kiosk.cancel-title')} onClose={() => setAsks(false)}>
          <p>{t('kiosk.cancel-text')}</p>
          <Button
            wide
            look="danger"
            onClick={() => {
              setAsks(false);
              void cancel.run();
            }}
          >
            {t('kiosk.cancel-do')}
          </Button>
          <Button wide onClick={() => setAsks(false)}>
            {t('kiosk.cancel-keep')}
          </Button>
        </Dialog>
      )}
    </div>
  );
}

function VisitActs(props: {
  visit: Visit;
  checkIn: () => void;
  cancel: () => void;
  busy: boolean;
}): ReactElement {
  const { t } = useKioskWords();
  const { turn, go } = useHere();
  const { visit, busy } = props;
  const booked = visit.status === 'booked';
  return (
    <div className="row">
      {booked && turn.how === 'reader' && (
        <Button busy={busy} onClick={props.checkIn}>
          {t('kiosk.check-in')}
        </Button>
      )}
      {(booked || visit.status === 'checked_in') && (
        <>
          <Button look="secondary" onClick={() => go({ at: 'pay', visit })}>
            {t('kiosk.pay-title')}
          </Button>
          <Button
            look="secondary"
            onClick={() => go({ at: 'ticket', printed: { kind: 'visit', visit } })}
          >
            {t('kiosk.print')}
          </Button>
        </>
      )}
      {booked && (
        <Button look="danger" disabled={busy} onClick={props.cancel}>
          {t('kiosk.cancel')}
        </Button>
      )}
      {booked && turn.how !== 'reader' && <p className="small">{t('kiosk.check-in-card')}</p>}
    </div>
  );
}
