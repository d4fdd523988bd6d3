import { useState, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useLoad } from '../shared/hooks.ts';
import { Button, Empty, Field, Wait } from '../shared/ui.tsx';
import type { AuditEvent } from './types.ts';
import { useConsoleWords } from './words.ts';

const heads = ['time', 'event', 'subject', 'actor', 'leaf'] as const;

/** Who did what, newest first; each line names its place in the tamper-evident log. */
export function AuditPage(): ReactElement {
  const { t } = useConsoleWords();
  const [asked, setAsked] = useState('');
  const [subject, setSubject] = useState('');
  const [before, setBefore] = useState<string | null>(null);
  const query = new URLSearchParams({
    ...(subject ? { subject } : {}),
    ...(before ? { before } : {}),
  });
  const path = `/api/staff/audit?${query}`;
  const page = useLoad(path, () => api<{ events: AuditEvent[]; next: string | null }>(path));
  return (
    <div className="stack">
      <h1>{t('nav.audit')}</h1>
      <p className="soft">{t('audit.lead')}</p>
      <form
        className="filters"
        onSubmit={(event) => {
          event.preventDefault();
          setBefore(null);
          setSubject(asked.trim());
        }}
      >
        <Field
          label={t('audit.filter')}
          hint={t('audit.filter-hint')}
          control={(ties) => (
            <input {...ties} value={asked} onChange={(event) => setAsked(event.target.value)} />
          )}
        />
        <Button type="submit" look="secondary">
          {t('audit.find')}
        </Button>
      </form>
      <Wait on={page}>
        {({ events, next }) => (
          <>
            {events.length === 0 ? (
              <Empty title={t('audit.none')} />
            ) : (
              <EventTable events={events} />
            )}
            <div className="row">
              {before !== null && (
                <Button look="secondary" onClick={() => setBefore(null)}>
                  {t('audit.newest')}
                </Button>
              )}
              {next !== null && (
                <Button look="secondary" onClick={() => setBefore(next)}>
                  {t('audit.older')}
                </Button>
              )}
            </div>
          </>
        )}
      </Wait>
    </div>
  );
}

function EventTable({ events }: { events: readonly AuditEvent[] }): ReactElement {
  const { t } = useConsoleWords();
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            {heads.map((head) => (
              <th key={head} scope="col">
                {t(`audit.${head}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {events.map((event) => (
            <tr key={event.id}>
              <td className="nowrap">{mdHm(event.occurred_at)}</td>
              <td className="mono nowrap">{event.name}</td>
              <td className="mono">{event.subject}</td>
              <td className="mono">{event.actor}</td>
              <td className="number">{event.leaf_index ?? t('audit.pending')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
