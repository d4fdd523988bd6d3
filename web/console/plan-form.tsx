import { useState, type ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { dayOf } from '../shared/format.ts';
import { serverNow, useAction } from '../shared/hooks.ts';
import { Button, Field, Notice, ProblemNotice } from '../shared/ui.tsx';
import { Findings, findingsOf } from './findings.tsx';
import { defaultRhythm, demoRhythm, draws, newDraft, sent } from './plan-rhythm.ts';
import { PlanRules } from './plan-rules.tsx';
import { PlanTimes } from './plan-times.tsx';
import { PlanValues } from './plan-values.tsx';
import { useStaff } from './staff-context.tsx';
import type { Finding, Plan, PlanDraft } from './types.ts';
import { useConsoleWords } from './words.ts';

function draftOf(plan: Plan | null): PlanDraft {
  const today = dayOf(serverNow());
  if (plan === null) return newDraft(today);
  const { id: _id, service_name: _name, version: _version, ...rest } = plan;
  const { created_by: _by, created_at: _at, ...draft } = rest;
  return { ...draft, effective_from: draft.effective_from < today ? today : draft.effective_from };
}

type Saved = { plan: Plan | null; proposal_id: string | null; findings: Finding[] };

/** One clinic's plan: saved as its next version, or handed to a second person, after the rules spoke. */
export function PlanForm(props: {
  plan: Plan | null;
  /** Values to begin with, e.g. what a recommendation proposes. */
  begin?: Partial<PlanDraft> | undefined;
  onSaved: () => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { info } = useStaff();
  const [draft, setDraft] = useState<PlanDraft>(() => ({
    ...draftOf(props.plan),
    ...props.begin,
  }));
  const [findings, setFindings] = useState<Finding[] | null>(null);
  const [saved, setSaved] = useState<'saved' | 'waits' | null>(null);
  const set = (change: Partial<PlanDraft>): void => {
    setDraft({ ...draft, ...change });
    setSaved(null);
  };
  const lint = useAction(async (key) => {
    setFindings(null);
    const reply = await post<Saved>('/api/staff/plans/lint', sent(draft), key);
    setFindings(reply.findings);
  });
  const save = useAction(async (key) => {
    setFindings(null);
    setSaved(null);
    const reply = await post<Saved>('/api/staff/plans', sent(draft), key);
    setFindings(reply.findings);
    setSaved(reply.proposal_id === null ? 'saved' : 'waits');
    props.onSaved();
  });
  const problem = save.problem ?? lint.problem;
  const shown = findings ?? findingsOf(problem);
  const rhythm = draft.draw_rhythm ?? defaultRhythm;
  const unchosen = draft.healthcare_service_id === '';
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        lint.clear();
        void save.run();
      }}
    >
      <div className="filters">
        <WhatAndHow
          draft={draft}
          set={set}
          fixed={props.plan !== null || props.begin !== undefined}
        />
        <PlanValues draft={draft} set={set} />
      </div>
      {draft.method === 'order' && <Shadow draft={draft} set={set} />}
      {draws(draft) && (
        <>
          {draft.method === 'draw' && (
            <PlanRules rules={draft.draw_rules ?? {}} set={(draw_rules) => set({ draw_rules })} />
          )}
          {info?.demo && (
            <label className="option">
              <input
                type="checkbox"
                checked={rhythm.kind === 'seconds'}
                onChange={(event) =>
                  set({ draw_rhythm: event.target.checked ? demoRhythm : defaultRhythm })
                }
              />
              {t('plan.demo-pace')}
            </label>
          )}
          <PlanTimes
            rhythm={rhythm}
            shadow={draft.method === 'order'}
            set={(draw_rhythm) => set({ draw_rhythm })}
          />
        </>
      )}
      <Field
        label={t('plan.reason')}
        hint={t('plan.reason-hint')}
        control={(ties) => (
          <input
            {...ties}
            value={draft.reason ?? ''}
            onChange={(event) => set({ reason: event.target.value })}
          />
        )}
      />
      <p className="small">{t('plan.two-people')}</p>
      <ProblemNotice problem={problem} />
      {shown && <Findings findings={shown} />}
      <div role="status">
        {saved === 'saved' && <Notice tone="good" title={t('plan.saved')} />}
        {saved === 'waits' && (
          <Notice tone="good" title={t('plan.waits')}>
            {t('plan.waits-text')}
          </Notice>
        )}
      </div>
      <div className="row">
        <Button
          look="secondary"
          busy={lint.busy}
          disabled={unchosen}
          onClick={() => {
            save.clear();
            void lint.run();
          }}
        >
          {t('plan.lint')}
        </Button>
        <Button type="submit" busy={save.busy} disabled={unchosen}>
          {t('plan.save')}
        </Button>
      </div>
    </form>
  );
}

type Part = { draft: PlanDraft; set: (change: Partial<PlanDraft>) => void };

/** The clinic and whether its numbers go out in order or by draw. */
function WhatAndHow({ draft, set, fixed }: Part & { fixed: boolean }): ReactElement {
  const { t } = useConsoleWords();
  const { hospital } = useStaff();
  const choose = (id: string): void => {
    const clinic = hospital?.services.find((one) => one.id === id);
    const department = hospital?.departments.find((one) => one.id === clinic?.department_id);
    set({
      healthcare_service_id: id,
      draw_group: draft.draw_group || (department?.specialty_code ?? ''),
    });
  };
  return (
    <>
      <Field
        label={t('plan.clinic')}
        control={(ties) => (
          <select
            {...ties}
            required
            disabled={fixed}
            value={draft.healthcare_service_id}
            onChange={(event) => choose(event.target.value)}
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
    </>
  );
}

function Shadow({ draft, set }: Part): ReactElement {
  const { t } = useConsoleWords();
  return (
    <div className="stack tight">
      <label className="option">
        <input
          type="checkbox"
          checked={draft.shadow === true}
          onChange={(event) => set({ shadow: event.target.checked })}
        />
        {t('plan.shadow')}
      </label>
      {draft.shadow && <p className="small">{t('plan.shadow-text')}</p>}
    </div>
  );
}
