import type { ReactElement } from 'react';
import { Button } from '../shared/ui.tsx';
import { useKioskWords } from './words.ts';

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9'] as const;

/** Digits on the screen; `last` stands beside the nought where a number may end with it. */
export function Keypad(props: {
  last?: 'X';
  onKey: (key: string) => void;
  onDelete: () => void;
  onClear: () => void;
}): ReactElement {
  const { t } = useKioskWords();
  return (
    <div className="keypad" role="group" aria-label={t('kiosk.keypad')}>
      {[...digits, ...(props.last ? [props.last] : []), '0'].map((one) => (
        <Button key={one} look="secondary" onClick={() => props.onKey(one)}>
          {one}
        </Button>
      ))}
      <Button look="secondary" onClick={props.onDelete}>
        {t('kiosk.delete')}
      </Button>
      <Button look="quiet" onClick={props.onClear}>
        {t('kiosk.clear')}
      </Button>
    </div>
  );
}
