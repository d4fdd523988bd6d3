import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { dayText, span } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Link } from '../shared/router.tsx';
import { Button, Card, Dialog, Empty, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import { ReferralInstitutions } from './referral-institutions.tsx';
import { LetterDialog } from './referral-letter.tsx';
import { referralRefusals, type Referral } from './referral-types.ts';
import { useConsoleWords } from './words.ts';

/** 转诊办: what asks, one tap each; whom the hospital takes referrals from, and how many. */
export function ReferralOfficePage(): ReactElement {
  const { t } = useConsoleWords();
  const path = '/api/staff/referrals/asked';
  const asked = useLoad(path, () => api<{ referrals: Referral[] }>(path), 5_000);
  return (
    <div className="stack">
      <header className="row spread">
        <h1>{t('nav.referrals')}</h1>
        <Link to="/referral-report">{t('nav.referral-report')}</Link>
      </header>
      <p>{t('referrals.lead')}</p>
      <Wait on={asked}>
        {({ referrals }) =>
          referrals.length === 0 ? (
            <Empty title={t('referrals.none')} />
          ) : (
            <ul className="cards">
              {referrals.map((one) => (
                <li key={one.referral_id}>
                  <Asked referral={one} reload={asked.reload} />
                </li>
              ))}
            </ul>
          )
        }
      </Wait>
      <ReferralInstitutions />
    </div>
  );
}

const tones = { urgent: 'bad', soon: 'wait', routine: 'muted' } as const;

function Asked({ referral, reload }: { referral: Referral; reload: () => void }): ReactElement {
  const { t, lang } = useConsoleWords();
  const { name_masked: name, quota, urgency } = referral;
  return (
    <Card
      title={`${referral.practitioner_name ?? referral.service_name} · ${name}`}
      aside={<Tag tone={tones[urgency]}>{t(`refer-urgency.${urgency}`)}</Tag>}
    >
      <p>
        {dayText(referral.service_date, lang)} {t(`period.${referral.period}`)}{' '}
        {span(referral.starts_at, referral.ends_at)} · {referral.department_name}
      </p>
      <p>
        {t(`refer-reason.${referral.reason}`)} ·{' '}
        {quota === null ? t('referrals.no-quota') : t('referrals.over', { n: quota })}
      </p>
      <p className="small">
        {t('referrals.from', {
          name: referral.institution_name,
          phone: referral.institution_phone,
        })}{' '}
        · <span className="mono">{referral.document_masked}</span>
      </p>
      {referral.mine ? (
        <p className="small">{t('referrals.mine')}</p>
      ) : (
        <Decide referral={referral} reload={reload} />
      )}
    </Card>
  );
}

function Decide({ referral, reload }: { referral: Referral; reload: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const [open, setOpen] = useState<'refuse' | 'letter' | null>(null);
  const { name_masked: name } = referral;
  const path = `/api/staff/referrals/${referral.referral_id}`;
  const decide = useAction(async (key, refusal: string | null) => {
    if (refusal === null) await post(`${path}/accept`, {}, key).finally(reload);
    else await post(`${path}/refuse`, { refusal }, key).finally(reload);
    setOpen(null);
  });
  return (
    <>
      <ProblemNotice problem={open === 'refuse' ? undefined : decide.problem} />
      <div className="row">
        <Button
          busy={decide.busy}
          aria-label={t('referrals.accept-for', { name })}
          onClick={() => void decide.run(null)}
        >
          {t('referrals.accept')}
        </Button>
        <Button
          look="quiet"
          aria-label={t('referrals.refuse-for', { name })}
          onClick={() => setOpen('refuse')}
        >
          {t('referrals.refuse')}
        </Button>
        {referral.has_note && (
          <Button
            look="quiet"
            aria-label={t('referrals.letter-of', { name })}
            onClick={() => setOpen('letter')}
          >
            {t('referrals.letter')}
          </Button>
        )}
      </div>
      {open === 'letter' && <LetterDialog path={path} name={name} onClose={() => setOpen(null)} />}
      {open === 'refuse' && (
        <Dialog title={t('referrals.refuse-for', { name })} onClose={() => setOpen(null)}>
          <p>{t('referrals.refuse-why')}</p>
          <ProblemNotice problem={decide.problem} />
          <div className="stack tight">
            {referralRefusals.map((refusal) => (
              <Button
                key={refusal}
                look="secondary"
                wide
                busy={decide.busy}
                onClick={() => void decide.run(refusal)}
              >
                {t(`refer-refusal.${refusal}`)}
              </Button>
            ))}
          </div>
        </Dialog>
      )}
    </>
  );
}
