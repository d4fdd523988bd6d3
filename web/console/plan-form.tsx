import { useState, type ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { dayOf } from '../shared/format.ts';
import { serverNow, useAction } from '../shared/hooks.ts';
import { Button, Field, Notice, ProblemNotice } from '../shared/ui.tsx';
import { defaultRhythm, demoRhythm, newDraft } from './plan-rhythm.ts';
import { useStaff } from './staff-context.tsx';
import type { Finding, Plan, PlanDraft } from './types.ts';
import { useConsoleWords, type ConsoleWords } from './words.ts';

function draftOf(plan: Plan | null): PlanDraft {
  const today = dayOf(serverNow());
  if (plan === null) return newDraft(today);
  const { id: _id, service_name: _name, version: _version, ...rest } = plan;
  const { created_by: _by, created_at: _at, ...draft } = rest;
  return { ...draft, effective_from: draft.effective_from < today ? today : draft.effective_from };
}

/** One clinic's plan: saved as its next version, after the rules have been asked. */
export function PlanForm(props: { plan: Plan | null; onSaved: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const { hospital, info } = useStaff();
  const [draft, setDraft] = useState<PlanDraft>(() => draftOf(props.plan));
  const [demoPace, setDemoPace] = useState(draft.draw_rhythm?.kind === 'seconds');
  const [findings, setFindings] = useState<Finding[] | null>(null);
  const [saved, setSaved] = useState(false);
  const set = (change: Partial<PlanDraft>): void => {
    setDraft({ ...draft, ...change });
    setSaved(false);
  };
  const body = (): PlanDraft => withRhythm(draft, demoPace);
  const lint = useAction(async (key) => {
    const reply = await post<{ findings: Finding[] }>('/api/staff/plans/lint', body(), key);
    setFindings(reply.findings);
  });
  const save = useAction(async (key) => {
    const reply = await post<{ findings: Finding[] }>('/api/staff/plans', body(), key);
    setFindings(reply.findings);
    setSaved(true);
    props.onSaved();
  });
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void save.run();
      }}
    >
      <div className="filters">
        <Field
          label={t('plan.clinic')}
          control={(ties) => (
            <select
              {...ties}
              required
              disabled={props.plan !== null}
              value={draft.healthcare_service_id}
              onChange={(event) => {
                const clinic = hospital?.services.find(({ id }) => id === event.target.value);
                const department = hospital?.departments.find(
                  ({ id }) => id === clinic?.department_id,
                );
                set({
                  healthcare_service_id: event.target.value,
                  draw_group: draft.draw_group || (department?.specialty_code ?? ''),
                });
              }}
            >
              <option value="">{t('plan.choose')}</option>
              {hospital?.services.map(({ id, name, practitioner_name }) => (
                <option key={id} value={id}>
                  {practitioner_name ? `${name} · ${practitioner_name}` : name}
                </option>
              ))}
            </select>
          )}
        />
        <Field
          label={t('plan.method')}
          control={(ties) => (
            <select
              {...ties}
              value={draft.method}
              onChange={(event) => set({ method: event.target.value as PlanDraft['method'] })}
            >
              <option value="order">{t('plan.order')}</option>
              <option value="draw">{t('plan.draw')}</option>
            </select>
          )}
        />
        <Values draft={draft} set={set} t={t} />
      </div>
      {draft.method === 'draw' && info?.demo && (
        <label className="option">
          <input
            type="checkbox"
            checked={demoPace}
            onChange={(event) => setDemoPace(event.target.checked)}
          />
          {t('plan.demo-pace')}
        </label>
      )}
      <ProblemNotice problem={save.problem ?? lint.problem} />
      {findings && <Findings findings={findings} />}
      {saved && <Notice tone="good" title={t('plan.saved')} />}
      <div className="row">
        <Button
          look="secondary"
          busy={lint.busy}
          disabled={draft.healthcare_service_id === ''}
          onClick={() => void lint.run()}
        >
          {t('plan.lint')}
        </Button>
        <Button type="submit" busy={save.busy} disabled={draft.healthcare_service_id === ''}>
          {t('plan.save')}
        </Button>
      </div>
    </form>
  );
}

function withRhythm(draft: PlanDraft, demoPace: boolean): PlanDraft {
  if (draft.method === 'order') return { ...draft, draw_rhythm: null };
  const own = draft.draw_rhythm?.kind === 'days' ? draft.draw_rhythm : defaultRhythm;
  return { ...draft, draw_rhythm: demoPace ? demoRhythm : own };
}

const values = [
  ['effective_from', 'date'],
  ['advance_days', 'number'],
  ['release_time', 'time'],
  ['on_site_share', 'share'],
  ['on_site_time', 'time'],
  ['same_day_share', 'share'],
  ['same_day_time', 'time'],
  ['on_site_zero_reason', 'text'],
  ['draw_group', 'text'],
] as const;

/** The plain values of a plan; a share is shown in percent. */
function Values(props: {
  draft: PlanDraft;
  set: (change: Partial<PlanDraft>) => void;
  t: ConsoleWords;
}): ReactElement {
  const { draft, set, t } = props;
  const shown = values.filter(
    ([name]) =>
      (name !== 'on_site_zero_reason' || draft.on_site_share === 0) &&
      (name !== 'draw_group' || draft.method === 'draw') &&
      (name !== 'same_day_time' || draft.same_day_share > 0),
  );
  return (
    <>
      {shown.map(([name, kind]) => {
        const value = draft[name];
        const isNumber = kind === 'number' || kind === 'share';
        return (
          <Field
            key={name}
            label={t(`plan.${name}`)}
            control={(ties) => (
              <input
                {...ties}
                type={isNumber ? 'number' : kind === 'date' ? 'date' : 'text'}
                pattern={kind === 'time' ? '([01][0-9]|2[0-3]):[0-5][0-9]' : undefined}
                min={isNumber ? 0 : undefined}
                max={kind === 'share' ? 100 : undefined}
                required={name !== 'on_site_zero_reason'}
                value={kind === 'share' ? Math.round(Number(value) * 100) : (value ?? '')}
                onChange={(event) => {
                  const given = event.target.value;
                  const scale = kind === 'share' ? 100 : 1;
                  set({ [name]: isNumber ? Number(given) / scale : given });
                }}
              />
            )}
          />
        );
      })}
    </>
  );
}

const tones = { refuse: 'bad', flag: 'warn', advise: 'info' } as const;

function Findings({ findings }: { findings: readonly Finding[] }): ReactElement {
  const { t } = useConsoleWords();
  if (findings.length === 0) return <Notice tone="good">{t('plan.clean')}</Notice>;
  return (
    <ul className="stack tight" aria-label={t('plan.findings')}>
      {findings.map((finding) => (
        <li key={finding.code + finding.message}>
          <Notice tone={tones[finding.severity]} title={t(`finding.${finding.severity}`)}>
            {finding.message}
          </Notice>
        </li>
      ))}
    </ul>
  );
}
