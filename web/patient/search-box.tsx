import { useState, type ReactElement } from 'react';
import { useNavigate } from '../shared/router.tsx';
import { Button, Field } from '../shared/ui.tsx';
import { usePatientWords } from './words.ts';

/** One box for everything one may look for; it leads to the results. */
export function SearchBox(props: { q?: string; hospitalId?: string | null }): ReactElement {
  const { t } = usePatientWords();
  const navigate = useNavigate();
  const [q, setQ] = useState(props.q ?? '');
  return (
    <form
      role="search"
      className="stack tight"
      onSubmit={(event) => {
        event.preventDefault();
        if (q.trim() === '') return;
        const query = new URLSearchParams({ q: q.trim() });
        if (props.hospitalId) query.set('h', props.hospitalId);
        navigate(`/search?${query.toString()}`);
      }}
    >
      <Field
        label={t('find.label')}
        hint={t('find.hint')}
        control={(ties) => (
          <span className="search-line">
            <input
              {...ties}
              type="search"
              maxLength={40}
              enterKeyHint="search"
              value={q}
              onChange={(event) => setQ(event.target.value)}
            />
            <Button type="submit">{t('find.go')}</Button>
          </span>
        )}
      />
    </form>
  );
}
