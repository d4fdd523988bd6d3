import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { dayText, span } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import type { Level } from '../shared/types.ts';
import { Button, Dialog, Empty, Field, Notice, ProblemNotice, Wait } from '../shared/ui.tsx';
import type { FollowUps, GreenOffer } from './direct-types.ts';
import { useStaff } from './staff-context.tsx';
import type { DeskVisit } from './types.ts';
import { useConsoleWords } from './words.ts';

const green_from: readonly Level[] = ['ordinary', 'convenience', 'emergency'];

/** What a doctor can give somebody who is here: an expert number if it is urgent, the next visit. */
export function DeskDirect(props: { visit: DeskVisit; level: Level }): ReactElement | null {
  const { t } = useConsoleWords();
  const { may } = useStaff();
  const [open, setOpen] = useState<'green' | 'next' | null>(null);
  const { visit } = props;
  if (!['checked_in', 'called', 'fulfilled'].includes(visit.status)) return null;
  const green = may('booking.green') && green_from.includes(props.level);
  const close = (): void => setOpen(null);
  return (
    <>
      {green && (
        <Button look="secondary" onClick={() => setOpen('green')}>
          {t('green.open')}
        </Button>
      )}
      {may('booking.follow_up') && (
        <Button look="quiet" onClick={() => setOpen('next')}>
          {t('next.open')}
        </Button>
      )}
      {open === 'green' && <GreenDialog visit={visit} onClose={close} />}
      {open === 'next' && <NextDialog visit={visit} onClose={close} />}
    </>
  );
}

type DialogProps = { visit: DeskVisit; onClose: () => void };

/** Two clicks: this opens, a session gives. */
function GreenDialog({ visit, onClose }: DialogProps): ReactElement {
  const { t, lang } = useConsoleWords();
  const [reason, setReason] = useState<'severe' | 'difficult' | 'worse'>('severe');
  const [done, setDone] = useState(false);
  const path = `/api/staff/green-channel/offers?appointment_id=${visit.appointment_id}`;
  const offers = useLoad(path, () => api<{ offers: GreenOffer[] }>(path));
  const give = useAction(async (key, session_id: string) => {
    const body = { appointment_id: visit.appointment_id, session_id, reason };
    await post('/api/staff/green-channel', body, key);
    setDone(true);
  });
  const when = (offer: GreenOffer): string =>
    `${dayText(offer.service_date, lang)} ${t(`period.${offer.period}`)}`;
  return (
    <Dialog title={t('green.title', { name: visit.name_masked })} onClose={onClose}>
      {done ? (
        <Done text={t('green.done')} />
      ) : (
        <>
          <p>{t('green.text')}</p>
          <Field
            label={t('green.reason')}
            control={(ties) => (
              <select
                {...ties}
                value={reason}
                onChange={(event) => setReason(event.target.value as typeof reason)}
              >
                {(['severe', 'difficult', 'worse'] as const).map((one) => (
                  <option key={one} value={one}>
                    {t(`green.${one}`)}
                  </option>
                ))}
              </select>
            )}
          />
          <ProblemNotice problem={give.problem} />
          <Wait on={offers}>
            {(data) =>
              data.offers.length === 0 ? (
                <Empty title={t('green.none')} />
              ) : (
                <ul className="stack tight">
                  {data.offers.map((offer) => (
                    <li key={offer.session_id}>
                      <Button
                        look="secondary"
                        wide
                        busy={give.busy}
                        onClick={() => void give.run(offer.session_id)}
                      >
                        {t('green.give', {
                          doctor: offer.practitioner_name ?? offer.service_name,
                          department: offer.department_name,
                          when: when(offer),
                        })}
                      </Button>
                    </li>
                  ))}
                </ul>
              )
            }
          </Wait>
        </>
      )}
    </Dialog>
  );
}

function Done({ text }: { text: string }): ReactElement {
  return (
    <Notice tone="good">
      <p role="status">{text}</p>
    </Notice>
  );
}

function NextDialog({ visit, onClose }: DialogProps): ReactElement {
  const { t } = useConsoleWords();
  const path = `/api/staff/follow-ups/times?appointment_id=${visit.appointment_id}`;
  const found = useLoad(path, () => api<FollowUps>(path));
  const [done, setDone] = useState<string | null>(null);
  return (
    <Dialog title={t('next.title', { name: visit.name_masked })} onClose={onClose}>
      {done !== null ? (
        <Done text={done} />
      ) : (
        <>
          <p>{t('next.text')}</p>
          <Wait on={found}>
            {(data) => (
              <>
                {data.plan && <RunningPlan plan={data.plan} reload={found.reload} />}
                <NextForm visit={visit} found={data} onDone={setDone} />
              </>
            )}
          </Wait>
        </>
      )}
    </Dialog>
  );
}

function RunningPlan(props: {
  plan: NonNullable<FollowUps['plan']>;
  reload: () => void;
}): ReactElement {
  const { t, lang } = useConsoleWords();
  const { plan } = props;
  const end = useAction(async (key) => {
    await post(`/api/staff/follow-up-plans/${plan.plan_id}/end`, {}, key);
    props.reload();
  });
  const due = dayText(plan.next_due, lang);
  return (
    <Notice>
      <p>{t('next.plan', { every: plan.every_months, times: plan.times, due })}</p>
      <ProblemNotice problem={end.problem} />
      <Button look="secondary" busy={end.busy} onClick={() => void end.run()}>
        {t('next.end')}
      </Button>
    </Notice>
  );
}

const rhythms = [1, 2, 3, 6, 12] as const;

function NextForm(props: {
  visit: DeskVisit;
  found: FollowUps;
  /** What was done, in words: the doctor tells the patient the day. */
  onDone: (text: string) => void;
}): ReactElement {
  const { t, lang } = useConsoleWords();
  const { sessions, plan } = props.found;
  const [day, setDay] = useState(sessions[0]?.session_id ?? '');
  const [every, setEvery] = useState('');
  const [times, setTimes] = useState('4');
  const book = useAction(async (key) => {
    const body = {
      appointment_id: props.visit.appointment_id,
      session_id: day || null,
      every_months: every ? Number(every) : null,
      times: Number(times),
    };
    await post('/api/staff/follow-ups', body, key);
    const one = sessions.find(({ session_id }) => session_id === day);
    const when = one && `${dayText(one.service_date, lang)} ${t(`period.${one.period}`)}`;
    props.onDone(when ? t('next.done-on', { when }) : t('next.done'));
  });
  const select = (
    label: string,
    value: string,
    set: (value: string) => void,
    options: readonly (readonly [string, string])[],
  ): ReactElement => (
    <Field
      label={label}
      control={(ties) => (
        <select {...ties} value={value} onChange={(event) => set(event.target.value)}>
          {options.map(([key, text]) => (
            <option key={key} value={key}>
              {text}
            </option>
          ))}
        </select>
      )}
    />
  );
  const days = sessions.map((one) => {
    const when = `${dayText(one.service_date, lang)} ${t(`period.${one.period}`)} ${span(one.starts_at, one.ends_at)}`;
    return [one.session_id, `${when} · ${t('next.left', { n: one.free })}`] as const;
  });
  const months = rhythms.map((n) => [String(n), t('next.months', { n })] as const);
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void book.run();
      }}
    >
      {sessions.length === 0 && <p>{t('next.full')}</p>}
      {select(t('next.day'), day, setDay, [...days, ['', t('next.no-day')]])}
      {!plan && select(t('next.every'), every, setEvery, [['', t('next.once')], ...months])}
      {every !== '' && (
        <Field
          label={t('next.times')}
          control={(ties) => (
            <input
              {...ties}
              type="number"
              min={1}
              max={24}
              required
              value={times}
              onChange={(event) => setTimes(event.target.value)}
            />
          )}
        />
      )}
      <ProblemNotice problem={book.problem} />
      <Button type="submit" wide busy={book.busy} disabled={day === '' && every === ''}>
        {t('next.do')}
      </Button>
    </form>
  );
}
