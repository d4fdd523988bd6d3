import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useLoad } from '../shared/hooks.ts';
import type { Draw, Entry, SessionDetail } from '../shared/types.ts';
import { Card, LinkButton } from '../shared/ui.tsx';
import { usePatientWords } from './words.ts';

/** What to do without a number: a doctor today first, then the next draw, then the warning. */
export function Unplaced({ entry }: { entry: Entry }): ReactElement {
  const { t } = usePatientWords();
  const sessionId = entry.draw.sessions[0]?.session_id ?? null;
  const session = useLoad(sessionId, () => api<SessionDetail>(`/api/sessions/${sessionId}`)).data;
  const hospitalId = session?.hospital_id ?? null;
  const today = session ? `/h/${session.hospital_id}/d/${session.department_id}` : '/';
  const next = useLoad(hospitalId && `draws/${hospitalId}`, async () => {
    const { draws } = await api<{ draws: Draw[] }>(`/api/draws?hospital_id=${hospitalId}`);
    return draws.find(
      ({ group, state, draw_id }) =>
        group === entry.draw.group &&
        draw_id !== entry.draw_id &&
        (state === 'announced' || state === 'open'),
    );
  });
  return (
    <Card title={t('unplaced.title')}>
      <ol className="steps">
        <li>
          <p className="strong">{t('unplaced.today')}</p>
          <p>{t('unplaced.today-text')}</p>
          <LinkButton to={today}>
            {t('unplaced.today-go', { name: session?.department_name ?? '' })}
          </LinkButton>
        </li>
        <li>
          <p className="strong">{t('unplaced.next')}</p>
          <p>
            {next.data
              ? t('unplaced.next-date', {
                  closes: mdHm(next.data.closes_at),
                  result: mdHm(next.data.round_at),
                })
              : t('unplaced.next-unknown')}
          </p>
          <LinkButton
            look="secondary"
            to={next.data?.state === 'open' ? `/draws/${next.data.draw_id}/enter` : '/draws'}
          >
            {t(next.data?.state === 'open' ? 'draws.enter' : 'draws.title')}
          </LinkButton>
        </li>
        <li>
          <p className="strong warn-text">{t('unplaced.no-money')}</p>
        </li>
        <li>
          <LinkButton look="secondary" to={`/entries/${entry.e}/verify`}>
            {t('verify.title')}
          </LinkButton>
        </li>
      </ol>
    </Card>
  );
}
