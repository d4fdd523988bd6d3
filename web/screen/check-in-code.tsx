import type { ReactElement } from 'react';
import { QrCode } from '../shared/qr-code.tsx';
import type { View } from './types.ts';
import { say } from './words.ts';

/** The server still takes a code for so long after its minute. */
const grace_ms = 60_000;

/** 签到码: what a phone scans or a person types to show that they are here. */
export function CheckInCode(props: { code: View['check_in']; now: number }): ReactElement {
  const { code, until } = props.code;
  const left = Math.ceil((Date.parse(until) - props.now) / 1000);
  const isOver = props.now > Date.parse(until) + grace_ms;
  return (
    <aside aria-labelledby="check-in">
      <h2 id="check-in">{say('check-in')}</h2>
      {isOver ? (
        <p>{say('check-in-none')}</p>
      ) : (
        <>
          <QrCode text={`${location.origin}/waiting?code=${code}`} label={say('check-in')} />
          <p className="code">
            {code.slice(0, 3)} {code.slice(3)}
          </p>
          <p className="left">{say('check-in-left', { n: Math.max(0, left) })}</p>
          <p>{say('check-in-text')}</p>
        </>
      )}
      <p>{say('check-in-desk')}</p>
    </aside>
  );
}
