import type { ReactElement } from 'react';
import { Field } from '../shared/ui.tsx';
import { draws } from './plan-rhythm.ts';
import type { PlanDraft } from './types.ts';
import { useConsoleWords } from './words.ts';

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

export const timePattern = '([01][0-9]|2[0-3]):[0-5][0-9]';

/** The plain values of a plan; a share is shown in percent. */
export function PlanValues(props: {
  draft: PlanDraft;
  set: (change: Partial<PlanDraft>) => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { draft, set } = props;
  const shown = values.filter(
    ([name]) =>
      (name !== 'on_site_zero_reason' || draft.on_site_share === 0) &&
      (name !== 'draw_group' || draws(draft)) &&
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
                pattern={kind === 'time' ? timePattern : undefined}
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
