import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Dialog, Field, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import { EventsCard, RuleCard, SessionsCard } from './security-cards.tsx';
import { useStaff } from './staff-context.tsx';
import { useConsoleWords } from './words.ts';
import type { securityZh } from './zh-security.ts';

type Word = keyof typeof securityZh;

type Member = {
  staff_id: string;
  username: string;
  display_name: string;
  roles: string[];
  disabled: boolean;
  locked_until: string | null;
  enrolled: boolean;
  needs_second_factor: boolean;
  must_change_password: boolean;
  sessions: number;
  last_sign_in: string | null;
};

const heads = ['name', 'role', 'state', 'factor', 'sessions', 'last', 'act'] as const;
const reasons = ['phone-lost', 'phone-new', 'suspicion'] as const;

/** 安全管理: for the security administrator; no patient's data is here. */
export function SecurityPage(): ReactElement {
  const { t } = useConsoleWords();
  const path = '/api/staff/security/members';
  const members = useLoad('members', () => api<{ members: Member[] }>(path), 30_000);
  return (
    <div className="stack">
      <h1>{t('nav.security')}</h1>
      <p className="soft">{t('security.lead')}</p>
      <Wait on={members}>
        {({ members: list }) => <MemberTable members={list} reload={members.reload} />}
      </Wait>
      <SessionsCard />
      <RuleCard />
      <EventsCard />
    </div>
  );
}

function MemberTable(props: { members: Member[]; reload: () => void }): ReactElement {
  const { t } = useConsoleWords();
  return (
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
          {props.members.map((member) => (
            <MemberRow key={member.staff_id} member={member} reload={props.reload} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function MemberRow({ member, reload }: { member: Member; reload: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const { staff } = useStaff();
  const [resetting, setResetting] = useState(false);
  const unlock = useAction(async () => {
    await post(`/api/staff/security/members/${member.staff_id}/unlock`);
    reload();
  });
  const last = member.last_sign_in;
  return (
    <tr>
      <td>
        {member.display_name} <span className="soft mono">{member.username}</span>
      </td>
      <td>{member.roles.map((role) => t(`role.${role}` as Word)).join('、')}</td>
      <td>
        <StateTag member={member} />
      </td>
      <td>{t(factorWord(member))}</td>
      <td className="number">{member.sessions}</td>
      <td className="nowrap">{last === null ? t('security.never') : mdHm(last)}</td>
      <td>
        <span className="row">
          {member.locked_until !== null && (
            <Button look="secondary" busy={unlock.busy} onClick={() => void unlock.run()}>
              {t('security.unlock')}
            </Button>
          )}
          {member.enrolled && member.staff_id !== staff?.staff_id && (
            <Button look="secondary" onClick={() => setResetting(true)}>
              {t('security.reset')}
            </Button>
          )}
        </span>
        <ProblemNotice problem={unlock.problem} />
        {resetting && <ResetDialog {...{ member, reload }} onClose={() => setResetting(false)} />}
      </td>
    </tr>
  );
}

function factorWord(member: Member): Word {
  if (member.enrolled) return 'security.enrolled';
  return member.needs_second_factor ? 'security.missing' : 'security.not-needed';
}

function StateTag({ member }: { member: Member }): ReactElement {
  const { t } = useConsoleWords();
  if (member.disabled) return <Tag tone="muted">{t('security.disabled')}</Tag>;
  if (member.locked_until !== null)
    return <Tag tone="bad">{t('security.locked', { time: mdHm(member.locked_until) })}</Tag>;
  if (member.must_change_password) return <Tag tone="wait">{t('security.given')}</Tag>;
  return <Tag tone="good">{t('security.normal')}</Tag>;
}

function ResetDialog(props: {
  member: Member;
  reload: () => void;
  onClose: () => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const [reason, setReason] = useState<(typeof reasons)[number]>('phone-lost');
  const { staff_id, display_name } = props.member;
  const reset = useAction(async () => {
    await post(`/api/staff/security/members/${staff_id}/reset-second-factor`, { reason });
    props.reload();
    props.onClose();
  });
  return (
    <Dialog title={t('security.reset-title', { name: display_name })} onClose={props.onClose}>
      <div className="stack">
        <p>{t('security.reset-lead')}</p>
        <Field
          label={t('security.reason')}
          control={(ties) => (
            <select
              {...ties}
              value={reason}
              onChange={(event) => setReason(event.target.value as typeof reason)}
            >
              {reasons.map((one) => (
                <option key={one} value={one}>
                  {t(`reason.${one}`)}
                </option>
              ))}
            </select>
          )}
        />
        <ProblemNotice problem={reset.problem} />
        <Button look="danger" busy={reset.busy} onClick={() => void reset.run()}>
          {t('security.reset')}
        </Button>
      </div>
    </Dialog>
  );
}
