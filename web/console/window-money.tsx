import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { mdHm, yuan } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import type { Visit } from '../shared/types.ts';
import { Button, Dialog, Facts, Field, Notice, ProblemNotice, Wait } from '../shared/ui.tsx';
import { focusIt } from './focus.ts';
import { useConsoleWords } from './words.ts';

type Category = 'self_pay' | 'insured';
type Money = {
  lines: { code: string; name: string; amount_fen: number }[];
  state: string;
  category: Category;
  amount_fen: number;
  due_fen: number;
  paid_fen: number;
  refund_from: string | null;
  refunds: { amount_fen: number; channel: string; state: string }[];
};

/** Whole fen of an amount in yuan, or null when it is none. */
export function fenOf(text: string): number | null {
  if (!/^\d{1,7}(\.\d{1,2})?$/.test(text.trim())) return null;
  return Math.round(Number(text) * 100);
}

/** The next receipt of the same roll. */
export function nextReceipt(last: string): string {
  const found = /^(.*?)(\d+)$/.exec(last);
  if (!found) return '';
  const [, before = '', digits = ''] = found;
  return before + String(Number(digits) + 1).padStart(digits.length, '0');
}

// The roll of receipts lies beside the clerk, not beside the person.
let receipt_next = '';

/** Cash at the window: taken with its change, or handed back; 费别 changes without losing the number. */
export function WindowMoney(props: {
  visit: Visit;
  onClose: () => void;
  onDone: () => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { visit } = props;
  const path = `/api/staff/appointments/${visit.appointment_id}`;
  const money = useLoad(path, () => api<Money>(`${path}/payment`));
  const [said, setSaid] = useState<string | null>(null);
  const done = (text: string): void => {
    setSaid(text);
    money.reload();
    props.onDone();
  };
  const clinic = visit.practitioner_name ?? visit.service_name;
  return (
    <Dialog title={t('window.money-of', { clinic, n: visit.sequence })} onClose={props.onClose}>
      {said && <Notice tone="good" title={said} />}
      <Wait on={money}>
        {(info) => (
          <>
            <Facts
              rows={[
                ...info.lines.map((line) => [line.name, yuan(line.amount_fen)] as const),
                [t('window.money-total'), yuan(info.amount_fen)],
                [t('window.money-paid'), yuan(info.paid_fen)],
              ]}
            />
            {visit.status === 'booked' && info.state !== 'refunding' && (
              <CategoryField info={info} path={path} reload={money.reload} />
            )}
            <Parts info={info} path={path} said={said} done={done} />
          </>
        )}
      </Wait>
    </Dialog>
  );
}

type Part = { info: Money; path: string; done: (text: string) => void };

function Parts({ info, path, said, done }: Part & { said: string | null }): ReactElement | null {
  const { t } = useConsoleWords();
  const cash = info.refunds.filter(({ channel, state }) => channel === 'cash' && state === 'asked');
  const back = cash.reduce((sum, one) => sum + one.amount_fen, 0);
  if (info.due_fen > 0) return <TakeCash info={info} path={path} done={done} />;
  if (back > 0) return <GiveBack fen={back} path={path} done={done} />;
  if (info.refund_from) return <NotYet from={info.refund_from} path={path} done={done} />;
  if (said) return null;
  return <p>{t('window.money-nothing')}</p>;
}

/** The money waits for an undo; whoever says at the window that they want none has it now. */
function NotYet(props: { from: string; path: string; done: (text: string) => void }): ReactElement {
  const { t } = useConsoleWords();
  const [said, setSaid] = useState<'patient' | 'companion' | null>(null);
  const close = useAction(async (key) => {
    await post(`${props.path}/close-undo`, { said_by: said }, key);
    props.done(t('window.undo-closed'));
  });
  return (
    <form
      className="stack tight"
      onSubmit={(event) => {
        event.preventDefault();
        if (said !== null) void close.run();
      }}
    >
      <Notice tone="info">{t('window.money-later', { time: mdHm(props.from) })}</Notice>
      <fieldset className="stack tight">
        <legend className="strong">{t('window.undo-ask')}</legend>
        {(['patient', 'companion'] as const).map((one) => (
          <label key={one} className="option">
            <input type="radio" name="said" checked={said === one} onChange={() => setSaid(one)} />
            {t(`window.undo-${one}`)}
          </label>
        ))}
      </fieldset>
      <p className="small">{t('window.undo-text')}</p>
      <ProblemNotice problem={close.problem} />
      <Button type="submit" look="secondary" busy={close.busy} disabled={said === null}>
        {t('window.undo-do')}
      </Button>
    </form>
  );
}

function CategoryField(props: { info: Money; path: string; reload: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const { info, path, reload } = props;
  const change = useAction((key, category: string) =>
    post(`${path}/fee-category`, { category }, key).finally(reload),
  );
  return (
    <>
      <Field
        label={t('window.money-category')}
        control={(ties) => (
          <select
            {...ties}
            value={info.category}
            disabled={change.busy}
            onChange={(event) => void change.run(event.target.value)}
          >
            <option value="self_pay">{t('window.money-self_pay')}</option>
            <option value="insured">{t('window.money-insured')}</option>
          </select>
        )}
      />
      <ProblemNotice problem={change.problem} />
    </>
  );
}

function ReceiptField(props: { value: string; set: (text: string) => void }): ReactElement {
  const { t } = useConsoleWords();
  return (
    <Field
      label={t('window.money-receipt')}
      control={(ties) => (
        <input
          {...ties}
          required
          autoComplete="off"
          pattern="[0-9A-Za-z\-]+"
          value={props.value}
          onChange={(event) => props.set(event.target.value)}
        />
      )}
    />
  );
}

function TakeCash({ info, path, done }: Part): ReactElement {
  const { t } = useConsoleWords();
  const [given, setGiven] = useState('');
  const [receipt, setReceipt] = useState(receipt_next);
  const fen = fenOf(given);
  const change = fen === null ? null : fen - info.due_fen;
  const take = useAction(async (key) => {
    await post(`${path}/pay-cash`, { receipt_number: receipt }, key);
    receipt_next = nextReceipt(receipt);
    done(t('window.money-done', { fee: yuan(info.due_fen), change: yuan(change ?? 0) }));
  });
  return (
    <form
      className="stack tight"
      onSubmit={(event) => {
        event.preventDefault();
        if (change !== null && change >= 0) void take.run();
      }}
    >
      <p className="strong">
        {t('window.money-due')} {yuan(info.due_fen)}
      </p>
      <Field
        label={t('window.money-given')}
        control={(ties) => (
          <input
            {...ties}
            ref={focusIt}
            required
            inputMode="decimal"
            autoComplete="off"
            value={given}
            onChange={(event) => setGiven(event.target.value)}
          />
        )}
      />
      <p role="status" className="strong">
        {change === null
          ? ' '
          : change < 0
            ? t('window.money-short', { fee: yuan(-change) })
            : `${t('window.money-change')} ${yuan(change)}`}
      </p>
      <ReceiptField value={receipt} set={setReceipt} />
      <ProblemNotice problem={take.problem} />
      <Button
        type="submit"
        busy={take.busy}
        disabled={change === null || change < 0 || receipt === ''}
      >
        {t('window.money-take')}
      </Button>
    </form>
  );
}

function GiveBack(props: {
  fen: number;
  path: string;
  done: (text: string) => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const [receipt, setReceipt] = useState(receipt_next);
  const give = useAction(async (key) => {
    const body = { receipt_number: receipt };
    const { refund_fen } = await post<{ refund_fen: number }>(
      `${props.path}/refund-cash`,
      body,
      key,
    );
    receipt_next = nextReceipt(receipt);
    props.done(t('window.money-refunded', { fee: yuan(refund_fen) }));
  });
  return (
    <form
      className="stack tight"
      onSubmit={(event) => {
        event.preventDefault();
        void give.run();
      }}
    >
      <p className="strong">{t('window.money-refund', { fee: yuan(props.fen) })}</p>
      <ReceiptField value={receipt} set={setReceipt} />
      <ProblemNotice problem={give.problem} />
      <Button type="submit" busy={give.busy} disabled={receipt === ''}>
        {t('window.money-refund-do')}
      </Button>
      <p className="small">{t('window.money-online')}</p>
    </form>
  );
}
