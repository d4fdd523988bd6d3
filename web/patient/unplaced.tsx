import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useLoad } from '../shared/hooks.ts';
import { Link } from '../shared/router.tsx';
import type { Draw, Entry, Wish } from '../shared/types.ts';
import { Card, LinkButton } from '../shared/ui.tsx';
import { useBesides, type Besides } from './besides.ts';
import { SessionLinks } from './session-links.tsx';
import { usePatientWords } from './words.ts';

const SHOWN_MAX = 3;

/**
 * What to do without a number, in this order: a doctor today or tomorrow, the next draw, a team or a
 * doctor of equal rank, the warning, and how to check that the draw was right.
 */
export function Unplaced({ entry }: { entry: Entry }): ReactElement {
  const { t } = usePatientWords();
  const { data } = useBesides(entry.draw.sessions[0]?.session_id ?? null);
  return (
    <Card title={t('unplaced.title')}>
      <ol className="steps">
        <Soon besides={data} />
        <NextDraw entry={entry} hospitalId={data?.hospital_id ?? null} />
        <li>
          <p className="strong">{t('unplaced.equals')}</p>
          {data?.equals.length === 0 ? (
            <p>{t('unplaced.equals-none')}</p>
          ) : (
            <SessionLinks sessions={data?.equals.slice(0, SHOWN_MAX) ?? []} />
          )}
        </li>
        <li>
          <p className="strong warn-text">{t('unplaced.no-money')}</p>
          <p>
            {t('unplaced.no-money-more')} <Link to="/report">{t('tile.report')}</Link>
          </p>
        </li>
        <li>
          <p className="strong">{t('unplaced.verify')}</p>
          <LinkButton look="secondary" to={`/entries/${entry.e}/verify`}>
            {t('verify.title')}
          </LinkButton>
        </li>
      </ol>
    </Card>
  );
}

function Soon({ besides }: { besides: Besides | undefined }): ReactElement {
  const { t } = usePatientWords();
  const to = besides ? `/h/${besides.hospital_id}/d/${besides.department_id}` : '/';
  return (
    <li>
      <p className="strong">{t('unplaced.soon')}</p>
      {besides?.soon.length === 0 ? (
        <p>{t('unplaced.soon-none')}</p>
      ) : (
        <SessionLinks sessions={besides?.soon.slice(0, SHOWN_MAX) ?? []} />
      )}
      <LinkButton to={to}>
        {t('unplaced.today-go', { name: besides?.department_name ?? '' })}
      </LinkButton>
    </li>
  );
}

function NextDraw(props: { entry: Entry; hospitalId: string | null }): ReactElement {
  const { t } = usePatientWords();
  const { entry, hospitalId } = props;
  const next = useLoad(hospitalId && `draws/${hospitalId}`, async () => {
    const { draws } = await api<{ draws: Draw[] }>(`/api/draws?hospital_id=${hospitalId}`);
    return draws.find(
      ({ group, state, draw_id }) =>
        group === entry.draw.group &&
        draw_id !== entry.draw_id &&
        (state === 'announced' || state === 'open'),
    );
  }).data;
  const goesOn = useGoesOn(entry);
  const open = next?.state === 'open';
  return (
    <li>
      <p className="strong">{t('unplaced.next')}</p>
      {entry.next_return_at !== null && (
        <p>{t('unplaced.return', { time: mdHm(entry.next_return_at) })}</p>
      )}
      <p>
        {next
          ? t(goesOn ? 'unplaced.next-auto' : 'unplaced.next-date', {
              closes: mdHm(next.closes_at),
              result: mdHm(next.round_at),
            })
          : t(goesOn ? 'unplaced.wish-on' : 'unplaced.next-unknown')}
      </p>
      <LinkButton look="secondary" to={open ? `/draws/${next.draw_id}/enter` : '/draws'}>
        {t(open ? 'draws.enter' : 'draws.title')}
      </LinkButton>
    </li>
  );
}

/** Whether a standing wish of this person enters the next draw of the group by itself. */
function useGoesOn(entry: Entry): boolean {
  const wishes = useLoad('wishes', () => api<{ wishes: Wish[] }>('/api/wishes'));
  return (
    wishes.data?.wishes.some(
      (wish) =>
        (wish.state === 'active' || wish.state === 'asked') &&
        wish.patient_id === entry.patient.patient_id &&
        wish.draw_group === entry.draw.group,
    ) === true
  );
}
