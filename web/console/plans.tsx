import { useState, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { addDays, dayOf } from '../shared/format.ts';
import { serverNow, useLoad } from '../shared/hooks.ts';
import { Button, Card, Empty, Notice, Tag, Wait } from '../shared/ui.tsx';
import { PlanForm } from './plan-form.tsx';
import { Proposals, Recommendations } from './proposals.tsx';
import { useStaff } from './staff-context.tsx';
import type { Plan, PlanDraft } from './types.ts';
import { useConsoleWords } from './words.ts';

/** What the form is open for: a clinic's plan, a new one, or one that a recommendation fills in. */
type Editing = { plan: Plan | null; begin?: Partial<PlanDraft> };

/** A change of method is announced seven days ahead. */
const announce_days = 7;

/** Release plans, the changes that wait for a second person, and the month's advice. */
export function PlansPage(): ReactElement {
  const { t } = useConsoleWords();
  const { may, hospital } = useStaff();
  const plans = useLoad('plans', () => api<{ plans: Plan[] }>('/api/staff/plans'));
  const [editing, setEditing] = useState<Editing | null>(null);
  const [turn, setTurn] = useState(0);
  const changed = (): void => {
    plans.reload();
    setTurn(turn + 1);
  };
  const take = (healthcare_service_id: string): void => {
    const plan =
      plans.data?.plans.find((one) => one.healthcare_service_id === healthcare_service_id) ?? null;
    const clinic = hospital?.services.find(({ id }) => id === healthcare_service_id);
    const department = hospital?.departments.find(({ id }) => id === clinic?.department_id);
    const begin: Partial<PlanDraft> = {
      healthcare_service_id,
      method: 'draw',
      effective_from: addDays(dayOf(serverNow()), announce_days),
      draw_group: plan?.draw_group ?? department?.specialty_code ?? '',
      reason: t('recommend.title'),
    };
    setEditing({ plan, begin });
    window.scrollTo(0, 0);
  };
  return (
    <div className="stack">
      <header className="row spread">
        <h1>{t('nav.plans')}</h1>
        {may('plan.write') && (
          <Button onClick={() => setEditing({ plan: null })}>{t('plan.new')}</Button>
        )}
      </header>
      <p className="soft">{t('plan.lead')}</p>
      {editing !== null && (
        <Editor editing={editing} onSaved={changed} onClose={() => setEditing(null)} />
      )}
      <Recommendations onTake={take} />
      <Proposals turn={turn} onDecided={plans.reload} />
      <Wait on={plans}>
        {({ plans: list }) =>
          list.length === 0 ? (
            <Empty title={t('plan.none')} />
          ) : (
            <PlanTable
              plans={list}
              onEdit={may('plan.write') ? (plan) => setEditing({ plan }) : null}
            />
          )
        }
      </Wait>
    </div>
  );
}

function Editor(props: {
  editing: Editing;
  onSaved: () => void;
  onClose: () => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { hospital } = useStaff();
  const { plan, begin } = props.editing;
  const id = begin?.healthcare_service_id;
  const name = plan?.service_name ?? hospital?.services.find((one) => one.id === id)?.name;
  return (
    <Card
      title={name ?? t('plan.new')}
      aside={
        <Button look="quiet" onClick={props.onClose}>
          {t('common.close')}
        </Button>
      }
    >
      {begin && <Notice>{t('recommend.prefilled')}</Notice>}
      <PlanForm
        key={`${plan?.id ?? 'new'} ${id ?? ''}`}
        plan={plan}
        begin={begin}
        onSaved={props.onSaved}
      />
    </Card>
  );
}

const heads = ['clinic', 'method', 'release', 'same-day', 'on-site', 'from', 'version'] as const;

function PlanTable(props: {
  plans: readonly Plan[];
  onEdit: ((plan: Plan) => void) | null;
}): ReactElement {
  const { t } = useConsoleWords();
  const percent = (share: number): string => `${Math.round(share * 100)}%`;
  const { onEdit } = props;
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {t(`plan.${head}`)}
              </th>
            ))}
            <th scope="col">
              <span className="hidden-text">{t('plan.edit')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {props.plans.map((plan) => (
            <tr key={plan.id}>
              <th scope="row">{plan.service_name}</th>
              <td>
                <Tag tone={plan.method === 'draw' ? 'open' : 'good'}>
                  {t(`plan.${plan.method}`)}
                </Tag>
                {plan.shadow && <Tag tone="wait">{t('plan.shadow-tag')}</Tag>}
              </td>
              <td>
                {t('plan.release-text', { days: plan.advance_days, time: plan.release_time })}
              </td>
              <td>
                {percent(plan.same_day_share)} {plan.same_day_share > 0 && plan.same_day_time}
              </td>
              <td>
                {percent(plan.on_site_share)} {plan.on_site_share > 0 && plan.on_site_time}
              </td>
              <td>{plan.effective_from}</td>
              <td className="number">{plan.version}</td>
              <td>
                {onEdit && (
                  <Button look="quiet" onClick={() => onEdit(plan)}>
                    {t('plan.edit')}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
