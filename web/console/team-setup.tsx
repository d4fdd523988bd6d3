import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Empty, Notice, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import { ReferralSelect } from './referral-select.tsx';
import type { Team, Teams } from './referral-types.ts';
import { useConsoleWords } from './words.ts';

/** 专家团队: who is in which team, and how many patients each sent on to its expert. */
export function TeamsPage(): ReactElement {
  const { t } = useConsoleWords();
  const path = '/api/staff/expert-teams';
  const found = useLoad(path, () => api<Teams>(path));
  const [edited, setEdited] = useState<Team>();
  return (
    <div className="stack">
      <h1>{t('nav.teams')}</h1>
      <p>{t('team.lead')}</p>
      <Wait on={found}>
        {(data) => (
          <>
            {data.teams.length === 0 && <Empty title={t('team.none')} />}
            <ul className="cards">
              {data.teams.map((team) => (
                <li key={team.healthcare_service_id}>
                  <OneTeam team={team} onEdit={() => setEdited(team)} />
                </li>
              ))}
            </ul>
            {data.clinics.length === 0 ? (
              <Notice>
                <p>{t('team.no-clinics')}</p>
              </Notice>
            ) : (
              <TeamForm
                key={edited?.healthcare_service_id ?? ''}
                data={data}
                edited={edited}
                reload={found.reload}
              />
            )}
          </>
        )}
      </Wait>
    </div>
  );
}

function OneTeam({ team, onEdit }: { team: Team; onEdit: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const { service_name: name, months } = team;
  return (
    <Card
      title={name}
      aside={team.closed ? <Tag tone="muted">{t('team.closed-tag')}</Tag> : undefined}
    >
      <p>
        {t('team.expert')}：{t('team.doctor', team.expert)}
      </p>
      <p>
        {t('team.members')}：{team.members.map((one) => t('team.doctor', one)).join('、')}
      </p>
      {months.length === 0 ? (
        <p className="small">{t('team.no-months')}</p>
      ) : (
        <ul className="small">
          {months.slice(0, 6).map(({ month, total }) => (
            <li key={month}>{t('team.month', { month, n: total })}</li>
          ))}
        </ul>
      )}
      <div>
        <Button look="quiet" aria-label={t('team.edit-of', { name })} onClick={onEdit}>
          {t('team.edit')}
        </Button>
      </div>
    </Card>
  );
}

function TeamForm(props: {
  data: Teams;
  edited: Team | undefined;
  reload: () => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { data, edited } = props;
  const clinics = data.clinics.map(
    (one) => [one.healthcare_service_id, `${one.department_name} ${one.name}`] as const,
  );
  const [clinic, setClinic] = useState(edited?.healthcare_service_id ?? clinics[0]?.[0] ?? '');
  const [expert, setExpert] = useState(edited?.expert.practitioner_id ?? '');
  const [members, setMembers] = useState(
    () => new Set(edited?.members.map((one) => one.practitioner_id)),
  );
  const [closed, setClosed] = useState(edited?.closed ?? false);
  const [saved, setSaved] = useState(false);
  const save = useAction(async (key) => {
    const chosen = data.doctors.filter(
      ({ practitioner_id: id }) => members.has(id) && id !== expert,
    );
    const body = {
      ...{ healthcare_service_id: clinic, expert_id: expert, closed },
      members: chosen.map((one) => one.practitioner_id),
    };
    await post('/api/staff/expert-teams', body, key);
    setSaved(true);
    props.reload();
  });
  const toggle = (id: string): void => {
    const next = new Set(members);
    if (!next.delete(id)) next.add(id);
    setMembers(next);
  };
  const doctors = data.doctors.map((one) => [one.practitioner_id, t('team.doctor', one)] as const);
  return (
    <Card title={t('team.form')}>
      <form
        className="stack tight add-number"
        onSubmit={(event) => {
          event.preventDefault();
          void save.run();
        }}
      >
        <ReferralSelect
          label={t('team.clinic')}
          value={clinic}
          onChange={setClinic}
          options={clinics}
        />
        <ReferralSelect
          label={t('team.expert')}
          value={expert}
          onChange={setExpert}
          options={[['', t('team.choose')], ...doctors]}
        />
        <fieldset className="reasons">
          <legend>{t('team.members')}</legend>
          {doctors
            .filter(([id]) => id !== expert)
            .map(([id, text]) => (
              <label key={id} className="option">
                <input type="checkbox" checked={members.has(id)} onChange={() => toggle(id)} />
                {text}
              </label>
            ))}
        </fieldset>
        <label className="option">
          <input type="checkbox" checked={closed} onChange={() => setClosed(!closed)} />
          {t('team.closed')}
        </label>
        <ProblemNotice problem={save.problem} />
        {saved && (
          <Notice tone="good">
            <p role="status">{t('team.saved')}</p>
          </Notice>
        )}
        <div>
          <Button type="submit" busy={save.busy} disabled={expert === '' || members.size === 0}>
            {t('team.save')}
          </Button>
        </div>
      </form>
    </Card>
  );
}
