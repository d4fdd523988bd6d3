import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { dayText, hm, mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import type { Displaced, Visit } from '../shared/types.ts';
import {
  Button,
  Card,
  Countdown,
  Dialog,
  LinkButton,
  Notice,
  ProblemNotice,
} from '../shared/ui.tsx';
import { useCommon } from './app-context.tsx';
import { usePatientWords } from './words.ts';

/** People whose drawn visit the hospital stopped, with what they can choose; first on the page. */
export function DisplacedCards(): ReactElement | null {
  const { t } = usePatientWords();
  const list = useLoad(
    'displaced',
    () => api<{ displaced: Displaced[] }>('/api/displaced'),
    15_000,
  );
  const open = (list.data?.displaced ?? []).filter(
    ({ state }) => state === 'waiting' || state === 'offered',
  );
  if (open.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="displaced">
      <h2 id="displaced">{t('displaced.title')}</h2>
      <ul className="stack">
        {open.map((one) => (
          <li key={one.displaced_id}>
            <DisplacedCard one={one} reload={list.reload} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function DisplacedCard({ one, reload }: { one: Displaced; reload: () => void }): ReactElement {
  const { t, lang } = usePatientWords();
  const { hospital } = useCommon();
  return (
    <Card
      tone="raised"
      title={t('displaced.who', { name: one.patient_name_masked, clinic: one.service_name })}
    >
      <p>{t('displaced.text', { day: dayText(one.service_date, lang) })}</p>
      {one.offer ? (
        <Offer one={one} offer={one.offer} reload={reload} />
      ) : (
        <Notice tone="info" title={t('displaced.waiting')}>
          <p>{t('displaced.waiting-text')}</p>
        </Notice>
      )}
      <div className="row">
        <LinkButton look="secondary" to={hospital ? `/h/${hospital.id}` : '/'}>
          {t('displaced.others')}
        </LinkButton>
        <Refund one={one} reload={reload} />
      </div>
    </Card>
  );
}

function Offer(props: {
  one: Displaced;
  offer: NonNullable<Displaced['offer']>;
  reload: () => void;
}): ReactElement {
  const { t, lang } = usePatientWords();
  const { offer, reload } = props;
  const path = `/api/appointments/${offer.appointment_id}`;
  const visit = useLoad(path, () => api<Visit>(path), 20_000);
  const by = visit.data?.hold_until ?? null;
  const take = useAction((key) =>
    post(`${path}/confirm`, {}, key).finally(() => {
      visit.reload();
      reload();
    }),
  );
  // Taken, though the list does not say so for another moment.
  if (visit.data?.status === 'booked')
    return (
      <Notice tone="good" title={t('displaced.taken')}>
        <LinkButton to={`/visits/${offer.appointment_id}`}>{t('entry.visit')}</LinkButton>
      </Notice>
    );
  return (
    <Notice tone="good" title={t('displaced.offer')}>
      <p className="strong">
        {dayText(offer.service_date, lang)} {hm(offer.starts_at)} {offer.service_name}
      </p>
      {by && (
        <p>
          {t('displaced.until', { time: mdHm(by) })}（
          <Countdown key={by} until={by} onOver={reload} />）
        </p>
      )}
      <ProblemNotice problem={take.problem} />
      <Button busy={take.busy} onClick={() => void take.run()}>
        {t('displaced.take')}
      </Button>
    </Notice>
  );
}

function Refund({ one, reload }: { one: Displaced; reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  const [open, setOpen] = useState(false);
  const refund = useAction(async (key) => {
    await post(`/api/displaced/${one.displaced_id}/refund`, {}, key);
    setOpen(false);
    reload();
  });
  return (
    <>
      <Button look="danger" onClick={() => setOpen(true)}>
        {t('displaced.refund')}
      </Button>
      {open && (
        <Dialog title={t('displaced.refund-title')} onClose={() => setOpen(false)}>
          <p>{t('displaced.refund-text')}</p>
          <ProblemNotice problem={refund.problem} />
          <div className="row">
            <Button look="danger" busy={refund.busy} onClick={() => void refund.run()}>
              {t('displaced.refund-do')}
            </Button>
            <Button look="secondary" onClick={() => setOpen(false)}>
              {t('displaced.keep')}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
