import { useState, type ReactElement } from 'react';
import { ApiProblem, post } from '../shared/api.ts';
import { useAction } from '../shared/hooks.ts';
import type { HospitalDetail } from '../shared/types.ts';
import { Button, Field, Notice, ProblemNotice } from '../shared/ui.tsx';
import type { Turn } from './here.ts';
import { Keypad } from './keypad.tsx';
import { useReader } from './reader.ts';
import { useKioskWords } from './words.ts';

const length = 18;

const plain = (text: string): string =>
  text
    .toUpperCase()
    .replaceAll(/[^0-9X]/g, '')
    .slice(0, length);

/** The start: an ID card on the reader, or its number typed on the screen. */
export function Start(props: {
  hospital: HospitalDetail | undefined;
  onTurn: (turn: Turn) => void;
}): ReactElement {
  const { t } = useKioskWords();
  const [number, setNumber] = useState('');
  const [name, setName] = useState('');
  const [asksName, setAsksName] = useState(false);
  const begin = useAction(async (key, shown: object) => {
    try {
      props.onTurn(await post<Turn>('/api/kiosk/turns', shown, key));
    } catch (error) {
      if (error instanceof ApiProblem && error.code === 'kiosk/name-needed') setAsksName(true);
      else throw error;
    }
  });
  useReader((card) => void begin.run({ card }));
  const change = (text: string): void => {
    begin.clear();
    setAsksName(false);
    setNumber(plain(text));
  };
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void begin.run({ document_number: number, ...(asksName ? { name } : {}) });
      }}
    >
      {props.hospital && <p className="soft">{props.hospital.name}</p>}
      <h1>{t('kiosk.start')}</h1>
      <Notice tone="warn">{t('kiosk.urgent')}</Notice>
      <p>{t('kiosk.start-card')}</p>
      <div className="kiosk-typed">
        <div className="stack">
          <Field
            label={t('kiosk.number')}
            hint={t('kiosk.number-hint')}
            control={(ties) => (
              <input
                {...ties}
                className="kiosk-number"
                inputMode="none"
                autoComplete="off"
                value={number}
                onChange={(event) => change(event.target.value)}
              />
            )}
          />
          {asksName && (
            <>
              <Notice tone="info">{t('kiosk.name-text')}</Notice>
              <Field
                label={t('kiosk.name')}
                control={(ties) => (
                  <input
                    {...ties}
                    autoComplete="off"
                    value={name}
                    onChange={(event) => setName(event.target.value)}
                  />
                )}
              />
            </>
          )}
          <ProblemNotice problem={begin.problem} />
          <Button
            type="submit"
            wide
            busy={begin.busy}
            disabled={number.length !== length || (asksName && name.trim() === '')}
          >
            {t('kiosk.begin')}
          </Button>
          <p className="small">{t('kiosk.start-free')}</p>
        </div>
        <Keypad
          last="X"
          onKey={(one) => change(number + one)}
          onDelete={() => change(number.slice(0, -1))}
          onClear={() => change('')}
        />
      </div>
    </form>
  );
}
