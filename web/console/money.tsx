import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { mdHm, yuan } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Empty, Field, Notice, ProblemNotice, Wait } from '../shared/ui.tsx';
import { MoneyItems, type Item, type Side } from './money-items.tsx';
import { PriceRules } from './money-rule.tsx';
import { useStaff } from './staff-context.tsx';
import { useConsoleWords } from './words.ts';

type Run = {
  service_date: string;
  side: Side;
  ours_count: number;
  ours_fen: number;
  theirs_count: number;
  theirs_fen: number;
  ran_at: string;
};

type Work = { runs: Run[]; items: Item[] };

/** 对账与价格: what does not agree, until somebody settles it; and what a hospital may keep. */
export function MoneyPage(): ReactElement {
  const { t } = useConsoleWords();
  const { may } = useStaff();
  const work = useLoad('money', () => api<Work>('/api/staff/reconciliations'), 60_000);
  return (
    <div className="stack">
      <h1>{t('nav.money')}</h1>
      <p className="soft">{t('money.lead')}</p>
      <Wait on={work}>
        {({ runs, items }) => (
          <>
            <MoneyItems items={items} reload={work.reload} />
            <Runs runs={runs} reload={work.reload} />
          </>
        )}
      </Wait>
      {may('payment.price') && <PriceRules />}
    </div>
  );
}

function Runs({ runs, reload }: { runs: Run[]; reload: () => void }): ReactElement {
  const { t } = useConsoleWords();
  return (
    <Card title={t('money.runs')}>
      <RunNow reload={reload} />
      {runs.length === 0 && <Empty title={t('money.runs-none')} />}
      <ul className="bullets">
        {runs.map((run) => (
          <li key={`${run.service_date} ${run.side}`}>
            {t('money.run-line', {
              day: run.service_date,
              side: t(`money.side-${run.side}`),
              ours: t('money.count', { n: run.ours_count, fee: yuan(run.ours_fen) }),
              theirs: t('money.count', { n: run.theirs_count, fee: yuan(run.theirs_fen) }),
              time: mdHm(run.ran_at),
            })}
          </li>
        ))}
      </ul>
    </Card>
  );
}

function RunNow({ reload }: { reload: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const [date, setDate] = useState('');
  const [found, setFound] = useState<number | null>(null);
  const run = useAction(async (key) => {
    const { items } = await post<{ items: number }>('/api/staff/reconciliations', { date }, key);
    setFound(items);
    reload();
  });
  return (
    <form
      className="stack tight"
      onSubmit={(event) => {
        event.preventDefault();
        void run.run();
      }}
    >
      <Field
        label={t('money.run-date')}
        control={(ties) => (
          <input
            {...ties}
            type="date"
            required
            value={date}
            onChange={(event) => setDate(event.target.value)}
          />
        )}
      />
      <ProblemNotice problem={run.problem} />
      {found !== null && <Notice tone="good" title={t('money.run-done', { n: found })} />}
      <Button type="submit" look="secondary" busy={run.busy} disabled={date === ''}>
        {t('money.run')}
      </Button>
    </form>
  );
}
