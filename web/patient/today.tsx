import { useState, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { useLoad } from '../shared/hooks.ts';
import type { Session } from '../shared/types.ts';
import { Empty, Field, Wait } from '../shared/ui.tsx';
import { HospitalSelect, useHospitalChoice } from './hospital-select.tsx';
import { SessionLinks } from './session-links.tsx';
import { usePatientWords } from './words.ts';

/** 当日挂号: what can still be booked for today and tomorrow, of one hospital. */
export function TodayPage(): ReactElement {
  const { t } = usePatientWords();
  const hospitalId = useHospitalChoice();
  const path = hospitalId && `/api/hospitals/${hospitalId}/soon`;
  const soon = useLoad(path, () => api<{ sessions: Session[] }>(path ?? ''), 30_000);
  return (
    <div className="stack">
      <h1>{t('today.title')}</h1>
      <p>{t('today.lead')}</p>
      <p className="strong warn-text">{t('ways.emergency')}</p>
      {hospitalId !== null && <HospitalSelect chosen={hospitalId} />}
      <Wait on={soon}>{({ sessions }) => <ByDepartment sessions={sessions} />}</Wait>
    </div>
  );
}

function ByDepartment({ sessions }: { sessions: readonly Session[] }): ReactElement {
  const { t } = usePatientWords();
  const [only, setOnly] = useState('');
  const names = new Map(
    sessions.map(({ department_id, department_name }) => [department_id, department_name]),
  );
  if (sessions.length === 0) return <Empty title={t('today.none')} />;
  return (
    <>
      {names.size > 1 && (
        <Field
          label={t('today.only')}
          control={(ties) => (
            <select {...ties} value={only} onChange={(event) => setOnly(event.target.value)}>
              <option value="">{t('today.all')}</option>
              {[...names].map(([id, name]) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </select>
          )}
        />
      )}
      <SessionLinks
        sessions={sessions.filter(({ department_id }) => only === '' || department_id === only)}
      />
    </>
  );
}
