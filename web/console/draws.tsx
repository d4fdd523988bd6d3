import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { useLoad } from '../shared/hooks.ts';
import type { Draw } from '../shared/types.ts';
import { Empty, Wait } from '../shared/ui.tsx';
import { AnnounceForm } from './announce-form.tsx';
import { BeaconForm } from './beacon-form.tsx';
import { DiceForm } from './dice-form.tsx';
import { DrawCard } from './draw-card.tsx';
import { useStaff } from './staff-context.tsx';
import { useConsoleWords } from './words.ts';

/** 派号: every draw of the hospital, and the hands that a draw without a network needs. */
export function DrawsPage(): ReactElement {
  const { t } = useConsoleWords();
  const { may } = useStaff();
  const draws = useLoad('draws', () => api<{ draws: Draw[] }>('/api/staff/draws'), 5_000);
  return (
    <div className="stack">
      <h1>{t('nav.draws')}</h1>
      <p className="soft">{t('draws.lead')}</p>
      {may('draw.beacon') && draws.data && (
        <DiceForm draws={draws.data.draws} onDone={draws.reload} />
      )}
      {may('plan.write') && <AnnounceForm onDone={draws.reload} />}
      <Wait on={draws}>
        {({ draws: list }) =>
          list.length === 0 ? (
            <Empty title={t('draws.none')} />
          ) : (
            <ul className="cards">
              {inProgressFirst(list).map((draw) => (
                <li key={draw.draw_id}>
                  <DrawCard draw={draw} reload={draws.reload} />
                </li>
              ))}
            </ul>
          )
        }
      </Wait>
      {may('draw.beacon') && draws.data && (
        <BeaconForm draws={draws.data.draws} onDone={draws.reload} />
      )}
    </div>
  );
}

const order = ['open', 'sealed', 'announced', 'drawn', 'burnt', 'closed'];

/** What is under way stands first, newest within each state. */
function inProgressFirst(draws: readonly Draw[]): Draw[] {
  return [...draws].sort(
    (a, b) => order.indexOf(a.state) - order.indexOf(b.state) || b.number - a.number,
  );
}
