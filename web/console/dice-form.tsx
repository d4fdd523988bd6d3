import { useState, type ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { serverNow, useAction, useNow } from '../shared/hooks.ts';
import type { Draw } from '../shared/types.ts';
import { Button, Card, Field, Notice, ProblemNotice } from '../shared/ui.tsx';
import { useConsoleWords } from './words.ts';

const throws_min = 50;

/** A draw or one of its returns whose dice may be thrown now. */
export type Due = { draw_id: string; code: string; n: number };

/** What is sealed, has reached its hour, and takes its randomness from dice. */
function due(draws: readonly Draw[]): Due[] {
  const now = serverNow();
  const ready = (one: { state: string; round_at: string }): boolean =>
    one.state === 'sealed' && Date.parse(one.round_at) <= now;
  return draws
    .filter((draw) => draw.beacon.kind === 'dice')
    .flatMap(({ draw_id, code, returns, ...draw }) => [
      ...(ready(draw) ? [{ draw_id, code, n: 0 }] : []),
      ...returns.filter(ready).map(({ n }) => ({ draw_id, code, n })),
    ]);
}

/** The digits of what was typed, full-width ones too; spaces are for the eye. */
function digitsOf(text: string): string {
  return text.normalize('NFKC').replaceAll(/\s/g, '');
}

/** Dice thrown in the hall, typed by two people under their own accounts. */
export function DiceForm(props: {
  draws: readonly Draw[];
  onDone: () => void;
}): ReactElement | null {
  const { t } = useConsoleWords();
  useNow(); // the hour of a sealed draw comes while the page is open
  const [said, setSaid] = useState<'waiting' | 'agreed' | null>(null);
  const [chosen, setChosen] = useState('');
  const [text, setText] = useState('');
  const open = due(props.draws);
  const nameOf = (one: Due): string => `${one.draw_id} ${one.n}`;
  const one = open.find((which) => nameOf(which) === chosen) ?? open[0];
  const digits = digitsOf(text);
  const send = useAction(async (key) => {
    if (!one) return;
    setSaid(null);
    const body = { n: one.n, throws: digits };
    const path = `/api/staff/draws/${one.draw_id}/dice`;
    const { state } = await post<{ state: 'waiting' | 'agreed' }>(path, body, key);
    setSaid(state);
    setText('');
    props.onDone();
  });
  if (!one && said === null) return null;
  return (
    <Card title={t('dice.title')} tone="raised">
      {one && (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void send.run();
          }}
        >
          <p>{t('dice.text')}</p>
          <Field
            label={t('dice.which')}
            control={(ties) => (
              <select
                {...ties}
                value={nameOf(one)}
                onChange={(event) => setChosen(event.target.value)}
              >
                {open.map((which) => (
                  <option key={nameOf(which)} value={nameOf(which)}>
                    {which.code} ·{' '}
                    {which.n === 0 ? t('dice.main') : t('dice.return', { n: which.n })}
                  </option>
                ))}
              </select>
            )}
          />
          <Field
            label={t('dice.throws')}
            hint={t('dice.hint')}
            error={/[^1-6]/.test(digits) ? t('dice.bad') : undefined}
            control={(ties) => (
              <textarea
                {...ties}
                rows={3}
                inputMode="numeric"
                autoComplete="off"
                className="dice-typed"
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            )}
          />
          <Throws digits={digits} />
          <ProblemNotice problem={send.problem} />
          {send.problem?.code === 'release/dice-differ' && (
            <Notice tone="warn">{t('dice.differ-text')}</Notice>
          )}
          <Button type="submit" busy={send.busy} disabled={!/^[1-6]{50,1000}$/.test(digits)}>
            {t('dice.send')}
          </Button>
        </form>
      )}
      <div role="status">{said !== null && <Notice tone="good" title={t(`dice.${said}`)} />}</div>
    </Card>
  );
}

/** What was typed in numbered groups of five, as the record in the hall is kept. */
function Throws({ digits }: { digits: string }): ReactElement {
  const { t } = useConsoleWords();
  const groups = digits.match(/.{1,5}/gs) ?? [];
  const missing = throws_min - digits.length;
  return (
    <div className="stack tight">
      <p className="strong" role="status">
        {t('dice.count', { n: digits.length })}
        {missing > 0 && ` · ${t('dice.more', { n: missing })}`}
      </p>
      <ol className="throws">
        {groups.map((group, at) => (
          <li key={at}>
            <span className="small">{at * 5 + 1}</span>
            <span className="mono">{group}</span>
          </li>
        ))}
      </ol>
    </div>
  );
}
