import { useState, type ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { mdHm, yuan } from '../shared/format.ts';
import { useAction } from '../shared/hooks.ts';
import { Button, Card, Dialog, Empty, Field, ProblemNotice } from '../shared/ui.tsx';
import { useConsoleWords } from './words.ts';

export type Side = 'wechat' | 'alipay' | 'his';
const hows = ['explained', 'corrected', 'refunded', 'retried', 'next_day'] as const;
type How = (typeof hows)[number];

export type Item = {
  item_id: string;
  service_date: string;
  side: Side | 'cash';
  kind: 'surplus' | 'shortage' | 'amount' | 'repeated' | 'refund';
  order_number: string;
  refund_number: string | null;
  ours_fen: number | null;
  theirs_fen: number | null;
  state: 'open' | 'settled';
  settled_at: string | null;
  how: How | null;
  note: string | null;
};

const numberOf = (item: Item): string => item.refund_number ?? item.order_number;

/** The work list: nothing leaves it but by a person's word. */
export function MoneyItems({ items, reload }: { items: Item[]; reload: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const [chosen, setChosen] = useState<Item | null>(null);
  const open = items.filter((item) => item.state === 'open');
  const settled = items.filter((item) => item.state === 'settled');
  return (
    <Card title={t('money.open', { n: open.length })}>
      {open.length === 0 && <Empty title={t('money.none')} />}
      {open.length > 0 && <ItemTable items={open} onChoose={setChosen} />}
      {settled.length > 0 && (
        <details className="fold">
          <summary>{t('money.settled', { n: settled.length })}</summary>
          <ul className="bullets">
            {settled.map((item) => (
              <li key={item.item_id}>
                {item.service_date} {numberOf(item)} · {t(`money.kind-${item.kind}`)} ·{' '}
                {item.how && t(`money.how-${item.how}`)} · {item.note} ·{' '}
                {item.settled_at && mdHm(item.settled_at)}
              </li>
            ))}
          </ul>
        </details>
      )}
      {chosen && (
        <SettleDialog
          item={chosen}
          onClose={() => {
            setChosen(null);
            reload();
          }}
        />
      )}
    </Card>
  );
}

function ItemTable(props: { items: Item[]; onChoose: (item: Item) => void }): ReactElement {
  const { t } = useConsoleWords();
  const amount = (fen: number | null): string => (fen === null ? t('money.nothing') : yuan(fen));
  return (
    <div className="table-wrap">
      <table>
        <thead>
          <tr>
            {(['day', 'side', 'kind', 'number', 'ours', 'theirs', 'act'] as const).map((head) => (
              <th key={head} scope="col">
                {t(`money.${head}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {props.items.map((item) => (
            <tr key={item.item_id}>
              <td className="nowrap">{item.service_date}</td>
              <td>{t(`money.side-${item.side}`)}</td>
              <td>{t(`money.kind-${item.kind}`)}</td>
              <td className="mono">{numberOf(item)}</td>
              <td>{amount(item.ours_fen)}</td>
              <td>{amount(item.theirs_fen)}</td>
              <td>
                <Button look="secondary" onClick={() => props.onChoose(item)}>
                  {t('money.settle')}
                </Button>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function SettleDialog({ item, onClose }: { item: Item; onClose: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const offered = hows.filter((how) => how !== 'retried' || item.kind === 'refund');
  const [how, setHow] = useState<How>(item.kind === 'refund' ? 'retried' : 'explained');
  const [note, setNote] = useState('');
  const save = useAction(async (key) => {
    const path = `/api/staff/reconciliations/items/${item.item_id}/settle`;
    await post(path, { how, note }, key);
    onClose();
  });
  return (
    <Dialog title={t('money.settle-of', { number: numberOf(item) })} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void save.run();
        }}
      >
        <Field
          label={t('money.how')}
          control={(ties) => (
            <select {...ties} value={how} onChange={(event) => setHow(event.target.value as How)}>
              {offered.map((one) => (
                <option key={one} value={one}>
                  {t(`money.how-${one}`)}
                </option>
              ))}
            </select>
          )}
        />
        <Field
          label={t('money.note')}
          control={(ties) => (
            <textarea
              {...ties}
              required
              minLength={2}
              maxLength={500}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          )}
        />
        <ProblemNotice problem={save.problem} />
        <Button type="submit" busy={save.busy} disabled={note.trim().length < 2}>
          {t('money.save')}
        </Button>
      </form>
    </Dialog>
  );
}
