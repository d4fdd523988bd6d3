import { useState, type ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { useAction } from '../shared/hooks.ts';
import { QrCode } from '../shared/qr-code.tsx';
import { Button, Card, Notice, ProblemNotice } from '../shared/ui.tsx';
import type { Paying, PaymentInfo, PayWay } from './pay-types.ts';
import { usePatientWords } from './words.ts';

type Chosen = { channel: 'wechat' | 'alipay'; way: PayWay; due_fen: number };

/** The ways to pay what is due of a visit or bill; `path` is its address in the API. */
export function Ways(props: {
  money: PaymentInfo;
  path: string;
  reload: () => void;
  /** A visit's number can be lost while somebody pays; a bill cannot. */
  of: 'visit' | 'bill';
}): ReactElement {
  const { money, path, reload } = props;
  const { t } = usePatientWords();
  const [way, setWay] = useState<Chosen | null>(null);
  const ask = useAction(async (key, channel: Chosen['channel']) => {
    const device = matchMedia('(pointer: coarse)').matches ? 'phone' : 'desk';
    const paying = await post<Paying>(`${path}/pay`, { channel, device }, key);
    setWay(paying.way && { channel, way: paying.way, due_fen: money.due_fen });
    reload();
  });
  // A code for another amount is closed at its channel.
  const shown = way?.due_fen === money.due_fen ? way : null;
  return (
    <Card title={t('pay.how')}>
      {props.of === 'visit' && <Notice tone="good" title={t('pay.promise')} />}
      <ProblemNotice problem={ask.problem} />
      {money.channels.length === 0 && <p>{t('pay.none')}</p>}
      {shown ? (
        <>
          <WayToPay {...shown} />
          <p role="status">{t('pay.waiting')}</p>
          <Button look="secondary" onClick={() => setWay(null)}>
            {t('pay.other')}
          </Button>
        </>
      ) : (
        <div className="stack tight">
          {money.channels.map((channel, n) => (
            <Button
              key={channel}
              wide
              look={n === 0 ? 'primary' : 'secondary'}
              busy={ask.busy}
              onClick={() => void ask.run(channel)}
            >
              {t(`pay.${channel}`)}
            </Button>
          ))}
        </div>
      )}
    </Card>
  );
}

function WayToPay({ channel, way }: Chosen): ReactElement {
  const { t } = usePatientWords();
  if (way.kind === 'jsapi') return <p>{t('pay.in-wechat')}</p>;
  if (way.kind === 'redirect')
    return (
      <a className="button primary wide" href={way.url}>
        {t('pay.go', { channel: t(`pay.${channel}`) })}
      </a>
    );
  return (
    <>
      <p className="strong">{t('pay.scan', { channel: t(`pay.${channel}`) })}</p>
      <QrCode text={way.code_url} label={t('pay.scan-label')} />
      <a className="button secondary" href={way.code_url}>
        {t('pay.same-phone')}
      </a>
    </>
  );
}
