import { useState, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { mdHm, yuan } from '../shared/format.ts';
import { useLoad } from '../shared/hooks.ts';
import { Button, Card, Empty, Facts, Tag, Wait } from '../shared/ui.tsx';
import { PayState } from './pay-state.tsx';
import type { PaymentInfo } from './pay-types.ts';
import { Ways } from './pay-ways.tsx';
import { SignedIn } from './signed-in.tsx';
import { useFreshOnReturn } from './visit-fresh.ts';
import { usePatientWords } from './words.ts';

type Bill = {
  bill_id: string;
  patient: { patient_id: string; name_masked: string };
  lines: { code: string; name: string; amount_fen: number }[];
  amount_fen: number;
  state: 'unpaid' | 'paid' | 'withdrawn';
  issued_at: string;
};

/** 门诊缴费: what the hospital asks for after the visit, for all one's patients. */
export function BillsPage(): ReactElement {
  const { t } = usePatientWords();
  return (
    <SignedIn title={t('bills.title')}>
      <BillList />
    </SignedIn>
  );
}

function BillList(): ReactElement {
  const { t } = usePatientWords();
  const bills = useLoad('bills', () => api<{ bills: Bill[] }>('/api/bills'), 15_000);
  useFreshOnReturn(bills.reload);
  return (
    <Wait on={bills}>
      {(found) => {
        const unpaid = found.bills.filter(({ state }) => state === 'unpaid');
        const done = found.bills.filter(({ state }) => state !== 'unpaid');
        return (
          <>
            {unpaid.length === 0 && (
              <Empty title={t('bills.none')}>
                <p className="small">{t('bills.none-text')}</p>
              </Empty>
            )}
            {unpaid.length > 1 && (
              <p className="strong">
                {t('bills.total', { n: unpaid.length, fee: yuan(sumOf(unpaid)) })}
              </p>
            )}
            {unpaid.map((bill) => (
              <BillCard key={bill.bill_id} bill={bill} reload={bills.reload} />
            ))}
            {done.length > 0 && <h2>{t('bills.done')}</h2>}
            {done.map((bill) => (
              <BillCard key={bill.bill_id} bill={bill} reload={bills.reload} />
            ))}
          </>
        );
      }}
    </Wait>
  );
}

const sumOf = (bills: readonly Bill[]): number =>
  bills.reduce((sum, { amount_fen }) => sum + amount_fen, 0);

const tones = { unpaid: 'wait', paid: 'good', withdrawn: 'muted' } as const;

function BillCard({ bill, reload }: { bill: Bill; reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  const [open, setOpen] = useState(false);
  return (
    <Card
      title={`${bill.patient.name_masked} ${yuan(bill.amount_fen)}`}
      aside={<Tag tone={tones[bill.state]}>{t(`bills.${bill.state}`)}</Tag>}
    >
      <p className="small">{t('bills.issued', { time: mdHm(bill.issued_at) })}</p>
      <Facts rows={bill.lines.map((line) => [line.name, yuan(line.amount_fen)] as const)} />
      {open && <BillPayment path={`/api/bills/${bill.bill_id}`} reload={reload} />}
      {!open && (
        <Button
          look={bill.state === 'unpaid' ? 'primary' : 'secondary'}
          onClick={() => setOpen(true)}
        >
          {t(bill.state === 'unpaid' ? 'bills.pay' : 'bills.see')}
        </Button>
      )}
    </Card>
  );
}

function BillPayment({ path, reload }: { path: string; reload: () => void }): ReactElement {
  const money = useLoad(path, () => api<PaymentInfo>(`${path}/payment`), 4_000);
  const all = (): void => {
    money.reload();
    reload();
  };
  return (
    <Wait on={money}>
      {(info) => (
        <>
          <PayState money={info} held={true} />
          {info.due_fen > 0 && <Ways of="bill" money={info} path={path} reload={all} />}
        </>
      )}
    </Wait>
  );
}
