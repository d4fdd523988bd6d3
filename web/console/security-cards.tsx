import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { DeviceName, MethodName, type Device } from '../shared/devices.tsx';
import { mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Empty, Notice, ProblemNotice, Wait } from '../shared/ui.tsx';
import { useStaff } from './staff-context.tsx';
import type { securityZh } from './zh-security.ts';
import { useConsoleWords } from './words.ts';

type Word = keyof typeof securityZh;
type StaffDevice = Device & { staff_id: string; display_name: string };

/** Where staff are signed in. */
export function SessionsCard(): ReactElement {
  const { t } = useConsoleWords();
  const path = '/api/staff/security/sessions';
  const list = useLoad('staff-sessions', () => api<{ sessions: StaffDevice[] }>(path), 30_000);
  const heads = ['name', 'device', 'method', 'seen', 'act'] as const;
  return (
    <Card title={t('security.devices')}>
      <Wait on={list}>
        {({ sessions }) =>
          sessions.length === 0 ? (
            <Empty title={t('security.none')} />
          ) : (
            <div className="table-wrap">
              <table>
                <thead>
                  <tr>
                    {heads.map((head) => (
                      <th key={head} scope="col">
                        {t(`security.${head}`)}
                      </th>
                    ))}
                  </tr>
                </thead>
                <tbody>
                  {sessions.map((device) => (
                    <SessionRow key={device.session_id} device={device} reload={list.reload} />
                  ))}
                </tbody>
              </table>
            </div>
          )
        }
      </Wait>
    </Card>
  );
}

function SessionRow(props: { device: StaffDevice; reload: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const { device, reload } = props;
  const end = useAction(async () => {
    await post(`/api/staff/security/sessions/${device.session_id}/end`);
    reload();
  });
  return (
    <tr>
      <td>{device.display_name}</td>
      <td>
        <DeviceName device={device} />
      </td>
      <td>
        <MethodName method={device.method} />
      </td>
      <td className="nowrap">{mdHm(device.seen_at)}</td>
      <td>
        <Button look="secondary" busy={end.busy} onClick={() => void end.run()}>
          {t('security.end')}
        </Button>
        <ProblemNotice problem={end.problem} />
      </td>
    </tr>
  );
}

type Rule = { always: string[]; second_factor_roles: string[] };
const all_roles = [
  'system_admin',
  'security_admin',
  'audit_admin',
  'registration_manager',
  'information_centre',
  'registration_clerk',
  'doctor',
  'triage_nurse',
  'discipline_office',
];

/** Which roles need a second factor in this hospital. */
export function RuleCard(): ReactElement | null {
  const { t } = useConsoleWords();
  const { staff } = useStaff();
  const own = staff?.hospital_id ?? null;
  const rule = useLoad(own === null ? null : 'rule', () => api<Rule>('/api/staff/security/rule'));
  if (own === null) return null;
  return (
    <Card title={t('security.rule')}>
      <Wait on={rule}>{(known) => <RuleForm rule={known} />}</Wait>
    </Card>
  );
}

function RuleForm({ rule }: { rule: Rule }): ReactElement {
  const { t } = useConsoleWords();
  const [chosen, setChosen] = useState(rule.second_factor_roles);
  const [saved, setSaved] = useState(false);
  const save = useAction(async () => {
    await post('/api/staff/security/rule', { second_factor_roles: chosen });
    setSaved(true);
  });
  const toggle = (role: string, on: boolean): void => {
    setSaved(false);
    setChosen(on ? [...chosen, role] : chosen.filter((one) => one !== role));
  };
  return (
    <div className="stack">
      <fieldset>
        <legend>{t('security.rule-lead')}</legend>
        <div className="row">
          {all_roles.map((role) => {
            const fixed = rule.always.includes(role);
            return (
              <label key={role} className="option">
                <input
                  type="checkbox"
                  disabled={fixed}
                  checked={fixed || chosen.includes(role)}
                  onChange={(event) => toggle(role, event.target.checked)}
                />
                {t(`role.${role}` as Word)}
              </label>
            );
          })}
        </div>
      </fieldset>
      {saved && <Notice tone="good">{t('security.saved')}</Notice>}
      <ProblemNotice problem={save.problem} />
      <Button look="secondary" busy={save.busy} onClick={() => void save.run()}>
        {t('security.save')}
      </Button>
    </div>
  );
}

type SecurityEvent = {
  id: string;
  name: string;
  subject: string;
  actor: string;
  actor_name: string | null;
  subject_name: string | null;
  occurred_at: string;
};

/** What happened at the doors, newest first. */
export function EventsCard(): ReactElement {
  const { t } = useConsoleWords();
  const [before, setBefore] = useState<string | null>(null);
  const path = `/api/staff/security/events${before === null ? '' : `?before=${before}`}`;
  const page = useLoad(path, () => api<{ events: SecurityEvent[]; next: string | null }>(path));
  return (
    <Card title={t('security.events')}>
      <Wait on={page}>
        {({ events, next }) => (
          <div className="stack">
            {events.length === 0 && <Empty title={t('audit.none')} />}
            <ul className="stack">
              {events.map((event) => (
                <li key={event.id}>
                  <span className="nowrap">{mdHm(event.occurred_at)}</span>{' '}
                  <span className="strong">{t(`event.${event.name}` as Word)}</span>{' '}
                  <span>{event.subject_name}</span>{' '}
                  <span className="soft">
                    {event.actor_name === event.subject_name
                      ? ''
                      : t('security.by', { name: event.actor_name ?? event.actor })}
                  </span>
                </li>
              ))}
            </ul>
            <div className="row">
              {before !== null && (
                <Button look="secondary" onClick={() => setBefore(null)}>
                  {t('audit.newest')}
                </Button>
              )}
              {next !== null && (
                <Button look="secondary" onClick={() => setBefore(next)}>
                  {t('audit.older')}
                </Button>
              )}
            </div>
          </div>
        )}
      </Wait>
    </Card>
  );
}
