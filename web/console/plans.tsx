import { useState, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { useLoad } from '../shared/hooks.ts';
import { Button, Card, Empty, Tag, Wait } from '../shared/ui.tsx';
import { PlanForm } from './plan-form.tsx';
import { useStaff } from './staff-context.tsx';
import type { Plan } from './types.ts';
import { useConsoleWords } from './words.ts';

export function PlansPage(): ReactElement {
  const { t } = useConsoleWords();
  const { may } = useStaff();
  const plans = useLoad('plans', () => api<{ plans: Plan[] }>('/api/staff/plans'));
  const [editing, setEditing] = useState<Plan | 'new' | null>(null);
  return (
    <div className="stack">
      <header className="row spread">
        <h1>{t('nav.plans')}</h1>
        {may('plan.write') && <Button onClick={() => setEditing('new')}>{t('plan.new')}</Button>}
      </header>
      <p className="soft">{t('plan.lead')}</p>
      {editing !== null && (
        <Card
          title={editing === 'new' ? t('plan.new') : editing.service_name}
          aside={
            <Button look="quiet" onClick={() => setEditing(null)}>
              {t('common.close')}
            </Button>
          }
        >
          <PlanForm
            key={editing === 'new' ? 'new' : editing.id}
            plan={editing === 'new' ? null : editing}
            onSaved={plans.reload}
          />
        </Card>
      )}
      <Wait on={plans}>
        {({ plans: list }) =>
          list.length === 0 ? (
            <Empty title={t('plan.none')} />
          ) : (
            <PlanTable plans={list} onEdit={may('plan.write') ? setEditing : null} />
          )
        }
      </Wait>
    </div>
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
