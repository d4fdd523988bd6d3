import type { ReactElement } from 'react';
import { Card, LinkButton } from '../shared/ui.tsx';
import { useBesides } from './besides.ts';
import { SessionLinks } from './session-links.tsx';
import { usePatientWords } from './words.ts';

const SHOWN_MAX = 3;

/** Before any number: signs that must not wait, and who can be seen today. */
export function UrgentFirst(props: { sessionId: string }): ReactElement {
  const { t } = usePatientWords();
  const { data, problem } = useBesides(props.sessionId);
  const isThere = data !== undefined || problem !== undefined;
  return (
    <div className={isThere ? '' : 'pending'}>
      <Card title={t('urgent.title')}>
        <p className="strong warn-text">{t(data ? 'urgent.lead' : 'ways.emergency')}</p>
        {data && (
          <>
            <ul className="bullets">
              {data.red_flags.lines.map((line) => (
                <li key={line}>{line}</li>
              ))}
            </ul>
            <p className="small">
              {t(data.red_flags.approved_at === null ? 'urgent.general' : 'urgent.approved')}
            </p>
          </>
        )}
        <div className="row">
          <a href="tel:120" className="button danger">
            {t('urgent.call')}
          </a>
          {data && data.phone !== '' && (
            <a href={`tel:${data.phone}`} className="button secondary">
              {t('urgent.hospital', { phone: data.phone })}
            </a>
          )}
        </div>
        {data && (
          <>
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
          </>
        )}
      </Card>
    </div>
  );
}
