import { useState, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Field, Notice, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import { RulesFields } from './rules-fields.tsx';
import { RulesTry } from './rules-try.tsx';
import type { Rules, RuleSets } from './rules-types.ts';
import { useStaff } from './staff-context.tsx';
import { useConsoleWords } from './words.ts';

/** 预约规则: the versions of a hospital's rules, and the next one as a form. */
export function RulesPage(): ReactElement {
  const { t } = useConsoleWords();
  const { may } = useStaff();
  const sets = useLoad('rule-sets', () => api<RuleSets>('/api/staff/rule-sets'));
  return (
    <div className="stack">
      <h1>{t('nav.rules')}</h1>
      <p className="soft">{t('rules.lead')}</p>
      <Wait on={sets}>
        {(data) => (
          <>
            {data.versions.length === 0 && <Notice>{t('rules.none')}</Notice>}
            <ul className="cards">
              {data.versions.map((one) => (
                <li key={one.version} className="card">
                  {t('rules.version', { n: one.version, date: one.effective_from })}{' '}
                  {one.in_force && <Tag tone="good">{t('rules.in-force')}</Tag>}
                  <p className="small">{one.reason}</p>
                </li>
              ))}
            </ul>
            {may('rules.write') && <RulesForm sets={data} onDone={sets.reload} />}
          </>
        )}
      </Wait>
    </div>
  );
}

function RulesForm({ sets, onDone }: { sets: RuleSets; onDone: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const now = sets.versions.find((one) => one.in_force)?.rules ?? sets.plain;
  const [rules, setRules] = useState<Rules>(now);
  const [reason, setReason] = useState('');
  const [from, setFrom] = useState('');
  const [saved, setSaved] = useState<{ version: number; effective_from: string }>();
  const save = useAction(async (key) => {
    const base_version = sets.versions[0]?.version ?? 0;
    const body = { base_version, effective_from: from, reason, rules };
    setSaved(await api('/api/staff/rule-sets', { method: 'POST', key, body }));
    onDone();
  });
  const starts: [string, string, Rules][] = [
    ['current', t('rules.current'), now],
    ['plain', t('rules.plain'), sets.plain],
    ...sets.presets.map((one): [string, string, Rules] => [one.code, `${one.name}：${one.about}`, one.rules]), // prettier-ignore
  ];
  return (
    <Card title={t('rules.edit')}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void save.run();
        }}
      >
        <Field
          label={t('rules.start')}
          hint={t('rules.kept')}
          control={(ties) => (
            <select
              {...ties}
              onChange={(event) =>
                setRules(starts.find(([code]) => code === event.target.value)?.[2] ?? now)
              }
            >
              {starts.map(([code, name]) => (
                <option key={code} value={code}>
                  {name}
                </option>
              ))}
            </select>
          )}
        />
        <RulesFields rules={rules} onChange={setRules} />
        <RulesTry rules={rules} />
        <Field
          label={t('rules.from')}
          hint={t('rules.from-hint')}
          control={
            (ties) =>
            <input {...ties} type="date" required value={from} onChange={(event) => setFrom(event.target.value)} /> // prettier-ignore
          }
        />
        <Field
          label={t('rules.reason')}
          control={
            (ties) =>
            <textarea {...ties} required minLength={4} rows={2} value={reason} onChange={(event) => setReason(event.target.value)} /> // prettier-ignore
          }
        />
        <ProblemNotice problem={save.problem} />
        {saved && (
          <Notice tone="good">
            {t('rules.saved', { n: saved.version, date: saved.effective_from })}
          </Notice>
        )}
        <Button type="submit" busy={save.busy}>
          {t('rules.save')}
        </Button>
      </form>
    </Card>
  );
}
