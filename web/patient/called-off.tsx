import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { dayText } from '../shared/format.ts';
import { useLoad } from '../shared/hooks.ts';
import { Link, useSearchParams } from '../shared/router.tsx';
import type { Period } from '../shared/types.ts';
import { Empty, Tag, Wait } from '../shared/ui.tsx';
import { useCommon } from './app-context.tsx';
import { HospitalSelect } from './hospital-select.tsx';
import { usePatientWords } from './words.ts';

type CalledOff = {
  session_id: string;
  hospital_id: string;
  hospital_name: string;
  campus_name: string;
  department_id: string;
  department_name: string;
  service_name: string;
  service_date: string;
  period: Period;
  practitioner_name: string | null;
  kind: 'stopped' | 'substituted';
  instead_of: string | null;
};

/** 停诊公告: stopped sessions and other doctors of the next 14 days, for everybody. */
export function CalledOffPage(): ReactElement {
  const { t } = usePatientWords();
  const [params] = useSearchParams();
  const chosen = params.get('hospital') ?? '';
  const path = `/api/called-off${chosen ? `?hospital_id=${chosen}` : ''}`;
  const off = useLoad(path, () => api<{ sessions: CalledOff[] }>(path), 60_000);
  return (
    <div className="stack">
      <h1>{t('off.title')}</h1>
      <p>{t('off.lead')}</p>
      <HospitalSelect chosen={chosen} all={t('off.all')} />
      <Wait on={off}>
        {({ sessions }) =>
          sessions.length === 0 ? (
            <Empty title={t('off.none')} />
          ) : (
            <ul className="stack">
              {sessions.map((one) => (
                <li key={one.session_id} className="card">
                  <Line one={one} />
                </li>
              ))}
            </ul>
          )
        }
      </Wait>
    </div>
  );
}

function Line({ one }: { one: CalledOff }): ReactElement {
  const { t, lang } = usePatientWords();
  const { hospitals } = useCommon();
  const several = (hospitals.data?.length ?? 0) > 1;
  return (
    <>
      <div className="row spread">
        <h2>
          {dayText(one.service_date, lang)} {t(`period.${one.period}`)}
        </h2>
        <Tag tone={one.kind === 'stopped' ? 'bad' : 'wait'}>{t(`off.${one.kind}`)}</Tag>
      </div>
      <p>
        {one.department_name} · {one.service_name}
      </p>
      {one.kind === 'substituted' && (
        <p>{t('off.instead', { from: one.instead_of ?? '', to: one.practitioner_name ?? '' })}</p>
      )}
      <p className="small">
        {several && `${one.hospital_name} · `}
        {one.campus_name}
      </p>
      <p>
        <Link to={`/h/${one.hospital_id}/d/${one.department_id}`}>
          {t('off.others', { name: one.department_name })}
        </Link>
      </p>
    </>
  );
}
