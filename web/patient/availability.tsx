import { useMemo, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { addDays, dayOf, dayText } from '../shared/format.ts';
import { serverNow, useLoad } from '../shared/hooks.ts';
import { Link, useParams, useSearchParams } from '../shared/router.tsx';
import { dayState } from '../shared/states.ts';
import type { Availability, Clinic, HospitalDetail, Session } from '../shared/types.ts';
import { Empty, Wait } from '../shared/ui.tsx';
import { useHospitalOfPage } from './app-context.tsx';
import { DateStrip } from './date-strip.tsx';
import { DoctorCard } from './doctor-card.tsx';
import { usePatientWords } from './words.ts';

const DAYS = 14;

export function AvailabilityPage(): ReactElement {
  const { hospitalId = '', departmentId = '' } = useParams();
  useHospitalOfPage(hospitalId);
  const { t } = usePatientWords();
  const from = dayOf(serverNow());
  const to = addDays(from, DAYS - 1);
  const hospital = useLoad(hospitalId, () => api<HospitalDetail>(`/api/hospitals/${hospitalId}`));
  const query = `/api/departments/${departmentId}/availability?from=${from}&to=${to}`;
  const availability = useLoad(query, () => api<Availability>(query), 30_000);
  const department = hospital.data?.departments.find(({ id }) => id === departmentId);
  const campus = hospital.data?.campuses.find(({ id }) => id === department?.campus_id);
  return (
    <div className="stack">
      <div>
        <p className="small">
          <Link to={`/h/${hospitalId}`}>{hospital.data?.name ?? t('common.back')}</Link>
        </p>
        <h1>{department?.name ?? t('avail.title')}</h1>
        {department && (
          <p className="soft">
            {campus?.name} · {department.place}
            <br />
            {campus?.address || hospital.data?.address}
          </p>
        )}
        <p>
          <Link to={`/h/${hospitalId}/rules`}>{t('session.rules')}</Link>
        </p>
      </div>
      <Wait on={availability}>
        {(data) => (
          <Days
            data={data}
            hospitalId={hospitalId}
            departmentId={departmentId}
            clinics={hospital.data?.services ?? []}
          />
        )}
      </Wait>
    </div>
  );
}

function Days(props: {
  data: Availability;
  hospitalId: string;
  departmentId: string;
  clinics: readonly Clinic[];
}): ReactElement {
  const { days } = props.data;
  const { t, lang } = usePatientWords();
  const [params, setParams] = useSearchParams();
  const clinic = params.get('clinic');
  const sessions = useMemo(
    () => props.data.sessions.filter(({ service }) => clinic === null || service.id === clinic),
    [props.data.sessions, clinic],
  );
  const byDay = useMemo(() => groupBy(sessions, ({ service_date }) => service_date), [sessions]);
  const states = days.map((day) => ({
    day,
    state: dayState((byDay.get(day) ?? []).map(({ state }) => state)),
  }));
  const first =
    states.find(({ state }) => state === 'free') ??
    states.find(({ state }) => state === 'register') ??
    states.find(({ state }) => state !== 'none');
  const chosen = params.get('date') ?? first?.day ?? days[0] ?? '';
  const ofDay = byDay.get(chosen) ?? [];
  const doctors = groupBy(ofDay, ({ service }) => service.id);
  return (
    <>
      {clinic !== null && (
        <p className="row spread">
          <span>
            {t('doctor.only', { name: props.clinics.find(({ id }) => id === clinic)?.name ?? '' })}
          </span>
          <Link to={`/h/${props.hospitalId}/d/${props.departmentId}`}>{t('doctor.everyone')}</Link>
        </p>
      )}
      <DateStrip
        days={states}
        chosen={chosen}
        onChoose={(day) =>
          setParams({ ...(clinic === null ? {} : { clinic }), date: day }, { replace: true })
        }
      />
      <h2>{t('avail.day', { day: dayText(chosen, lang) })}</h2>
      {ofDay.length === 0 && <Empty title={t('avail.none')} />}
      <ul className="stack">
        {[...doctors].map(([service, list]) => (
          <li key={service}>
            <DoctorCard
              sessions={list}
              hospitalId={props.hospitalId}
              speciality={props.clinics.find(({ id }) => id === service)?.practitioner_speciality}
            />
          </li>
        ))}
      </ul>
    </>
  );
}

function groupBy(
  sessions: readonly Session[],
  keyOf: (session: Session) => string,
): Map<string, Session[]> {
  const groups = new Map<string, Session[]>();
  for (const session of sessions) {
    const group = groups.get(keyOf(session));
    if (group) group.push(session);
    else groups.set(keyOf(session), [session]);
  }
  return groups;
}
