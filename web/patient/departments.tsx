import { lazy, Suspense, useEffect, useMemo, useState, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { useLoad } from '../shared/hooks.ts';
import { Link, useParams } from '../shared/router.tsx';
import type { HospitalDetail } from '../shared/types.ts';
import { Field, Spinner, Wait } from '../shared/ui.tsx';
import { useHospitalOfPage } from './app-context.tsx';
import { usePatientWords } from './words.ts';

const SearchResults = lazy(() =>
  import('./search-results.tsx').then((m) => ({ default: m.SearchResults })),
);

export function DepartmentsPage(): ReactElement {
  const { hospitalId = '' } = useParams();
  useHospitalOfPage(hospitalId);
  const hospital = useLoad(hospitalId, () => api<HospitalDetail>(`/api/hospitals/${hospitalId}`));
  return <Wait on={hospital}>{(data) => <DepartmentList hospital={data} />}</Wait>;
}

function DepartmentList({ hospital }: { hospital: HospitalDetail }): ReactElement {
  const { t } = usePatientWords();
  const [search, setSearch] = useState('');
  const campuses = useMemo(() => {
    const wanted = search.trim().toLowerCase();
    return hospital.campuses
      .map((campus) => ({
        ...campus,
        departments: hospital.departments.filter(
          ({ campus_id, name, specialty_name }) =>
            campus_id === campus.id && `${name} ${specialty_name}`.toLowerCase().includes(wanted),
        ),
      }))
      .filter(({ departments }) => departments.length > 0);
  }, [hospital, search]);
  return (
    <div className="stack">
      <div>
        <h1>{hospital.name}</h1>
        <p className="soft">
          {hospital.level} · {hospital.address}
        </p>
        <p>
          <Link to={`/h/${hospital.id}/rules`}>{t('rules.link')}</Link>
        </p>
      </div>
      <Field
        label={t('dept.search')}
        hint={t('find.hint')}
        control={(ties) => (
          <input
            {...ties}
            type="search"
            value={search}
            maxLength={40}
            onChange={(event) => setSearch(event.target.value)}
          />
        )}
      />
      {campuses.length === 0 && <Elsewhere q={search.trim()} hospitalId={hospital.id} />}
      {campuses.map((campus) => (
        <section key={campus.id} className="stack tight" aria-labelledby={campus.id}>
          <h2 id={campus.id}>{campus.name}</h2>
          <p className="small">{campus.address || hospital.address}</p>
          <ul className="departments">
            {campus.departments.map((department) => (
              <li key={department.id}>
                <Link to={`/h/${hospital.id}/d/${department.id}`} className="card choice">
                  <span className="choice-title">{department.name}</span>
                  <span className="small">{department.place}</span>
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

/** No department of that name: the server looks for doctors, pinyin and complaints as well. */
function Elsewhere(props: { q: string; hospitalId: string }): ReactElement {
  const q = useSettled(props.q);
  if (q === '') return <></>;
  return (
    <Suspense fallback={<Spinner />}>
      <SearchResults q={q} hospitalId={props.hospitalId} />
    </Suspense>
  );
}

/** The text once nobody has typed for a moment. */
function useSettled(text: string): string {
  const [settled, setSettled] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), 300);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}
