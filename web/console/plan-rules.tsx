import type { ReactElement } from 'react';
import { Field, Notice } from '../shared/ui.tsx';
import { withClass } from './plan-rhythm.ts';
import type { ClassRule, DrawRules } from './types.ts';
import { useConsoleWords } from './words.ts';

const eligibilities = ['open', 'prior-visit', 'pre-review'] as const;
const pools = ['entrants-and-witnesses', 'public'] as const;

type Part = { rules: DrawRules; set: (rules: DrawRules) => void };

/** What the clinic's draws offer; everything unusual is off, and the rarest is folded away. */
export function PlanRules(props: Part): ReactElement {
  const { t } = useConsoleWords();
  const { rules, set } = props;
  return (
    <fieldset className="part stack">
      <legend>{t('plan.rules')}</legend>
      <div className="filters">
        <Field
          label={t('plan.eligibility')}
          control={(ties) => (
            <select
              {...ties}
              value={rules.eligibility ?? 'open'}
              onChange={({ target }) =>
                set({ ...rules, eligibility: target.value as (typeof eligibilities)[number] })
              }
            >
              {eligibilities.map((one) => (
                <option key={one} value={one}>
                  {t(`plan.eligibility.${one}`)}
                </option>
              ))}
            </select>
          )}
        />
        <Pool {...props} />
        <Field
          label={t('plan.later')}
          hint={t('plan.later-hint')}
          control={(ties) => (
            <input
              {...ties}
              type="number"
              min={1}
              max={8}
              required
              value={rules.later ?? 1}
              onChange={({ target }) => set({ ...rules, later: Number(target.value) })}
            />
          )}
        />
      </div>
      <label className="option">
        <input
          type="checkbox"
          checked={rules.wildcards === true}
          onChange={({ target }) => set({ ...rules, wildcards: target.checked })}
        />
        {t('plan.wildcards')}
      </label>
      <Advanced {...props} />
    </fieldset>
  );
}

function Pool({ rules, set }: Part): ReactElement {
  const { t } = useConsoleWords();
  return (
    <>
      <Field
        label={t('plan.pool')}
        control={(ties) => (
          <select
            {...ties}
            value={rules.pool ?? 'entrants-and-witnesses'}
            onChange={({ target }) =>
              set({ ...rules, pool: target.value as (typeof pools)[number] })
            }
          >
            {pools.map((one) => (
              <option key={one} value={one}>
                {t(`plan.pool.${one}`)}
              </option>
            ))}
          </select>
        )}
      />
      {rules.pool === 'public' && (
        <Field
          label={t('plan.impact')}
          hint={t('plan.impact-hint')}
          control={(ties) => (
            <input
              {...ties}
              maxLength={200}
              value={rules.impact_assessment ?? ''}
              onChange={({ target }) => set({ ...rules, impact_assessment: target.value })}
            />
          )}
        />
      )}
    </>
  );
}

const classRules: readonly ClassRule[] = ['age-60', 'other-province'];

function Advanced({ rules, set }: Part): ReactElement {
  const { t } = useConsoleWords();
  const classOf = (rule: ClassRule) => rules.classes?.find((one) => one.rule === rule);
  const foreign = classOf('other-province');
  return (
    <details className="fold">
      <summary>{t('plan.advanced')}</summary>
      <div className="stack">
        <p className="small">{t('plan.classes-text')}</p>
        <div className="filters">
          {classRules.map((rule) => (
            <Field
              key={rule}
              label={t(`plan.class.${rule}`)}
              control={(ties) => (
                <input
                  {...ties}
                  type="number"
                  min={0}
                  max={100}
                  value={classOf(rule)?.reserved ?? 0}
                  onChange={({ target }) =>
                    set(withClass(rules, rule, { reserved: Number(target.value) }))
                  }
                />
              )}
            />
          ))}
          {foreign !== undefined && foreign.reserved > 0 && (
            <Field
              label={t('plan.province')}
              hint={t('plan.province-hint')}
              control={(ties) => (
                <input
                  {...ties}
                  inputMode="numeric"
                  pattern="[0-9]{2}"
                  required
                  value={foreign.province ?? ''}
                  onChange={({ target }) =>
                    set(withClass(rules, 'other-province', { province: target.value }))
                  }
                />
              )}
            />
          )}
        </div>
        <label className="option">
          <input
            type="checkbox"
            checked={rules.weights === 'loss-1-6-8'}
            onChange={({ target }) =>
              set({ ...rules, weights: target.checked ? 'loss-1-6-8' : 'equal' })
            }
          />
          {t('plan.weights')}
        </label>
        <Notice tone="warn">{t('plan.weights-text')}</Notice>
      </div>
    </details>
  );
}
