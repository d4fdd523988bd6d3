import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import type { Entry, Visit } from '../shared/types.ts';
import { Button, Card, Empty, Field, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import type { WindowPatient } from './types.ts';
import { WindowBook } from './window-book.tsx';
import { WindowVisit } from './window-visit.tsx';
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
  const text = (name: 'name' | 'document_number' | 'phone', required: boolean): ReactElement => (
    <Field
      label={t(`window.${name}`)}
      control={(ties) => (
        <input
          {...ties}
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
          {text('name', true)}
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
          {text('document_number', true)}
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

function AtWindow(props: { patient: WindowPatient; onDone: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const { patient } = props;
  const path = `/api/staff/patients/${patient.patient_id}/visits`;
  const visits = useLoad(
    path,
    () => api<{ appointments: Visit[]; entries: Entry[] }>(path),
    20_000,
  );
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
      </Card>
      <div className="columns">
        <WindowBook patient={patient} onDone={visits.reload} />
        <Card title={t('window.visits')}>
          <Wait on={visits}>
            {({ appointments, entries }) => (
              <>
                {appointments.length + entries.length === 0 && (
                  <Empty title={t('window.no-visits')} />
                )}
                <ul className="stack">
                  {appointments.map((visit) => (
                    <li key={visit.appointment_id}>
                      <WindowVisit visit={visit} reload={visits.reload} />
                    </li>
                  ))}
                  {entries.map((entry) => (
                    <li key={entry.e} className="row spread line">
                      <span>
                        {t('window.entry')} <span className="mono">{entry.short_code}</span>
                      </span>
                      <Tag tone="open">{t(`entry.${entry.state}`)}</Tag>
                    </li>
                  ))}
                </ul>
              </>
            )}
          </Wait>
        </Card>
      </div>
    </>
  );
}
