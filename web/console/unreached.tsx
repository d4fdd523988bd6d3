import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, ProblemNotice, Tag } from '../shared/ui.tsx';
import { useConsoleWords } from './words.ts';

const outcomes = ['reached', 'no_answer', 'wrong_number', 'no_phone'] as const;
type Unreached = {
  notice_id: string;
  title: string;
  name_masked: string;
  age: number | null;
  at: string;
  until: string | null;
  calls: number;
};

/** People who must hear of something and whom every way failed; nothing where there are none. */
export function UnreachedList(): ReactElement | null {
  const { t } = useConsoleWords();
  const list = useLoad(
    'call-list',
    () => api<{ calls: Unreached[] }>('/api/staff/call-list'),
    10_000,
  );
  const calls = list.data?.calls ?? [];
  if (calls.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="unreached">
      <h2 id="unreached">{t('unreached.title')}</h2>
      <p className="soft">{t('unreached.lead')}</p>
      <ol className="calls">
        {calls.map((call) => (
          <UnreachedRow key={call.notice_id} call={call} reload={list.reload} />
        ))}
      </ol>
    </section>
  );
}

function UnreachedRow({ call, reload }: { call: Unreached; reload: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const base = `/api/staff/call-list/${call.notice_id}`;
  const [opened, setOpened] = useState<{ phone: string | null; text: string }>();
  const open = useAction(async (key) => setOpened(await post(`${base}/phone`, {}, key)));
  const log = useAction(async (key, outcome: (typeof outcomes)[number]) => {
    await post(`${base}/log`, { outcome }, key);
    reload();
  });
  return (
    <li className="call">
      <div className="call-who">
        <p className="row">
          <span className="strong large">{call.name_masked}</span>
          {call.age !== null && <span>{t('calls.age', { n: call.age })}</span>}
          {call.calls > 0 && <Tag tone="wait">{t('calls.tried', { n: call.calls })}</Tag>}
        </p>
        <p>{call.title}</p>
        <p className="soft">
          {mdHm(call.at)}
          {call.until !== null && ` · ${t('unreached.until', { time: mdHm(call.until) })}`}
        </p>
        {opened && <p>{opened.text}</p>}
      </div>
      <div className="call-acts">
        <div className="row">
          {opened ? (
            <output className="phone">{opened.phone ?? t('calls.no-number')}</output>
          ) : (
            <Button
              look="secondary"
              busy={open.busy}
              aria-label={t('unreached.phone-of', { name: call.name_masked })}
              onClick={() => void open.run()}
            >
              {t('unreached.phone')}
            </Button>
          )}
          <span
            className="row"
            role="group"
            aria-label={t('calls.outcomes', { name: call.name_masked })}
          >
            {outcomes.map((outcome) => (
              <Button
                key={outcome}
                look={outcome === 'reached' ? 'primary' : 'secondary'}
                disabled={log.busy}
                onClick={() => void log.run(outcome)}
              >
                {t(`unreached.${outcome}`)}
              </Button>
            ))}
          </span>
        </div>
        <ProblemNotice problem={open.problem ?? log.problem} />
      </div>
    </li>
  );
}
