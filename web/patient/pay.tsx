import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { mdHm, yuan } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { useParams } from '../shared/router.tsx';
import type { Visit } from '../shared/types.ts';
import { Card, Countdown, Facts, LinkButton, Notice, ProblemNotice, Wait } from '../shared/ui.tsx';
import { PayState } from './pay-state.tsx';
import type { PaymentInfo } from './pay-types.ts';
import { Ways } from './pay-ways.tsx';
import { SignedIn } from './signed-in.tsx';
import { usePatientWords } from './words.ts';

const refresh_ms = 4_000;

/** What a visit costs, how to pay it, and where the money is: live while the page is open. */
export function PayPage(): ReactElement {
  const { appointmentId = '' } = useParams();
  const { t } = usePatientWords();
  return (
    <SignedIn title={t('pay.title')}>
      <PayLoader id={appointmentId} />
    </SignedIn>
  );
}

function PayLoader({ id }: { id: string }): ReactElement {
  const { t } = usePatientWords();
  const path = `/api/appointments/${id}`;
  const visit = useLoad(id, () => api<Visit>(path), refresh_ms);
  const money = useLoad(id, () => api<PaymentInfo>(`${path}/payment`), refresh_ms);
  const reload = (): void => {
    visit.reload();
    money.reload();
  };
  return (
    <>
      <Wait on={visit}>
        {(about) => (
          <Wait on={money}>
            {(info) => <PayView visit={about} money={info} path={path} reload={reload} />}
          </Wait>
        )}
      </Wait>
      <LinkButton to={`/visits/${id}`} look="quiet">
        {t('pay.back')}
      </LinkButton>
    </>
  );
}

type View = { visit: Visit; money: PaymentInfo; path: string; reload: () => void };

function PayView({ visit, money, path, reload }: View): ReactElement {
  const { t } = usePatientWords();
  const live = visit.status === 'held' || visit.status === 'booked';
  const can = live || visit.status === 'checked_in' || visit.status === 'called';
  const due = can && money.due_fen > 0;
  return (
    <>
      <Card tone="raised" title={due ? t('pay.due', { fee: yuan(money.due_fen) }) : t('pay.lines')}>
        <PayState money={money} held={visit.status === 'held'} />
        {due && <Until visit={visit} onOver={reload} />}
        <Facts
          rows={[
            ...money.lines.map((line) => [line.name, yuan(line.amount_fen)] as const),
            [t('pay.total'), yuan(money.amount_fen)],
          ]}
        />
        {live && money.state !== 'refunding' && (
          <Category money={money} path={path} reload={reload} />
        )}
      </Card>
      {due && <Ways of="visit" money={money} path={path} reload={reload} />}
      <p className="small">{t('pay.refund-rule')}</p>
      <p className="small">{t('pay.only')}</p>
    </>
  );
}

function Until({ visit, onOver }: { visit: Visit; onOver: () => void }): ReactElement {
  const { t } = usePatientWords();
  if (visit.status !== 'held' || !visit.hold_until)
    return <Notice tone="info" title={t('pay.until-booked')} />;
  return (
    <Notice tone="warn">
      <p className="big-count">
        <Countdown until={visit.hold_until} onOver={onOver} />
      </p>
      <p>{t('pay.until', { time: mdHm(visit.hold_until) })}</p>
    </Notice>
  );
}

type Part = { money: PaymentInfo; path: string; reload: () => void };

/** 费别 can change until check-in; the number does not notice. */
function Category({ money, path, reload }: Part): ReactElement {
  const { t } = usePatientWords();
  const [wanted, setWanted] = useState<PaymentInfo['category'] | null>(null);
  const change = useAction(async (key, category: PaymentInfo['category']) => {
    setWanted(category);
    try {
      await post(`${path}/fee-category`, { category }, key);
    } finally {
      reload();
      setWanted(null);
    }
  });
  return (
    <fieldset className="field">
      <legend>{t('pay.category')}</legend>
      <ProblemNotice problem={change.problem} />
      <div className="row">
        {(['self_pay', 'insured'] as const).map((category) => (
          <label key={category} className="option">
            <input
              type="radio"
              name="category"
              disabled={change.busy}
              checked={(wanted ?? money.category) === category}
              onChange={() => void change.run(category)}
            />
            {t(`pay.category-${category}`)}
          </label>
        ))}
      </div>
      <p className="hint">{t('pay.category-hint')}</p>
    </fieldset>
  );
}
