import { useState, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { dayText, mdHm, span, yuan } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { sessionTone } from '../shared/states.ts';
import type { Availability, Department, Session, SessionDetail, Visit } from '../shared/types.ts';
import { Button, Empty, Facts, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import { Enter } from './enter.tsx';
import { useHere, write } from './here.ts';
import { Step } from './menu.tsx';
import { Pages } from './pages.tsx';
import { useKioskWords } from './words.ts';

/** Department → clinic → number: three touches and a look. */
export function Take(): ReactElement {
  const [department, setDepartment] = useState<Department | null>(null);
  const [session, setSession] = useState<Session | null>(null);
  if (!department) return <Departments onChoose={setDepartment} />;
  const back = (): void => setSession(null);
  if (!session)
    return (
      <Sessions department={department} onChoose={setSession} back={() => setDepartment(null)} />
    );
  if (session.state === 'register' && session.draw_id)
    return <Enter session={session} draw_id={session.draw_id} back={back} />;
  return <Confirm session={session} back={back} />;
}

function Departments(props: { onChoose: (department: Department) => void }): ReactElement {
  const { t } = useKioskWords();
  const { hospital } = useHere();
  return (
    <Step title={t('kiosk.departments')}>
      <Pages
        of={hospital?.departments ?? []}
        size={8}
        each={(one) => (
          <li key={one.id}>
            <button type="button" className="kiosk-choice" onClick={() => props.onChoose(one)}>
              <strong>{one.name}</strong>
              <span>{one.place}</span>
            </button>
          </li>
        )}
      />
    </Step>
  );
}

const nameOf = (session: Session): string => session.practitioner?.name ?? session.service.name;

function Sessions(props: {
  department: Department;
  onChoose: (session: Session) => void;
  back: () => void;
}): ReactElement {
  const { t, lang } = useKioskWords();
  const { department } = props;
  const path = `/api/departments/${department.id}/availability`;
  const found = useLoad(path, () => api<Availability>(path), 20_000);
  return (
    <Step title={t('kiosk.sessions', { name: department.name })} back={props.back}>
      <Wait on={found}>
        {({ sessions }) => {
          const open = sessions.filter(({ state }) => state !== 'over');
          if (open.length === 0) return <Empty title={t('kiosk.sessions-none')} />;
          return (
            <Pages
              of={open}
              size={6}
              each={(one) => {
                const can = one.state === 'free' || one.state === 'register';
                return (
                  <li key={one.session_id}>
                    <button
                      type="button"
                      className="kiosk-choice"
                      disabled={!can}
                      onClick={() => props.onChoose(one)}
                    >
                      <strong>
                        {dayText(one.service_date, lang)} {t(`period.${one.period}`)} {nameOf(one)}
                      </strong>
                      <span>
                        {one.service.name} ·{' '}
                        {yuan(one.service.registration_fee_fen + one.service.consultation_fee_fen)}{' '}
                        <Tag tone={sessionTone[one.state]}>{t(`state.${one.state}`)}</Tag>
                      </span>
                    </button>
                  </li>
                );
              }}
            />
          );
        }}
      </Wait>
    </Step>
  );
}

/** Time, place, price and how to give back stand before the touch that takes the number. */
function Confirm({ session, back }: { session: Session; back: () => void }): ReactElement {
  const { t, lang } = useKioskWords();
  const here = useHere();
  const path = `/api/sessions/${session.session_id}`;
  const detail = useLoad(path, () => api<SessionDetail>(path));
  const take = useAction(async (key) => {
    const { session_id } = session;
    const visit = await write<Visit>(here, '/appointments', { session_id }, key);
    here.go({ at: 'ticket', printed: { kind: 'visit', visit } });
  });
  const fee = session.service.registration_fee_fen + session.service.consultation_fee_fen;
  return (
    <Step title={t('kiosk.take-title')} back={back}>
      <Wait on={detail}>
        {({ numbers, cancel_until }) => {
          const [first] = numbers;
          if (!first) return <Empty title={t('kiosk.sessions-closed')} />;
          return (
            <>
              <Facts
                rows={[
                  [t('kiosk.clinic'), `${nameOf(session)} · ${session.service.name}`],
                  [
                    t('kiosk.time'),
                    `${dayText(session.service_date, lang)} ${t(`period.${session.period}`)} ${span(first.starts_at, first.ends_at)}`,
                  ],
                  [
                    t('kiosk.place'),
                    `${session.campus_name} · ${session.department_name} · ${session.room}`,
                  ],
                  [t('kiosk.fee'), t('kiosk.fee-later', { fee: yuan(fee) })],
                  [t('kiosk.person'), here.turn.patient.name_masked],
                  ...(cancel_until
                    ? ([
                        [
                          t('kiosk.give-back'),
                          t('kiosk.give-back-until', { time: mdHm(cancel_until) }),
                        ],
                      ] as const)
                    : []),
                ]}
              />
              <ProblemNotice problem={take.problem} />
              <Button wide busy={take.busy} onClick={() => void take.run()}>
                {t('kiosk.take-do')}
              </Button>
            </>
          );
        }}
      </Wait>
    </Step>
  );
}
