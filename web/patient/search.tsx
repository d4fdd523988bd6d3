import type { ReactElement } from 'react';
import { useSearchParams } from '../shared/router.tsx';
import { useHospitalOfPage } from './app-context.tsx';
import { SearchBox } from './search-box.tsx';
import { SearchResults } from './search-results.tsx';
import { usePatientWords } from './words.ts';

/** What was looked for, over all hospitals or one. */
export function SearchPage(): ReactElement {
  const { t } = usePatientWords();
  const [params] = useSearchParams();
  const q = params.get('q') ?? '';
  const hospitalId = params.get('h');
  useHospitalOfPage(hospitalId ?? undefined);
  return (
    <div className="stack">
      <h1>{t('find.title')}</h1>
      <SearchBox key={q} q={q} hospitalId={hospitalId} />
      {q !== '' && <SearchResults q={q} hospitalId={hospitalId} />}
    </div>
  );
}
