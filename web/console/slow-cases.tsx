import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Empty, Facts, Field, Notice, ProblemNotice, Wait } from '../shared/ui.tsx';
import { useConsoleWords } from './words.ts';

type Appeal = {
  case_id: string;
  patient: { name_masked: string; document_masked: string };
  extra_s: number;
  slowed_at: string;
  appealed_at: string;
  text: string;
  signals: {
    limit_refusals: number;
    sustained: boolean;
    failed_documents: number;
    replayed_steps: number;
    skipped_steps: number;
  };
};

/** Appeals against the slow lane, oldest first: a person reads them and answers. */
export function SlowCasesPage(): ReactElement {
  const { t } = useConsoleWords();
  const [said, setSaid] = useState<string | null>(null);
  const list = useLoad(
    'slow-cases',
    () => api<{ appeals: Appeal[] }>('/api/staff/slow-cases'),
    15_000,
  );
  return (
    <div className="stack">
      <h1>{t('nav.slow-cases')}</h1>
      <p className="soft">{t('slow.lead')}</p>
      <div role="status">{said !== null && <Notice tone="good">{said}</Notice>}</div>
      <Wait on={list}>
        {({ appeals }) =>
          appeals.length === 0 ? (
            <Empty title={t('slow.none')} />
          ) : (
            <ul className="stack">
              {appeals.map((appeal) => (
                <li key={appeal.case_id}>
                  <AppealCard
                    appeal={appeal}
                    onDone={() => {
                      setSaid(t('slow.done', { name: appeal.patient.name_masked }));
                      list.reload();
                    }}
                  />
                </li>
              ))}
            </ul>
          )
        }
      </Wait>
    </div>
  );
}

function AppealCard({ appeal, onDone }: { appeal: Appeal; onDone: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const [answer, setAnswer] = useState('');
  const send = useAction(async (key, upheld: boolean) => {
    const body = { upheld, answer: answer.trim() };
    await post(`/api/staff/slow-cases/${appeal.case_id}`, body, key);
    onDone();
  });
  const name = appeal.patient.name_masked;
  const isShort = answer.trim().length < 2;
  return (
    <Card title={`${name} ${appeal.patient.document_masked}`}>
      <Facts
        rows={[
          [t('slow.at'), mdHm(appeal.slowed_at)],
          [t('slow.extra'), t('slow.seconds', { n: appeal.extra_s })],
          [t('slow.appealed'), mdHm(appeal.appealed_at)],
        ]}
      />
      <h3>{t('slow.text')}</h3>
      <p className="record">{appeal.text}</p>
      <h3>{t('slow.signals')}</h3>
      <Signals signals={appeal.signals} />
      <Field
        label={t('slow.answer')}
        hint={t('slow.answer-hint')}
        control={(ties) => (
          <textarea
            {...ties}
            rows={2}
            maxLength={500}
            value={answer}
            onChange={({ target }) => setAnswer(target.value)}
          />
        )}
      />
      <ProblemNotice problem={send.problem} />
      <div className="row">
        <Button
          busy={send.busy}
          disabled={isShort}
          aria-label={t('slow.uphold-of', { name })}
          onClick={() => void send.run(true)}
        >
          {t('slow.uphold')}
        </Button>
        <Button
          look="secondary"
          busy={send.busy}
          disabled={isShort}
          aria-label={t('slow.keep-of', { name })}
          onClick={() => void send.run(false)}
        >
          {t('slow.keep')}
        </Button>
      </div>
    </Card>
  );
}

function Signals({ signals }: Pick<Appeal, 'signals'>): ReactElement {
  const { t } = useConsoleWords();
  const counted = (
    ['limit_refusals', 'failed_documents', 'replayed_steps', 'skipped_steps'] as const
  ).filter((name) => signals[name] > 0);
  if (!signals.sustained && counted.length === 0)
    return <p className="soft">{t('slow.signals-none')}</p>;
  return (
    <ul>
      {signals.sustained && <li>{t('slow.sustained')}</li>}
      {counted.map((name) => (
        <li key={name}>{t(`slow.${name}`, { n: signals[name] })}</li>
      ))}
    </ul>
  );
}
