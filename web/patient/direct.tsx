import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { dayText, span } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import type { Period } from '../shared/types.ts';
import {
  Button,
  Card,
  Dialog,
  Empty,
  LinkButton,
  ProblemNotice,
  Tag,
  Wait,
} from '../shared/ui.tsx';
import { FreeReturns } from './returns.tsx';
import { MyReferrals, useReferrals } from './referral.tsx';
import { SignedIn } from './signed-in.tsx';
import { usePatientWords } from './words.ts';

type Added = {
  order_id: string;
  name_masked: string;
  state: 'asked' | 'given' | 'refused' | 'expired';
  refusal: 'room' | 'other_day' | 'other_doctor' | null;
  appointment_id: string | null;
  service_date: string;
  period: Period;
  starts_at: string;
  ends_at: string;
  department_name: string;
  service_name: string;
  practitioner_name: string | null;
};

type Plan = {
  plan_id: string;
  name_masked: string;
  service_name: string;
  practitioner_name: string | null;
  every_months: number;
  times: number;
  done: number;
  next_due: string;
  appointment_id: string | null;
  hospital_id: string;
  department_id: string | null;
};

/** What doctors gave or planned for one's patients: nothing happens behind their back. */
export function DirectPage(): ReactElement {
  const { t } = usePatientWords();
  return (
    <SignedIn title={t('direct.title')}>
      <Mine />
    </SignedIn>
  );
}

function Mine(): ReactElement {
  const { t } = usePatientWords();
  const path = '/api/direct-numbers';
  const mine = useLoad(path, () => api<{ added: Added[]; plans: Plan[] }>(path));
  const referrals = useReferrals().data?.referrals ?? [];
  return (
    <>
      <p>{t('direct.lead')}</p>
      <FreeReturns />
      <Wait on={mine}>
        {({ added, plans }) => (
          <>
            {added.length + plans.length + referrals.length === 0 && (
              <Empty title={t('direct.none')} />
            )}
            <MyReferrals referrals={referrals} />
            {plans.length > 0 && (
              <section className="stack" aria-label={t('direct.plans')}>
                <h2>{t('direct.plans')}</h2>
                {plans.map((plan) => (
                  <PlanCard key={plan.plan_id} plan={plan} reload={mine.reload} />
                ))}
              </section>
            )}
            {added.length > 0 && (
              <section className="stack" aria-label={t('direct.added')}>
                <h2>{t('direct.added')}</h2>
                {added.map((order) => (
                  <AddedCard key={order.order_id} order={order} />
                ))}
              </section>
            )}
          </>
        )}
      </Wait>
    </>
  );
}

function PlanCard({ plan, reload }: { plan: Plan; reload: () => void }): ReactElement {
  const { t, lang } = usePatientWords();
  const [asking, setAsking] = useState(false);
  const end = useAction(async (key) => {
    await post(`/api/follow-up-plans/${plan.plan_id}/end`, {}, key);
    setAsking(false);
    reload();
  });
  const name = plan.name_masked;
  return (
    <Card title={`${plan.practitioner_name ?? plan.service_name} · ${name}`}>
      <p>{t('direct.every', { n: plan.every_months, done: plan.done, times: plan.times })}</p>
      {plan.appointment_id && <p className="strong">{t('direct.ready')}</p>}
      <p>{t('direct.next', { due: dayText(plan.next_due, lang) })}</p>
      <div className="row">
        {plan.appointment_id && (
          <LinkButton to={`/visits/${plan.appointment_id}`}>{t('direct.visit')}</LinkButton>
        )}
        {!plan.appointment_id && plan.department_id && (
          <LinkButton look="secondary" to={`/h/${plan.hospital_id}/d/${plan.department_id}`}>
            {t('direct.self')}
          </LinkButton>
        )}
        <Button look="quiet" onClick={() => setAsking(true)}>
          {t('direct.end')}
        </Button>
      </div>
      {asking && (
        <Dialog title={t('direct.end-title', { name })} onClose={() => setAsking(false)}>
          <p>{t('direct.end-text')}</p>
          <ProblemNotice problem={end.problem} />
          <div className="row">
            <Button busy={end.busy} onClick={() => void end.run()}>
              {t('direct.end')}
            </Button>
            <Button look="secondary" onClick={() => setAsking(false)}>
              {t('direct.keep')}
            </Button>
          </div>
        </Dialog>
      )}
    </Card>
  );
}

const tones = { asked: 'wait', given: 'good', refused: 'bad', expired: 'muted' } as const;

function AddedCard({ order }: { order: Added }): ReactElement {
  const { t, lang } = usePatientWords();
  return (
    <Card
      title={`${order.practitioner_name ?? order.service_name} · ${order.name_masked}`}
      aside={<Tag tone={tones[order.state]}>{t(`direct.${order.state}`)}</Tag>}
    >
      <p>
        {dayText(order.service_date, lang)} {t(`period.${order.period}`)}{' '}
        {span(order.starts_at, order.ends_at)} · {order.department_name}
      </p>
      {order.refusal && <p>{t(`direct.${order.refusal}`)}</p>}
      {order.appointment_id && (
        <div>
          <LinkButton to={`/visits/${order.appointment_id}`}>{t('direct.visit')}</LinkButton>
        </div>
      )}
    </Card>
  );
}
