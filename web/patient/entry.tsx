import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { hm } from '../shared/format.ts';
import { useLoad } from '../shared/hooks.ts';
import { useParams, useSearchParams } from '../shared/router.tsx';
import type { Entry } from '../shared/types.ts';
import { Card, Empty, Notice, Tag, Wait } from '../shared/ui.tsx';
import { DrawTimes } from './draw-form.tsx';
import { ShadowNotice } from './draw.tsx';
import { EntryTag } from './entries.tsx';
import { ChangeEntry } from './entry-change.tsx';
import { EntryResult } from './entry-result.tsx';
import { SessionText } from './preferences.tsx';
import { ReceiptCard } from './receipt-card.tsx';
import { SignedIn } from './signed-in.tsx';
import { EntryWish } from './standing.tsx';
import { Unplaced } from './unplaced.tsx';
import { usePatientWords } from './words.ts';

export function EntryPage(): ReactElement {
  const { t } = usePatientWords();
  return (
    <SignedIn title={t('nav.entries')}>
      <EntryLoader />
    </SignedIn>
  );
}

function EntryLoader(): ReactElement {
  const { entryId = '' } = useParams();
  const { t } = usePatientWords();
  const entries = useLoad(
    `entries/${entryId}`,
    () => api<{ entries: Entry[] }>('/api/entries'),
    5_000,
  );
  return (
    <Wait on={entries}>
      {({ entries: list }) => {
        const entry = list.find(({ e }) => e === entryId);
        return entry ? (
          <EntryView key={entry.e} entry={entry} reload={entries.reload} />
        ) : (
          <Empty title={t('entry.none')} />
        );
      }}
    </Wait>
  );
}

function EntryView({ entry, reload }: { entry: Entry; reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  const { draw } = entry;
  return (
    <>
      <JustDone entry={entry} />
      <ShadowNotice draw={draw} />
      <Card tone="raised" title={entry.patient.name_masked} aside={<EntryTag entry={entry} />}>
        <EntryResult entry={entry} reload={reload} />
        <Wishes entry={entry} />
        {entry.notice_days < 2 && draw.returns.length > 0 && (
          <p className="small">{t('notice.day-before-on')}</p>
        )}
        <DrawTimes draw={draw} onOver={reload} />
        <ChangeEntry entry={entry} reload={reload} />
      </Card>
      {draw.kind !== 'shadow' && <EntryWish entry={entry} />}
      {entry.state === 'unplaced' && draw.kind !== 'shadow' && <Unplaced entry={entry} />}
      <ReceiptCard entry={entry} />
    </>
  );
}

/** What the person did a moment ago. */
function JustDone({ entry }: { entry: Entry }): ReactElement | null {
  const { t } = usePatientWords();
  const [params] = useSearchParams();
  if (entry.state !== 'registered') return null;
  const time = hm(entry.draw.round_at);
  return (
    <>
      {params.has('new') && (
        <Notice tone="good" title={t('entry.new-title')}>
          <p>{t(entry.draw.kind === 'shadow' ? 'shadow.new' : 'entry.new-text', { time })}</p>
        </Notice>
      )}
      {params.has('edited') && (
        <Notice tone="good" title={t('edit.done')}>
          <p>{t('edit.done-text')}</p>
        </Notice>
      )}
      {params.get('wish') === 'failed' && <Notice tone="warn">{t('standing.failed')}</Notice>}
    </>
  );
}

function Wishes({ entry }: { entry: Entry }): ReactElement {
  const { t } = usePatientWords();
  const byCode = new Map(entry.draw.sessions.map((session) => [session.session_id, session]));
  const real = entry.draw.kind !== 'shadow';
  return (
    <ol className="stack tight" aria-label={t('draw.preferences')}>
      {entry.preferences.map((code, at) => {
        const session = byCode.get(code);
        const won = real && session !== undefined && session.session_id === entry.session_id;
        return (
          <li key={code} className={`option wish${won ? ' won' : ''}`}>
            <span className="wish-number">{at + 1}</span>
            <span className="wish-text">{session && <SessionText session={session} />}</span>
            {won && <Tag tone="good">{t('entry.placed')}</Tag>}
          </li>
        );
      })}
    </ol>
  );
}
