import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { useLoad } from '../shared/hooks.ts';
import { Link } from '../shared/router.tsx';
import { entryTone } from '../shared/states.ts';
import type { Entry } from '../shared/types.ts';
import { Empty, LinkButton, Tag, Wait } from '../shared/ui.tsx';
import { DisplacedCards } from './displaced.tsx';
import { SessionText } from './preferences.tsx';
import { MyReviews } from './reviews.tsx';
import { StoppedCards } from './rebookings.tsx';
import { SignedIn } from './signed-in.tsx';
import { MyWishes } from './standing.tsx';
import { usePatientWords } from './words.ts';

export function EntriesPage(): ReactElement {
  const { t } = usePatientWords();
  return (
    <SignedIn title={t('nav.entries')}>
      <DisplacedCards />
      <StoppedCards />
      <EntryList />
      <MyWishes />
      <MyReviews />
    </SignedIn>
  );
}

function EntryList(): ReactElement {
  const { t } = usePatientWords();
  const entries = useLoad('entries', () => api<{ entries: Entry[] }>('/api/entries'), 15_000);
  return (
    <Wait on={entries}>
      {({ entries: list }) =>
        list.length === 0 ? (
          <Empty title={t('entries.none')}>
            <LinkButton to="/draws">{t('draws.title')}</LinkButton>
          </Empty>
        ) : (
          <ul className="stack">
            {list.filter(isLast).map((entry) => (
              <li key={entry.e}>
                <Link to={`/entries/${entry.e}`} className="card choice">
                  <span className="row spread">
                    <span className="choice-title">{entry.patient.name_masked}</span>
                    <EntryTag entry={entry} />
                  </span>
                  <FirstWish entry={entry} />
                  <span className="small">
                    {t('draw.code')} <span className="mono">{entry.draw.code}</span>
                    {entry.wish_id !== null && ` · ${t('entry.from-wish')}`}
                  </span>
                </Link>
              </li>
            ))}
          </ul>
        )
      }
    </Wait>
  );
}

/** Leaves out what an edit or a second registration for the same draw has replaced. */
function isLast(entry: Entry, at: number, all: readonly Entry[]): boolean {
  const same = (other: Entry): boolean =>
    other.draw_id === entry.draw_id && other.patient.patient_id === entry.patient.patient_id;
  return (
    entry.state !== 'withdrawn' ||
    !all.some((other, n) => same(other) && (other.state !== 'withdrawn' || n < at))
  );
}

/** The state in two words; a shadow draw gives no number, whatever its order says. */
export function EntryTag({ entry }: { entry: Entry }): ReactElement {
  const { t } = usePatientWords();
  const { state, draw } = entry;
  if (draw.kind === 'shadow' && (state === 'placed' || state === 'unplaced'))
    return <Tag tone="muted">{t('shadow.over')}</Tag>;
  if (state === 'unplaced' && entry.next_return_at !== null)
    return <Tag tone="wait">{t('entry.standby')}</Tag>;
  return <Tag tone={entryTone[state]}>{t(`entry.${state}`)}</Tag>;
}

function FirstWish({ entry }: { entry: Entry }): ReactElement | null {
  const { t } = usePatientWords();
  const { sessions } = entry.draw;
  const session =
    sessions.find(({ session_id }) => session_id === entry.session_id) ??
    sessions.find(({ session_id }) => session_id === entry.preferences[0]);
  if (!session) return null;
  const more = entry.session_id === null ? entry.preferences.length - 1 : 0;
  return (
    <span>
      <SessionText session={session} />
      {more > 0 && <span className="small"> {t('entries.more', { n: more })}</span>}
    </span>
  );
}
