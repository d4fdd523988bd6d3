import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { dayText, hm, span } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Dialog, Empty, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import type { Referral } from './referral-types.ts';
import { useConsoleWords } from './words.ts';

/** What one has sent, and what became of it. */
export function SentReferrals(props: { turn: number; onChange: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const path = '/api/staff/referrals/sent';
  const sent = useLoad(`${path} ${props.turn}`, () => api<{ referrals: Referral[] }>(path), 10_000);
  const reload = (): void => {
    sent.reload();
    props.onChange();
  };
  return (
    <section className="stack" aria-label={t('refer.sent')}>
      <h2>{t('refer.sent')}</h2>
      <Wait on={sent}>
        {({ referrals }) =>
          referrals.length === 0 ? (
            <Empty title={t('refer.sent-none')} />
          ) : (
            <ul className="cards">
              {referrals.map((one) => (
                <li key={one.referral_id}>
                  <Sent referral={one} reload={reload} />
                </li>
              ))}
            </ul>
          )
        }
      </Wait>
    </section>
  );
}

const tones = {
  asked: 'wait',
  given: 'good',
  fulfilled: 'good',
  refused: 'bad',
  noshow: 'bad',
  stopped: 'bad',
  expired: 'muted',
  withdrawn: 'muted',
  cancelled: 'muted',
} as const;

/** What the sender sees of it: the order's state, or what became of its visit. */
function lifeOf(one: Referral): keyof typeof tones {
  const { visit_status } = one;
  if (visit_status === 'fulfilled' || visit_status === 'noshow') return visit_status;
  if (visit_status === 'cancelled' || visit_status === 'stopped') return visit_status;
  return one.state;
}

function Sent({ referral, reload }: { referral: Referral; reload: () => void }): ReactElement {
  const { t, lang } = useConsoleWords();
  const [asking, setAsking] = useState(false);
  const withdraw = useAction(async (key) => {
    await post(`/api/staff/referrals/${referral.referral_id}/withdraw`, {}, key).finally(reload);
    setAsking(false);
  });
  const { name_masked: name, sequence, number_at } = referral;
  const life = lifeOf(referral);
  return (
    <Card
      title={`${name} · ${referral.practitioner_name ?? referral.service_name}`}
      aside={<Tag tone={tones[life]}>{t(`refer-state.${life}`)}</Tag>}
    >
      <p>
        {dayText(referral.service_date, lang)} {t(`period.${referral.period}`)}{' '}
        {span(referral.starts_at, referral.ends_at)} · {referral.department_name}
        {life === 'given' &&
          sequence !== null &&
          number_at !== null &&
          ` · ${t('refer.sequence', { n: sequence, at: hm(number_at) })}`}
      </p>
      <p className="small">
        {t(`refer-reason.${referral.reason}`)} · {t(`refer-urgency.${referral.urgency}`)} ·{' '}
        <span className="mono">{referral.document_masked}</span>
      </p>
      {referral.refusal && <p>{t(`refer-refusal.${referral.refusal}`)}</p>}
      {(life === 'asked' || (life === 'given' && referral.visit_status === 'booked')) && (
        <div>
          <Button
            look="quiet"
            aria-label={t('refer.withdraw-for', { name })}
            onClick={() => setAsking(true)}
          >
            {t('refer.withdraw')}
          </Button>
        </div>
      )}
      {asking && (
        <Dialog title={t('refer.withdraw-for', { name })} onClose={() => setAsking(false)}>
          <p>{t('refer.withdraw-text')}</p>
          <ProblemNotice problem={withdraw.problem} />
          <Button busy={withdraw.busy} onClick={() => void withdraw.run()}>
            {t('refer.withdraw-do')}
          </Button>
        </Dialog>
      )}
    </Card>
  );
}
