import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { dayText, hm, mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Countdown, Dialog, Notice, ProblemNotice } from '../shared/ui.tsx';
import { usePatientWords } from './words.ts';

type Rebooking = {
  rebooking_id: string;
  patient_name_masked: string;
  service_name: string;
  service_date: string;
  state: 'waiting' | 'offered' | 'taken' | 'ended';
  offer: {
    appointment_id: string;
    service_name: string;
    practitioner_name: string | null;
    service_date: string;
    starts_at: string;
    until: string;
  } | null;
};
type Substitute = {
  appointment_id: string;
  patient_name_masked: string;
  service_name: string;
  service_date: string;
  starts_at: string;
  practitioner_name: string | null;
  practitioner_title: string | null;
};

/** What people whose clinic was stopped or changed hands can choose; first on their pages. */
export function StoppedCards(): ReactElement {
  return (
    <>
      <SubstituteCards />
      <RebookingCards />
    </>
  );
}

function RebookingCards(): ReactElement | null {
  const { t } = usePatientWords();
  const list = useLoad(
    'rebookings',
    () => api<{ rebookings: Rebooking[] }>('/api/rebookings'),
    15_000,
  );
  const open = (list.data?.rebookings ?? []).filter(
    ({ state }) => state === 'waiting' || state === 'offered',
  );
  if (open.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="rebookings">
      <h2 id="rebookings">{t('rebook.title')}</h2>
      <ul className="stack">
        {open.map((one) => (
          <li key={one.rebooking_id}>
            <RebookingCard one={one} reload={list.reload} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function RebookingCard({ one, reload }: { one: Rebooking; reload: () => void }): ReactElement {
  const { t, lang } = usePatientWords();
  const { offer } = one;
  const take = useAction((key) =>
    post(`/api/appointments/${offer?.appointment_id ?? ''}/confirm`, {}, key).finally(reload),
  );
  const decline = useAction((key) =>
    post(`/api/rebookings/${one.rebooking_id}/decline`, {}, key).finally(reload),
  );
  return (
    <Card
      tone="raised"
      title={t('rebook.who', { name: one.patient_name_masked, clinic: one.service_name })}
    >
      <p>{t('rebook.lost', { day: dayText(one.service_date, lang) })}</p>
      {offer ? (
        <Notice tone="good" title={t('rebook.offer')}>
          <p className="strong">
            {dayText(offer.service_date, lang)} {hm(offer.starts_at)} {offer.service_name}
          </p>
          <p>
            {t('rebook.until', { time: mdHm(offer.until) })}（
            <Countdown until={offer.until} onOver={reload} />）
          </p>
          <ProblemNotice problem={take.problem} />
          <Button busy={take.busy} onClick={() => void take.run()}>
            {t('rebook.take')}
          </Button>
        </Notice>
      ) : (
        <Notice tone="info" title={t('rebook.waiting')}>
          <p>{t('rebook.waiting-text')}</p>
        </Notice>
      )}
      <ProblemNotice problem={decline.problem} />
      <Sure
        ask={t('rebook.decline')}
        title={t('rebook.decline-title')}
        text={t('rebook.decline-text')}
        yes={t('rebook.decline-do')}
        busy={decline.busy}
        onYes={() => void decline.run()}
      />
    </Card>
  );
}

function SubstituteCards(): ReactElement | null {
  const { t, lang } = usePatientWords();
  const list = useLoad(
    'substitutes',
    () => api<{ substitutes: Substitute[] }>('/api/substitutes'),
    20_000,
  );
  const refuse = useAction((key, id: string) =>
    post(`/api/appointments/${id}/refuse-substitute`, {}, key).finally(list.reload),
  );
  const open = list.data?.substitutes ?? [];
  if (open.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="substitutes">
      <h2 id="substitutes">{t('substitute.title')}</h2>
      <ProblemNotice problem={refuse.problem} />
      <ul className="stack">
        {open.map((one) => (
          <li key={one.appointment_id}>
            <Card tone="raised" title={one.service_name}>
              <p>
                {t('substitute.text', {
                  name: one.patient_name_masked,
                  day: dayText(one.service_date, lang),
                  time: hm(one.starts_at),
                  clinic: one.service_name,
                  doctor: `${one.practitioner_name ?? ''} ${one.practitioner_title ?? ''}`.trim(),
                })}
              </p>
              <p>{t('substitute.accept')}</p>
              <Sure
                ask={t('substitute.refuse')}
                title={t('substitute.refuse-title')}
                text={t('substitute.refuse-text')}
                yes={t('substitute.refuse-do')}
                busy={refuse.busy}
                onYes={() => void refuse.run(one.appointment_id)}
              />
            </Card>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Sure(props: {
  ask: string;
  title: string;
  text: string;
  yes: string;
  busy: boolean;
  onYes: () => void;
}): ReactElement {
  const { t } = usePatientWords();
  const [open, setOpen] = useState(false);
  const yes = (): void => {
    setOpen(false);
    props.onYes();
  };
  return (
    <>
      <Button look="secondary" busy={props.busy} onClick={() => setOpen(true)}>
        {props.ask}
      </Button>
      {open && (
        <Dialog title={props.title} onClose={() => setOpen(false)}>
          <p>{props.text}</p>
          <div className="row">
            <Button look="danger" onClick={yes}>
              {props.yes}
            </Button>
            <Button look="secondary" onClick={() => setOpen(false)}>
              {t('rebook.keep')}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}
