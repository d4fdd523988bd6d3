import type { ReactElement } from 'react';
import { mdHm, yuan } from '../shared/format.ts';
import { LinkButton, Notice } from '../shared/ui.tsx';
import type { PaymentInfo } from './pay-types.ts';
import { usePatientWords } from './words.ts';

/** Where the money is now, in a sentence; nothing while it is still to be paid. */
export function PayState({ money, held }: { money: PaymentInfo; held: boolean }): ReactElement {
  const { t } = usePatientWords();
  const { state } = money;
  return (
    <>
      {money.end_reason === 'lost' && <Notice tone="warn" title={t('pay.lost')} />}
      {state === 'paid' && money.refund_from && (
        <Notice tone="info" title={t('pay.refund-wait', { time: mdHm(money.refund_from) })} />
      )}
      {state === 'paid' && !money.refund_from && (
        <Notice tone="good" title={t('pay.paid', { fee: yuan(money.amount_fen) })}>
          {!held && <p>{t('pay.paid-text')}</p>}
        </Notice>
      )}
      {state === 'refunding' && <Notice tone="info" title={t('pay.refunding')} />}
      {state === 'refunded' && (
        <Notice tone="good" title={t('pay.refunded', { fee: yuan(money.refunded_fen) })} />
      )}
      {state === 'closed' && <p>{t('pay.closed')}</p>}
      {money.kept_fen > 0 && <p>{t('pay.kept', { fee: yuan(money.kept_fen) })}</p>}
      <Refunds money={money} />
      <Moved money={money} />
    </>
  );
}

function Refunds({ money }: { money: PaymentInfo }): ReactElement | null {
  const { t } = usePatientWords();
  if (money.refunds.length === 0) return null;
  const open = money.refunds.filter((refund) => refund.state !== 'done');
  return (
    <>
      <ul className="bullets">
        {money.refunds.map((refund, n) => (
          <li key={n}>
            {t('pay.refund-line', {
              channel: t(`pay.${refund.channel}`),
              fee: yuan(refund.amount_fen),
              state: t(`pay.refund-${refund.state}`),
            })}
          </li>
        ))}
      </ul>
      {open.some((refund) => refund.channel !== 'cash') && <p>{t('pay.refunding-text')}</p>}
      {open.some((refund) => refund.channel === 'cash') && <p>{t('pay.refunding-cash')}</p>}
    </>
  );
}

/** The number was lost and found free again: the payment is another visit's now. */
function Moved({ money }: { money: PaymentInfo }): ReactElement | null {
  const { t } = usePatientWords();
  const { appointment_id } = money;
  const here = appointment_id === null || location.pathname.includes(appointment_id);
  if (here) return null;
  return (
    <Notice tone="good" title={t('pay.moved')}>
      <LinkButton to={`/visits/${appointment_id}`} look="secondary">
        {t('pay.see-new')}
      </LinkButton>
    </Notice>
  );
}
