import type { ReactElement, ReactNode } from 'react';
import { Button, Notice } from '../shared/ui.tsx';
import { useHere } from './here.ts';
import { useKioskWords } from './words.ts';

/** What a person can do here. */
export function Menu(): ReactElement {
  const { t } = useKioskWords();
  const { turn, go, leave } = useHere();
  return (
    <div className="stack">
      <h1>{t('kiosk.hello', { name: turn.patient.name_masked })}</h1>
      <p className="soft mono">{turn.patient.document_masked}</p>
      <div className="kiosk-menu">
        <button type="button" className="kiosk-choice" onClick={() => go({ at: 'take' })}>
          <strong>{t('kiosk.menu-take')}</strong>
          <span>{t('kiosk.menu-take-text')}</span>
        </button>
        <button type="button" className="kiosk-choice" onClick={() => go({ at: 'mine' })}>
          <strong>{t('kiosk.menu-mine')}</strong>
          <span>{t('kiosk.menu-mine-text')}</span>
        </button>
      </div>
      <Notice tone="warn">{t('kiosk.urgent')}</Notice>
      <Button look="secondary" onClick={leave}>
        {t('kiosk.exit')}
      </Button>
    </div>
  );
}

/** A step of the way, with its way back and its way out. */
export function Step(props: {
  title: string;
  back?: (() => void) | undefined;
  children: ReactNode;
}): ReactElement {
  const { t } = useKioskWords();
  const { go, leave } = useHere();
  return (
    <div className="stack">
      <h1>{props.title}</h1>
      {props.children}
      <div className="row">
        {props.back && (
          <Button look="secondary" onClick={props.back}>
            {t('kiosk.back')}
          </Button>
        )}
        <Button look="secondary" onClick={() => go({ at: 'menu' })}>
          {t('kiosk.home')}
        </Button>
        <Button look="secondary" onClick={leave}>
          {t('kiosk.exit')}
        </Button>
      </div>
    </div>
  );
}
