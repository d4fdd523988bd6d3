import type { ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { hm, mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import type { Entry, Visit } from '../shared/types.ts';
import { Button, Countdown, LinkButton, Notice, ProblemNotice } from '../shared/ui.tsx';
import { usePatientWords } from './words.ts';

/** The result in words, and the one thing to do about it. */
export function EntryResult(props: { entry: Entry; reload: () => void }): ReactElement | null {
  const { t } = usePatientWords();
  const { entry, reload } = props;
  if (entry.state === 'waiting') return <p>{t('entry.waiting-text')}</p>;
  if (entry.state === 'burnt') return <p>{t('entry.burnt-text')}</p>;
  // A shadow draw is for comparison: whatever its order, there is no number to speak of.
  if (entry.draw.kind === 'shadow') return null;
  if (entry.state === 'unplaced') return <Standby entry={entry} reload={reload} />;
  if (entry.state !== 'placed') return null;
  return <Placed entry={entry} />;
}

/** Not yet: places that come back are allocated anew among everybody who waits. */
function Standby({ entry, reload }: { entry: Entry; reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  const at = entry.next_return_at;
  const n = entry.draw.returns.find(({ round_at }) => round_at === at)?.n;
  if (at === null) return <Notice title={t('standby.none')} />;
  return (
    <Notice tone="info" title={t('standby.title')}>
      <p>
        {t('standby.next', { n: n ?? '', time: mdHm(at) })}（
        <Countdown key={at} until={at} onOver={reload} />）
      </p>
      <p>{t('standby.text')}</p>
    </Notice>
  );
}

function Placed({ entry }: { entry: Entry }): ReactElement | null {
  const { t } = usePatientWords();
  const id = entry.appointment_id;
  const visit = useLoad(id, () => api<Visit>(`/api/appointments/${id}`), 15_000);
  const confirm = useAction((key) =>
    post(`/api/appointments/${id}/confirm`, {}, key).finally(visit.reload),
  );
  const status = visit.data?.status;
  const by = visit.data?.hold_until ?? entry.confirm_until;
  if (status === 'stopped')
    return (
      <Notice tone="warn" title={t('entry.stopped')}>
        <LinkButton to="/entries">{t('displaced.go')}</LinkButton>
      </Notice>
    );
  if (status === 'cancelled' || status === 'lapsed')
    return <Notice tone="warn" title={t('entry.given-back')} />;
  return (
    <Notice tone="good" title={t('entry.placed-title')}>
      {entry.n > 0 && <p>{t('entry.placed-return', { n: entry.n })}</p>}
      {status === 'held' && by && (
        <p>
          {t('entry.confirm-until', { time: mdHm(by) })}（
          <Countdown key={by} until={by} onOver={visit.reload} />）
        </p>
      )}
      {status === 'booked' && <p>{t('entry.confirmed')}</p>}
      <ProblemNotice problem={confirm.problem} />
      <div className="row">
        {status === 'held' && (
          <Button busy={confirm.busy} onClick={() => void confirm.run()}>
            {by ? t('entry.confirm-by', { time: hm(by) }) : t('entry.confirm')}
          </Button>
        )}
        {id !== null && (
          <LinkButton look="secondary" to={`/visits/${id}`}>
            {t('entry.visit')}
          </LinkButton>
        )}
      </div>
    </Notice>
  );
}
