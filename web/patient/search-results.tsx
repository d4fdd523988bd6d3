import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { useLoad } from '../shared/hooks.ts';
import { Link } from '../shared/router.tsx';
import type { Level } from '../shared/types.ts';
import { Empty, LinkButton, Notice, Tag, Wait } from '../shared/ui.tsx';
import { usePatientWords } from './words.ts';

type Place = {
  hospital_id: string;
  hospital_name: string;
  department_id: string;
  department_name: string;
  place: string;
  campus_name: string;
  campus_address: string;
};
export type FoundDepartment = Place & { specialty_name: string; why: 'name' | 'guidance' };
type FoundClinic = Place & {
  id: string;
  name: string;
  level: Level;
  practitioner_name: string | null;
  practitioner_title: string | null;
  practitioner_speciality: string | null;
};
type Found = {
  hospitals: { hospital_id: string; hospital_name: string }[];
  departments: FoundDepartment[];
  clinics: FoundClinic[];
  complaints: string[];
  urgent: boolean;
};

/** Departments, then doctors and clinics; a complaint that may be urgent speaks of 120 first. */
export function SearchResults(props: { q: string; hospitalId: string | null }): ReactElement {
  const { t } = usePatientWords();
  const { q, hospitalId } = props;
  const query = new URLSearchParams({ q, ...(hospitalId ? { hospital_id: hospitalId } : {}) });
  const path = `/api/search?${query.toString()}`;
  const found = useLoad(path, () => api<Found>(path));
  return (
    <Wait on={found}>
      {({ hospitals, departments, clinics, complaints, urgent }) => (
        <>
          <p className="hidden-text" role="status">
            {t('find.results', { q })}
          </p>
          {urgent && <UrgentComplaint />}
          {complaints.length > 0 && departments.length > 0 && (
            <Notice>
              <p>{t('find.guidance', { words: complaints.join('、') })}</p>
            </Notice>
          )}
          {hospitals.length + departments.length + clinics.length === 0 && (
            <Empty title={t('find.none')}>
              <LinkButton to="/guide" look="secondary">
                {t('find.guide')}
              </LinkButton>
            </Empty>
          )}
          {hospitals.length > 0 && (
            <ul className="stack tight">
              {hospitals.map(({ hospital_id, hospital_name }) => (
                <li key={hospital_id}>
                  <Link to={`/h/${hospital_id}`} className="card choice choice-title">
                    {hospital_name}
                  </Link>
                </li>
              ))}
            </ul>
          )}
          {departments.length > 0 && (
            <section className="stack tight" aria-labelledby="found-departments">
              <h2 id="found-departments">{t('find.departments')}</h2>
              <DepartmentCards departments={departments} />
            </section>
          )}
          {clinics.length > 0 && (
            <section className="stack tight" aria-labelledby="found-clinics">
              <h2 id="found-clinics">{t('find.clinics')}</h2>
              <ul className="stack tight">
                {clinics.map((clinic) => (
                  <li key={clinic.id}>
                    <ClinicCard clinic={clinic} />
                  </li>
                ))}
              </ul>
            </section>
          )}
        </>
      )}
    </Wait>
  );
}

function UrgentComplaint(): ReactElement {
  const { t } = usePatientWords();
  return (
    <Notice tone="bad" title={t('ways.emergency')}>
      <a href="tel:120" className="button danger">
        {t('urgent.call')}
      </a>
    </Notice>
  );
}

/** Departments one may begin with, each with its hospital and campus. */
export function DepartmentCards(props: { departments: readonly FoundDepartment[] }): ReactElement {
  const { t } = usePatientWords();
  return (
    <ul className="stack tight">
      {props.departments.map((one) => (
        <li key={one.department_id}>
          <Link to={`/h/${one.hospital_id}/d/${one.department_id}`} className="card choice">
            <span className="row spread">
              <span className="choice-title">{one.department_name}</span>
              {one.why === 'guidance' && <Tag tone="open">{t('find.guided')}</Tag>}
            </span>
            <PlaceText place={one} />
          </Link>
        </li>
      ))}
    </ul>
  );
}

function ClinicCard({ clinic }: { clinic: FoundClinic }): ReactElement {
  const { t } = usePatientWords();
  const { practitioner_name, practitioner_title, practitioner_speciality } = clinic;
  return (
    <Link
      to={`/h/${clinic.hospital_id}/d/${clinic.department_id}?clinic=${clinic.id}`}
      className="card choice"
    >
      <span className="row spread">
        <span className="choice-title">
          {practitioner_name ?? clinic.name}{' '}
          {practitioner_title && <span className="soft title">{practitioner_title}</span>}
        </span>
        <Tag tone="good">{t(`level.${clinic.level}`)}</Tag>
      </span>
      {practitioner_speciality && (
        <span className="soft">{t('doctor.good-at', { text: practitioner_speciality })}</span>
      )}
      <span>{clinic.department_name}</span>
      <PlaceText place={clinic} />
    </Link>
  );
}

function PlaceText({ place }: { place: Place }): ReactElement {
  const { t } = usePatientWords();
  return (
    <span className="small">
      {place.hospital_name} · {place.place}
      <br />
      {t('doctor.at', { campus: place.campus_name, address: place.campus_address })}
    </span>
  );
}
