import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { dayText } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Dialog, Field, Notice, ProblemNotice, Wait } from '../shared/ui.tsx';
import { useStaff } from './staff-context.tsx';
import type { DeskVisit } from './types.ts';
import { useConsoleWords } from './words.ts';

/** 回诊签到: who has a free return joins the line by the document shown. */
export function ReturnCheckIn(props: { session_id: string; onDone: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const [number, setNumber] = useState('');
  const [done, setDone] = useState<number>();
  const join = useAction(async (key) => {
    setDone(undefined);
    const body = { session_id: props.session_id, document_number: number };
    const url = '/api/staff/free-returns/check-in';
    setDone((await post<{ sequence: number }>(url, body, key)).sequence);
    setNumber('');
    props.onDone();
  });
  return (
    <Card title={t('return.title')}>
      <p className="small">{t('return.text')}</p>
      <form
        className="filters"
        onSubmit={(event) => {
          event.preventDefault();
          void join.run();
        }}
      >
        <Field
          label={t('return.document')}
          control={(ties) => (
            <input
              {...ties}
              autoComplete="off"
              required
              value={number}
              onChange={(event) => setNumber(event.target.value)}
            />
          )}
        />
        <Button type="submit" look="secondary" busy={join.busy}>
          {t('return.do')}
        </Button>
      </form>
      <ProblemNotice problem={join.problem} />
      {done !== undefined && <Notice tone="good" title={t('return.done', { n: done })} />}
    </Card>
  );
}

/** The doctor's tap after a visit that was seen. */
export function OpenReturn({ visit }: { visit: DeskVisit }): ReactElement | null {
  const { t } = useConsoleWords();
  const { may } = useStaff();
  const [open, setOpen] = useState(false);
  if (visit.status !== 'fulfilled' || visit.tags.includes('free_return')) return null;
  if (!may('booking.follow_up')) return null;
  return (
    <>
      <Button look="quiet" onClick={() => setOpen(true)}>
        {t('return.open')}
      </Button>
      {open && <OpenDialog visit={visit} onClose={() => setOpen(false)} />}
    </>
  );
}

type Known = { state: 'open' | 'used' | 'over'; last_day: string };

function OpenDialog({ visit, onClose }: { visit: DeskVisit; onClose: () => void }): ReactElement {
  const { t, lang } = useConsoleWords();
  const path = `/api/staff/appointments/${visit.appointment_id}/free-return`;
  const known = useLoad(path, () => api<{ found: Known | null }>(path));
  const open = useAction(async (key) => {
    await post(path, {}, key);
    known.reload();
  });
  return (
    <Dialog title={t('return.open-title', { name: visit.name_masked })} onClose={onClose}>
      <p>{t('return.open-text')}</p>
      <ProblemNotice problem={open.problem} />
      <Wait on={known}>
        {({ found }) =>
          found ? (
            <Notice tone={found.state === 'open' ? 'good' : 'warn'}>
              <p role="status">
                {t(`return.${found.state === 'open' ? 'opened' : found.state}`, {
                  day: dayText(found.last_day, lang),
                })}
              </p>
            </Notice>
          ) : (
            <Button busy={open.busy} onClick={() => void open.run()}>
              {t('return.open')}
            </Button>
          )
        }
      </Wait>
    </Dialog>
  );
}
