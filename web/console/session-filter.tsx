import { useState, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { addDays, dayOf } from '../shared/format.ts';
import { serverNow, useLoad, type Loaded } from '../shared/hooks.ts';
import { Field } from '../shared/ui.tsx';
import { useStaff } from './staff-context.tsx';
import type { StaffSession, Supply } from './types.ts';
import { useConsoleWords } from './words.ts';

export type Filter = { from: string; to: string; department_id: string };

/** Dates and department to look at, starting with today and so many days. */
export function useSessions(days: number): {
  filter: Filter;
  setFilter: (filter: Filter) => void;
  sessions: Loaded<StaffSession[]>;
} {
  const [filter, setFilter] = useState<Filter>(() => {
    const from = dayOf(serverNow());
    return { from, to: addDays(from, days), department_id: '' };
  });
  const { from, to, department_id } = filter;
  const query = `/api/staff/sessions?from=${from}&to=${to}${department_id ? `&department_id=${department_id}` : ''}`;
  const sessions = useLoad(from && to ? query : null, async () => {
    const [{ sessions: list }, supply] = await Promise.all([
      api<{ sessions: StaffSession[] }>(query),
      api<{ sessions: Supply[] }>(query.replace('/sessions?', '/supply?')),
    ]);
    const bySession = new Map(supply.sessions.map((one) => [one.session_id, one]));
    return list.map((session) => {
      const known = bySession.get(session.id);
      return known ? { ...session, supply: known } : session;
    });
  });
  return { filter, setFilter, sessions };
}

export function SessionFilter(props: {
  filter: Filter;
  onChange: (filter: Filter) => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { hospital } = useStaff();
  const { filter, onChange } = props;
  return (
    <div className="filters">
      {(['from', 'to'] as const).map((end) => (
        <Field
          key={end}
          label={t(`filter.${end}`)}
          control={(ties) => (
            <input
              {...ties}
              type="date"
              value={filter[end]}
              onChange={(event) => onChange({ ...filter, [end]: event.target.value })}
            />
          )}
        />
      ))}
      <Field
        label={t('filter.department')}
        control={(ties) => (
          <select
            {...ties}
            value={filter.department_id}
            onChange={(event) => onChange({ ...filter, department_id: event.target.value })}
          >
            <option value="">{t('filter.all')}</option>
            {hospital?.departments.map(({ id, name }) => (
              <option key={id} value={id}>
                {name}
              </option>
            ))}
          </select>
        )}
      />
    </div>
  );
}
