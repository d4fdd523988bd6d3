import type { ReactElement } from 'react';
import { Card, LinkButton } from '../shared/ui.tsx';
import { useBesides, type Besides } from './besides.ts';
import { SessionLinks } from './session-links.tsx';
import { usePatientWords } from './words.ts';

const SHOWN_MAX = 3;

/**
 * Before any number: the signs that must not wait, short enough to leave the times in sight, and on
 * request whose words they are and who can be seen today; `open` where there is no number to choose.
 */
export function UrgentFirst(props: { sessionId: string; open?: boolean }): ReactElement {
  const { t } = usePatientWords();
  const { data, problem } = useBesides(props.sessionId);
  const isThere = data !== undefined || problem !== undefined;
  const call = (
    <a href="tel:120" className="button danger">
      {t('urgent.call')}
    </a>
  );
  return (
    <div className={isThere ? 'urgent' : 'urgent pending'}>
      <Card title={t('urgent.title')} aside={call}>
        <p>
          <strong className="warn-text">{t(data ? 'urgent.lead' : 'ways.emergency')}</strong>
          {data && `${data.red_flags.lines.map(bare).join('；')}。`}
          {data && (
            <span className="small soft">
              {t(data.red_flags.approved_at === null ? 'urgent.general' : 'urgent.approved')}
            </span>
          )}
        </p>
        {data && (
          <details open={props.open}>
            <summary>{t('urgent.more')}</summary>
            <More data={data} />
          </details>
        )}
      </Card>
    </div>
  );
}

/** A line as a part of one sentence: hospitals write them with or without an end. */
const bare = (line: string): string => line.replace(/[。；;.!！]$/, '');

function More({ data }: { data: Besides }): ReactElement {
  const { t } = usePatientWords();
  return (
    <div className="stack tight">
      {data.phone !== '' && (
        <a href={`tel:${data.phone}`} className="button secondary">
          {t('urgent.hospital', { phone: data.phone })}
        </a>
      )}
      <h3>{t('urgent.soon')}</h3>
      {data.soon.length === 0 ? (
        <p>{t('urgent.soon-none')}</p>
      ) : (
        <>
          <p>{t('urgent.soon-text')}</p>
          <SessionLinks sessions={data.soon.slice(0, SHOWN_MAX)} />
        </>
      )}
      <LinkButton look="quiet" to={`/h/${data.hospital_id}/d/${data.department_id}`}>
        {t('soon.more')}
      </LinkButton>
    </div>
  );
}
