import { useState, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { useLoad } from '../shared/hooks.ts';
import { Spinner } from '../shared/ui.tsx';
import { usePatientWords } from './words.ts';

type Doctor = { practitioner_id: string; name: string; title: string };
type Team = {
  healthcare_service_id: string;
  expert: Doctor;
  members: Doctor[];
  months: { month: string; total: number }[];
};

/** Who is in the team of a clinic; asked for when somebody looks. */
export function TeamNote(props: { hospitalId: string; clinicId: string }): ReactElement {
  const { t } = usePatientWords();
  const [open, setOpen] = useState(false);
  return (
    <details onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{t('team.who')}</summary>
      {open && <Members {...props} />}
    </details>
  );
}

function Members(props: { hospitalId: string; clinicId: string }): ReactElement {
  const { t } = usePatientWords();
  const path = `/api/hospitals/${props.hospitalId}/expert-teams`;
  const found = useLoad(path, () => api<{ teams: Team[] }>(path));
  if (!found.data) return <Spinner />;
  const team = found.data.teams.find((one) => one.healthcare_service_id === props.clinicId);
  const [latest] = team?.months ?? [];
  return (
    <div className="stack tight">
      {team && <p className="strong">{t('team.expert', team.expert)}</p>}
      {team && (
        <ul aria-label={t('team.members')}>
          {team.members.map((one) => (
            <li key={one.practitioner_id}>{t('team.member', one)}</li>
          ))}
        </ul>
      )}
      <p>{t('team.how')}</p>
      {latest && (
        <p className="small">{t('team.total', { month: latest.month, n: latest.total })}</p>
      )}
    </div>
  );
}
