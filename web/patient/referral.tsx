import type { ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { dayText, span } from '../shared/format.ts';
import { useLoad, type Loaded } from '../shared/hooks.ts';
import type { Period, Visit } from '../shared/types.ts';
import { Card, LinkButton, Notice, Tag } from '../shared/ui.tsx';
import { usePatientWords } from './words.ts';

export type Referral = {
  referral_id: string;
  institution_name: string;
  institution_phone: string;
  state: 'asked' | 'given' | 'refused' | 'expired' | 'withdrawn';
  refusal: 'local' | 'other_department' | 'emergency' | 'full' | null;
  name_masked: string;
  appointment_id: string | null;
  visit_status: string | null;
  service_date: string;
  period: Period;
  starts_at: string;
  ends_at: string;
  department_name: string;
  service_name: string;
  practitioner_name: string | null;
};

/** The referrals of one's patients. */
export function useReferrals(wanted = true): Loaded<{ referrals: Referral[] }> {
  const path = '/api/referrals';
  return useLoad(wanted ? path : null, () => api<{ referrals: Referral[] }>(path));
}

export function MyReferrals({ referrals }: { referrals: Referral[] }): ReactElement | null {
  const { t } = usePatientWords();
  if (referrals.length === 0) return null;
  return (
    <section className="stack" aria-label={t('referral.title')}>
      <h2>{t('referral.title')}</h2>
      {referrals.map((one) => (
        <ReferralCard key={one.referral_id} referral={one} />
      ))}
    </section>
  );
}

const tones = {
  asked: 'wait',
  given: 'good',
  refused: 'bad',
  expired: 'bad',
  withdrawn: 'muted',
} as const;
const ended = ['cancelled', 'stopped', 'fulfilled', 'noshow', 'void'];

function ReferralCard({ referral }: { referral: Referral }): ReactElement {
  const { t, lang } = usePatientWords();
  const { state, refusal, institution_name: name, institution_phone: phone } = referral;
  const over = ended.includes(referral.visit_status ?? '');
  return (
    <Card
      title={`${referral.practitioner_name ?? referral.service_name} · ${referral.name_masked}`}
      aside={
        <Tag tone={over ? 'muted' : tones[state]}>
          {t(over ? 'referral.over' : `referral.${state}`)}
        </Tag>
      }
    >
      <p>
        {dayText(referral.service_date, lang)} {t(`period.${referral.period}`)}{' '}
        {span(referral.starts_at, referral.ends_at)} · {referral.department_name}
      </p>
      <p>{t('referral.from', { name })}</p>
      {state === 'asked' && <p>{t('referral.asked-text')}</p>}
      {refusal && <p>{t(`referral.${refusal}`)}</p>}
      {(state === 'refused' || state === 'expired') && <p>{t('referral.not-text')}</p>}
      {phone !== '' && <p className="small">{t('referral.phone', { name, phone })}</p>}
      {referral.appointment_id && (
        <div>
          <LinkButton to={`/visits/${referral.appointment_id}`}>{t('direct.visit')}</LinkButton>
        </div>
      )}
    </Card>
  );
}

/** On a visit's page: who sent the patient, where it came by a referral. */
export function VisitReferral({ visit }: { visit: Visit }): ReactElement | null {
  const { t } = usePatientWords();
  const found = useReferrals(visit.channel === 'in_clinic');
  const one = found.data?.referrals.find((own) => own.appointment_id === visit.appointment_id);
  if (!one) return null;
  const { institution_name: name, institution_phone: phone } = one;
  return (
    <Notice title={t('referral.from', { name })}>
      <p>{t('referral.visit-text')}</p>
      {phone !== '' && <p>{t('referral.phone', { name, phone })}</p>}
    </Notice>
  );
}
