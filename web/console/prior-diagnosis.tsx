import { useState, type ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { useAction } from '../shared/hooks.ts';
import { Button, Dialog, Field, Notice, ProblemNotice } from '../shared/ui.tsx';
import { useStaff } from './staff-context.tsx';
import { useConsoleWords } from './words.ts';

/** A paper seen at the window opens the internet clinic to its patient; what it says is not written down. */
export function PriorDiagnosis({ patient_id }: { patient_id: string }): ReactElement {
  const { t } = useConsoleWords();
  const [open, setOpen] = useState(false);
  return (
    <div>
      <Button look="quiet" onClick={() => setOpen(true)}>
        {t('prior.open')}
      </Button>
      {open && <NoteDialog patient_id={patient_id} onClose={() => setOpen(false)} />}
    </div>
  );
}

function NoteDialog(props: { patient_id: string; onClose: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const { hospital } = useStaff();
  const departments = hospital?.departments ?? [];
  const [department, setDepartment] = useState('');
  const [day, setDay] = useState('');
  const [done, setDone] = useState(false);
  const note = useAction(async (key) => {
    const department_id = department || departments[0]?.id;
    const body = { patient_id: props.patient_id, department_id, diagnosed_on: day };
    await post('/api/staff/prior-diagnoses', body, key);
    setDone(true);
  });
  return (
    <Dialog title={t('prior.open')} onClose={props.onClose}>
      {done ? (
        <Notice tone="good">
          <p role="status">{t('prior.done')}</p>
        </Notice>
      ) : (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void note.run();
          }}
        >
          <p>{t('prior.text')}</p>
          <Field
            label={t('prior.department')}
            control={(ties) => (
              <select
                {...ties}
                value={department}
                onChange={(event) => setDepartment(event.target.value)}
              >
                {departments.map((one) => (
                  <option key={one.id} value={one.id}>
                    {one.name}
                  </option>
                ))}
              </select>
            )}
          />
          <Field
            label={t('prior.day')}
            control={(ties) => (
              <input
                {...ties}
                type="date"
                required
                value={day}
                onChange={(event) => setDay(event.target.value)}
              />
            )}
          />
          <ProblemNotice problem={note.problem} />
          <Button type="submit" busy={note.busy}>
            {t('prior.do')}
          </Button>
        </form>
      )}
    </Dialog>
  );
}
