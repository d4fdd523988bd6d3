import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { serverNow, useLoad, useNow } from '../shared/hooks.ts';
import type { Draw } from '../shared/types.ts';
import { Card } from '../shared/ui.tsx';
import { usePatientWords } from './words.ts';

type Step = { name: string; at: string; more?: string | undefined };

/** Every hour of a draw, fixed before anybody could register. */
export function Timetable({ draw }: { draw: Draw }): ReactElement {
  const { t } = usePatientWords();
  useNow();
  const now = serverNow();
  const steps = useSteps(draw);
  const next = steps.findIndex(({ at }) => Date.parse(at) > now);
  return (
    <Card title={t('time.title')}>
      <p className="small">{t('time.lead')}</p>
      <ol className="timetable">
        {steps.map(({ name, at, more }, n) => {
          const done = Date.parse(at) <= now;
          return (
            <li
              key={name}
              className={done ? 'done' : n === next ? 'next' : 'later'}
              aria-current={n === next ? 'step' : undefined}
            >
              <span className="time-at">{mdHm(at)}</span>
              <span>
                <span className="strong">{name}</span>
                {more !== undefined && <span className="small"> {more}</span>}
              </span>
            </li>
          );
        })}
      </ol>
    </Card>
  );
}

function useSteps(draw: Draw): Step[] {
  const { t } = usePatientWords();
  // The rules say when the list is sealed at the latest; the page does without if they do not come.
  const rules = useLoad(`rules/${draw.draw_id}`, () =>
    api<{ sealBy: number }>(`/api/draws/${draw.draw_id}/bundle/manifest.json`),
  );
  const steps: Step[] = [
    { name: t('draw.opens'), at: draw.opens_at },
    { name: t('draw.closes'), at: draw.closes_at },
  ];
  if (rules.data)
    steps.push({
      name: t('time.seal'),
      at: new Date(rules.data.sealBy * 1000).toISOString(),
      more: t('time.seal-more'),
    });
  if (draw.kind === 'shadow') {
    const more = t('shadow.step-more');
    return [...steps, { name: t('shadow.heading'), at: draw.round_at, more }];
  }
  steps.push({ name: t('time.draw'), at: draw.round_at, more: t('time.draw-more') });
  if (draw.confirm_until !== null)
    steps.push({ name: t('draw.confirm'), at: draw.confirm_until, more: t('time.confirm-more') });
  for (const one of draw.returns)
    steps.push({
      name: t('time.return', { n: one.n }),
      at: one.round_at,
      more: t(one.state === 'empty' ? 'time.return-empty' : 'time.return-more', {
        time: mdHm(one.confirm_until),
      }),
    });
  return steps;
}
