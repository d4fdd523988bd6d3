import { useState, type ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { serverNow, useAction } from '../shared/hooks.ts';
import type { Draw } from '../shared/types.ts';
import { Button, Card, Field, Notice, ProblemNotice } from '../shared/ui.tsx';
import { useConsoleWords } from './words.ts';

/** Draws whose round must be published by now and has not come in. */
function waiting(draws: readonly Draw[]): { code: string; round: number }[] {
  return draws.flatMap((draw) =>
    draw.state === 'sealed' && draw.round !== null && Date.parse(draw.round_at) <= serverNow()
      ? [{ code: draw.code, round: draw.round }]
      : [],
  );
}

/** For hospitals without a way out: the beacon's round is read elsewhere and pasted here. */
export function BeaconForm(props: { draws: readonly Draw[]; onDone: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const [round, setRound] = useState('');
  const [signature, setSignature] = useState('');
  const [done, setDone] = useState(false);
  const send = useAction(async (key) => {
    setDone(false);
    await post('/api/staff/beacon-rounds', { round: Number(round), signature }, key);
    setDone(true);
    setSignature('');
    props.onDone();
  });
  return (
    <Card title={t('beacon.title')}>
      <p className="small">{t('beacon.text')}</p>
      <ul className="stack tight">
        {waiting(props.draws).map((one) => (
          <li key={one.code} className="row">
            {t('beacon.waiting', one)}
            <Button look="quiet" onClick={() => setRound(String(one.round))}>
              {t('beacon.fill')}
            </Button>
          </li>
        ))}
      </ul>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void send.run();
        }}
      >
        <Field
          label={t('beacon.round')}
          control={(ties) => (
            <input
              {...ties}
              inputMode="numeric"
              pattern="[0-9]+"
              required
              value={round}
              onChange={(event) => setRound(event.target.value.trim())}
            />
          )}
        />
        <Field
          label={t('beacon.signature')}
          control={(ties) => (
            <textarea
              {...ties}
              rows={3}
              required
              value={signature}
              onChange={(event) => setSignature(event.target.value.trim())}
            />
          )}
        />
        <ProblemNotice problem={send.problem} />
        <div role="status">{done && <Notice tone="good" title={t('beacon.done')} />}</div>
        <Button type="submit" look="secondary" busy={send.busy}>
          {t('beacon.send')}
        </Button>
      </form>
    </Card>
  );
}
