import type { ReactElement } from 'react';
import { QrCode } from '../shared/qr-code.tsx';
import { Button, Notice } from '../shared/ui.tsx';
import { useConsoleWords } from './words.ts';

/** What a phone scans, and the same to type by hand in groups of four. */
export function Enrolment({ secret, uri }: { secret: string; uri: string }): ReactElement {
  const { t } = useConsoleWords();
  return (
    <>
      <QrCode text={uri} label={t('step.qr')} />
      <p>{t('step.manual')}</p>
      <p className="mono strong">{secret.match(/.{1,4}/g)?.join(' ')}</p>
    </>
  );
}

/** The only time recovery codes are seen. */
export function RecoveryCodes(props: { codes: string[]; onKept: () => void }): ReactElement {
  const { t } = useConsoleWords();
  return (
    <div className="stack">
      <Notice tone="warn" title={t('step.recovery-title')}>
        {t('step.recovery-lead')}
      </Notice>
      <ul className="recovery mono strong">
        {props.codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
      <Button wide onClick={props.onKept}>
        {t('step.recovery-done')}
      </Button>
    </div>
  );
}
