import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useLoad } from '../shared/hooks.ts';
import { Card, Empty, Wait } from '../shared/ui.tsx';
import { usePatientWords } from './words.ts';

type Outbox = {
  messages: { id: string; channel: string; to: string; text: string; created_at: string }[];
};
type Demo = { people: { name: string; document_number: string; phone: string }[] };

/** Demo only: the messages that would have been sent, and invented people to register. */
export function OutboxPage(): ReactElement {
  const { t } = usePatientWords();
  const outbox = useLoad('outbox', () => api<Outbox>('/api/demo/outbox'), 3_000);
  const demo = useLoad('demo', () => api<Demo>('/api/demo'));
  return (
    <div className="stack">
      <h1>{t('outbox.title')}</h1>
      <p>{t('outbox.lead')}</p>
      <Wait on={outbox}>
        {({ messages }) =>
          messages.length === 0 ? (
            <Empty title={t('outbox.none')} />
          ) : (
            <ul className="stack tight">
              {messages.map((message) => (
                <li key={message.id} className="card">
                  <p className="small">
                    {mdHm(message.created_at)} · {message.to}
                  </p>
                  <p>{message.text}</p>
                </li>
              ))}
            </ul>
          )
        }
      </Wait>
      {demo.data && demo.data.people.length > 0 && (
        <Card title={t('outbox.people')}>
          <p className="small">{t('outbox.people-text')}</p>
          <ul className="stack tight">
            {demo.data.people.map((person) => (
              <li key={person.document_number}>
                {person.name} <span className="mono">{person.document_number}</span>{' '}
                <span className="mono soft">{person.phone}</span>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </div>
  );
}
