import { useState, type ReactElement } from 'react';
import { useParams, useSearchParams } from 'react-router';
import { api, post } from '../shared/api.ts';
import { hm, mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { entryTone } from '../shared/states.ts';
import type { Entry, Visit } from '../shared/types.ts';
import {
  Button,
  Card,
  Countdown,
  Dialog,
  Empty,
  LinkButton,
  Notice,
  ProblemNotice,
  Tag,
  Wait,
} from '../shared/ui.tsx';
import { DrawTimes } from './draw-form.tsx';
import { SessionText } from './preferences.tsx';
import { ReceiptCard } from './receipt-card.tsx';
import { keptReceipt } from './receipts.ts';
import { SignedIn } from './signed-in.tsx';
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
  const entries = useLoad('entries', () => api<{ entries: Entry[] }>('/api/entries'), 5_000);
  return (
    <Wait on={entries}>
      {({ entries: list }) => {
        const entry = list.find(({ e }) => e === entryId);
        return entry ? (
          <EntryView entry={entry} reload={entries.reload} />
        ) : (
          <Empty title={t('entry.none')} />
        );
      }}
    </Wait>
  );
}

function EntryView({ entry, reload }: { entry: Entry; reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  const [params] = useSearchParams();
  const { draw } = entry;
  return (
    <>
      {params.has('new') && entry.state === 'registered' && (
        <Notice tone="good" title={t('entry.new-title')}>
          <p>{t('entry.new-text', { time: hm(draw.round_at) })}</p>
        </Notice>
      )}
      <Card
        tone="raised"
        title={entry.patient.name_masked}
        aside={<Tag tone={entryTone[entry.state]}>{t(`entry.${entry.state}`)}</Tag>}
      >
        <Result entry={entry} />
        <Wishes entry={entry} />
        <DrawTimes draw={draw} onOver={reload} />
        {entry.state === 'registered' && draw.state === 'open' && (
          <Withdraw entry={entry} reload={reload} />
        )}
      </Card>
      {entry.state === 'unplaced' && <Unplaced entry={entry} />}
      <ReceiptCard entry={entry} />
    </>
  );
}

function Wishes({ entry }: { entry: Entry }): ReactElement {
  const { t } = usePatientWords();
  const byCode = new Map(entry.draw.sessions.map((session) => [session.session_id, session]));
  return (
    <ol className="stack tight" aria-label={t('draw.preferences')}>
      {entry.preferences.map((code, at) => {
        const session = byCode.get(code);
        const won = session !== undefined && session.session_id === entry.session_id;
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

/** The result in words, and the one thing to do about it. */
function Result({ entry }: { entry: Entry }): ReactElement | null {
  const { t } = usePatientWords();
  if (entry.state === 'waiting') return <p>{t('entry.waiting-text')}</p>;
  if (entry.state === 'burnt') return <p>{t('entry.burnt-text')}</p>;
  if (entry.state !== 'placed' || entry.appointment_id === null) return null;
  return <Placed id={entry.appointment_id} until={entry.confirm_until} />;
}

function Placed({ id, until }: { id: string; until: string | null }): ReactElement {
  const { t } = usePatientWords();
  const visit = useLoad(id, () => api<Visit>(`/api/appointments/${id}`), 15_000);
  const confirm = useAction((key) =>
    post(`/api/appointments/${id}/confirm`, {}, key).finally(visit.reload),
  );
  const status = visit.data?.status;
  const by = visit.data?.hold_until ?? until;
  if (status === 'cancelled' || status === 'lapsed') {
    return <Notice tone="warn" title={t('entry.given-back')} />;
  }
  return (
    <Notice tone="good" title={t('entry.placed-title')}>
      {status === 'held' && by && (
        <p>
          {t('entry.confirm-until', { time: mdHm(by) })}（
          <Countdown until={by} onOver={visit.reload} />）
        </p>
      )}
      {status === 'booked' && <p>{t('entry.confirmed')}</p>}
      <ProblemNotice problem={confirm.problem} />
      <div className="row">
        {status === 'held' && (
          <Button busy={confirm.busy} onClick={() => void confirm.run()}>
            {t('entry.confirm')}
          </Button>
        )}
        <LinkButton look="secondary" to={`/visits/${id}`}>
          {t('entry.visit')}
        </LinkButton>
      </div>
    </Notice>
  );
}

function Withdraw({ entry, reload }: { entry: Entry; reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  const [open, setOpen] = useState(false);
  const secret = keptReceipt(entry.e)?.secret;
  const withdraw = useAction(async (key) => {
    await post(`/api/entries/${entry.e}/withdraw`, { secret }, key);
    setOpen(false);
    reload();
  });
  if (secret === undefined) return <p className="small">{t('withdraw.elsewhere')}</p>;
  return (
    <>
      <Button look="danger" onClick={() => setOpen(true)}>
        {t('withdraw.open')}
      </Button>
      {open && (
        <Dialog title={t('withdraw.title')} onClose={() => setOpen(false)}>
          <p>{t('withdraw.text')}</p>
          <ProblemNotice problem={withdraw.problem} />
          <div className="row">
            <Button look="danger" busy={withdraw.busy} onClick={() => void withdraw.run()}>
              {t('withdraw.do')}
            </Button>
            <Button look="secondary" onClick={() => setOpen(false)}>
              {t('withdraw.keep')}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
