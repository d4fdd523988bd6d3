import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Empty, Facts, Field, Notice, ProblemNotice, Wait } from '../shared/ui.tsx';
import { useConsoleWords } from './words.ts';

type DataRequest = {
  request_id: string;
  kind: string;
  matter: string;
  text: string | null;
  asked_at: string;
  due_at: string;
  patient: { name_masked: string; document_masked: string } | null;
};

const matters = ['name', 'document', 'birth_date', 'sex', 'phone', 'other'] as const;

/** What people ask about their data and automated decisions, the most urgent first, with its answer. */
export function RequestsPage(): ReactElement {
  const { t } = useConsoleWords();
  const [said, setSaid] = useState<string | null>(null);
  const list = useLoad(
    'data-requests',
    () => api<{ requests: DataRequest[] }>('/api/staff/data-requests'),
    30_000,
  );
  return (
    <div className="stack">
      <h1>{t('nav.requests')}</h1>
      <p className="soft">{t('requests.lead')}</p>
      <div role="status">{said !== null && <Notice tone="good">{said}</Notice>}</div>
      <Wait on={list}>
        {({ requests }) =>
          requests.length === 0 ? (
            <Empty title={t('requests.none')} />
          ) : (
            <ul className="stack">
              {requests.map((one) => (
                <li key={one.request_id}>
                  <RequestCard
                    request={one}
                    onDone={() => {
                      setSaid(t('requests.answered', { name: one.patient?.name_masked ?? '' }));
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

function useMatter(): (request: DataRequest) => string {
  const { t } = useConsoleWords();
  return ({ kind, matter }) => {
    if (kind === 'objection') return t('requests.objection-what');
    const known = matters.find((one) => one === matter) ?? 'other';
    return t(`requests.matter.${known}`);
  };
}

function RequestCard(props: { request: DataRequest; onDone: () => void }): ReactElement {
  const { request, onDone } = props;
  const { t } = useConsoleWords();
  const matter = useMatter();
  const [answer, setAnswer] = useState('');
  const send = useAction(async (key, state: 'done' | 'refused') => {
    const path = `/api/staff/data-requests/${request.request_id}/answer`;
    await post(path, { state, text: answer.trim() }, key);
    onDone();
  });
  const name = request.patient?.name_masked ?? t('requests.account');
  const isObjection = request.kind === 'objection';
  const [opened] = useState(() => Date.now());
  const isLate = Date.parse(request.due_at) < opened;
  const isShort = answer.trim().length < 2;
  return (
    <Card title={`${name} ${request.patient?.document_masked ?? ''}`.trim()}>
      <Facts
        rows={[
          [t('requests.kind'), t(isObjection ? 'requests.objection' : 'requests.correction')],
          [t('requests.matter'), matter(request)],
          [t('requests.asked'), mdHm(request.asked_at)],
          [t('requests.due'), mdHm(request.due_at)],
        ]}
      />
      {isLate && <Notice tone="bad" title={t('requests.late')} />}
      <h3>{t('requests.text')}</h3>
      <p className="record">{request.text ?? t('requests.no-text')}</p>
      <p className="soft">
        {t(isObjection ? 'requests.how-objection' : 'requests.how-correction')}
      </p>
      <Field
        label={t('requests.answer')}
        hint={t('requests.answer-hint')}
        control={(ties) => (
          <textarea
            {...ties}
            rows={3}
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
          aria-label={t('requests.done-of', { name })}
          onClick={() => void send.run('done')}
        >
          {t('requests.done')}
        </Button>
        <Button
          look="secondary"
          busy={send.busy}
          disabled={isShort}
          aria-label={t('requests.refused-of', { name })}
          onClick={() => void send.run('refused')}
        >
          {t('requests.refused')}
        </Button>
      </div>
    </Card>
  );
}
