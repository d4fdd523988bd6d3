import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Field, Notice, ProblemNotice, Wait } from '../shared/ui.tsx';
import { usePatientWords } from './words.ts';

type Decision = {
  decision_id: string;
  at: string;
  until: string | null;
  title: string;
  reason: string;
  title_en: string;
  reason_en: string;
  appealed_at: string | null;
};

/** What was decided by program alone, why, and the way to a human. */
export function Decisions(): ReactElement {
  const { t } = usePatientWords();
  const decisions = useLoad('decisions', () => api<{ decisions: Decision[] }>('/api/decisions'));
  return (
    <Card title={t('data.decisions')}>
      <Wait on={decisions}>
        {({ decisions: list }) => (
          <ul className="stack">
            {list.length === 0 && <li>{t('data.no-decisions')}</li>}
            {list.map((one) => (
              <li key={one.decision_id}>
                <OneDecision decision={one} />
              </li>
            ))}
          </ul>
        )}
      </Wait>
    </Card>
  );
}

function OneDecision({ decision }: { decision: Decision }): ReactElement {
  const { t, lang } = usePatientWords();
  const [text, setText] = useState('');
  const [sent, setSent] = useState(decision.appealed_at !== null);
  const send = useAction(async (key) => {
    await post(`/api/decisions/${decision.decision_id}/objection`, { text }, key);
    setSent(true);
  });
  return (
    <div className="card">
      <p className="strong">{lang === 'en' ? decision.title_en : decision.title}</p>
      <p className="small">
        {mdHm(decision.at)}
        {decision.until && ` ${t('data.until', { time: mdHm(decision.until) })}`}
      </p>
      <p>{lang === 'en' ? decision.reason_en : decision.reason}</p>
      {sent ? (
        <Notice tone="good">{t('data.objected')}</Notice>
      ) : (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void send.run();
          }}
        >
          <Field
            label={t('data.objection')}
            control={(ties) => (
              <textarea
                {...ties}
                required
                maxLength={1000}
                rows={3}
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            )}
          />
          <ProblemNotice problem={send.problem} />
          <Button type="submit" look="secondary" busy={send.busy}>
            {t('data.object')}
          </Button>
        </form>
      )}
    </div>
  );
}
