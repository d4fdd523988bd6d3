import { lazy, Suspense, useState, type ReactElement } from 'react';
import { yuan } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import type { Visit } from '../shared/types.ts';
import { Button, Facts, Notice, ProblemNotice, Spinner, Wait } from '../shared/ui.tsx';
import { read, useHere, write } from './here.ts';
import { Step } from './menu.tsx';
import { useKioskWords } from './words.ts';

const QrCode = lazy(() => import('../shared/qr-code.tsx').then((m) => ({ default: m.QrCode })));

type Category = 'self_pay' | 'insured';
type Channel = 'wechat' | 'alipay';
type Money = {
  lines: { code: string; name: string; amount_fen: number }[];
  state: string;
  category: Category;
  amount_fen: number;
  due_fen: number;
  paid_fen: number;
  channels: Channel[];
};
type Way = { kind: 'qr'; code_url: string } | { kind: 'redirect'; url: string } | { kind: 'jsapi' };

/** A number is paid with one's own phone; the page follows by itself. */
export function Pay({ visit }: { visit: Visit }): ReactElement {
  const { t } = useKioskWords();
  const here = useHere();
  const path = `/appointments/${visit.appointment_id}`;
  const money = useLoad(path, () => read<Money>(here, `${path}/payment`), 3_000);
  const ticket = (): void => here.go({ at: 'ticket', printed: { kind: 'visit', visit } });
  return (
    <Step title={t('kiosk.pay-title')} back={ticket}>
      <Wait on={money}>
        {(info) => (
          <>
            {info.due_fen > 0 ? (
              <p className="kiosk-due">{t('kiosk.pay-due', { fee: yuan(info.due_fen) })}</p>
            ) : info.paid_fen > 0 ? (
              <Notice tone="good" title={t('kiosk.pay-paid', { fee: yuan(info.paid_fen) })} />
            ) : (
              <Notice tone="info" title={t('kiosk.pay-none')} />
            )}
            <Facts
              rows={[
                ...info.lines.map((line) => [line.name, yuan(line.amount_fen)] as const),
                [t('kiosk.pay-total'), yuan(info.amount_fen)],
              ]}
            />
            {visit.status === 'booked' && (
              <CategoryChoice info={info} path={path} reload={money.reload} />
            )}
            {info.due_fen > 0 && <Ways info={info} path={path} reload={money.reload} />}
            <p className="small">{t('kiosk.pay-cash')}</p>
          </>
        )}
      </Wait>
    </Step>
  );
}

type Part = { info: Money; path: string; reload: () => void };

function CategoryChoice({ info, path, reload }: Part): ReactElement {
  const { t } = useKioskWords();
  const here = useHere();
  const change = useAction((key, category: Category) =>
    write(here, `${path}/fee-category`, { category }, key).finally(reload),
  );
  return (
    <fieldset className="field">
      <legend className="strong">{t('kiosk.pay-category')}</legend>
      <div className="row">
        {(['self_pay', 'insured'] as const).map((category) => (
          <Button
            key={category}
            look={info.category === category ? 'primary' : 'secondary'}
            aria-pressed={info.category === category}
            disabled={change.busy}
            onClick={() => void change.run(category)}
          >
            {t(`kiosk.pay-${category}`)}
          </Button>
        ))}
      </div>
      <ProblemNotice problem={change.problem} />
      <p className="hint">{t('kiosk.pay-category-text')}</p>
    </fieldset>
  );
}

function Ways({ info, path, reload }: Part): ReactElement {
  const { t } = useKioskWords();
  const here = useHere();
  const [open, setOpen] = useState<{ channel: Channel; text: string; due_fen: number } | null>(
    null,
  );
  const ask = useAction(async (key, channel: Channel) => {
    const { way } = await write<{ way: Way | null }>(here, `${path}/pay`, { channel }, key);
    const text = way?.kind === 'qr' ? way.code_url : way?.kind === 'redirect' ? way.url : null;
    setOpen(text === null ? null : { channel, text, due_fen: info.due_fen });
    reload();
  });
  // A code for another amount is closed at its channel.
  if (open && open.due_fen === info.due_fen)
    return (
      <div className="stack">
        <p className="strong" role="status">
          {t('kiosk.pay-scan', { channel: t(`kiosk.pay-${open.channel}-name`) })}
        </p>
        <Suspense fallback={<Spinner />}>
          <QrCode text={open.text} label={t('kiosk.pay-code')} />
        </Suspense>
        <Button look="secondary" onClick={() => setOpen(null)}>
          {t('kiosk.pay-other')}
        </Button>
      </div>
    );
  return (
    <>
      <ProblemNotice problem={ask.problem} />
      {info.channels.length === 0 && <p>{t('kiosk.pay-offline')}</p>}
      <div className="row">
        {info.channels.map((channel) => (
          <Button key={channel} busy={ask.busy} onClick={() => void ask.run(channel)}>
            {t(`kiosk.pay-${channel}`)}
          </Button>
        ))}
      </div>
    </>
  );
}
