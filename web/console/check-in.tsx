import { useState, type ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { useAction } from '../shared/hooks.ts';
import { Button, Card, Field, Notice, ProblemNotice } from '../shared/ui.tsx';
import { LateReason } from './late-reason.tsx';
import type { DeskVisit } from './types.ts';
import { useConsoleWords } from './words.ts';

/** Checks a person in by the number of the booking and the document they show. */
export function CheckIn(props: {
  visits: readonly DeskVisit[];
  onDone: () => void;
}): ReactElement | null {
  const { t } = useConsoleWords();
  const waiting = props.visits.filter(({ status }) => status === 'booked');
  const [chosen, setChosen] = useState('');
  const [number, setNumber] = useState('');
  const [done, setDone] = useState<string | null>(null);
  const first = waiting[0]?.appointment_id ?? '';
  const id = waiting.some(({ appointment_id }) => appointment_id === chosen) ? chosen : first;
  const checkIn = useAction(async (key, late_reason?: string) => {
    setDone(null);
    const late = late_reason === undefined ? {} : { late_reason };
    const body = { document_number: number, ...late };
    await post(`/api/staff/appointments/${id}/check-in`, body, key);
    setDone(waiting.find(({ appointment_id }) => appointment_id === id)?.name_masked ?? '');
    setNumber('');
    props.onDone();
  });
  if (waiting.length === 0 && done === null) return null;
  return (
    <Card title={t('check-in.title')}>
      {waiting.length > 0 && (
        <form
          className="filters"
          onSubmit={(event) => {
            event.preventDefault();
            void checkIn.run();
          }}
        >
          <Field
            label={t('check-in.visit')}
            control={(ties) => (
              <select {...ties} value={id} onChange={(event) => setChosen(event.target.value)}>
                {waiting.map((visit) => (
                  <option key={visit.appointment_id} value={visit.appointment_id}>
                    {t('slip.number', { n: visit.sequence })} {visit.name_masked}{' '}
                    {visit.document_masked}
                  </option>
                ))}
              </select>
            )}
          />
          <Field
            label={t('check-in.document')}
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
          <Button type="submit" busy={checkIn.busy}>
            {t('check-in.do')}
          </Button>
        </form>
      )}
      <ProblemNotice problem={checkIn.problem} />
      {checkIn.problem?.code === 'booking/check-in-late' && (
        <LateReason busy={checkIn.busy} onDo={(reason) => void checkIn.run(reason)} />
      )}
      {done !== null && <Notice tone="good" title={t('check-in.done', { name: done })} />}
    </Card>
  );
}
