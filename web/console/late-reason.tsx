import { useState, type ReactElement } from 'react';
import { Button, Field } from '../shared/ui.tsx';
import { useConsoleWords } from './words.ts';

const reasons = ['doctor_agrees', 'hospital_wait', 'traffic', 'other'] as const;

/** After the hour the desk decides: one reason, one tap. */
export function LateReason(props: { busy: boolean; onDo: (reason: string) => void }): ReactElement {
  const { t } = useConsoleWords();
  const [reason, setReason] = useState<(typeof reasons)[number]>('doctor_agrees');
  return (
    <div className="filters" role="group" aria-label={t('late.title')}>
      <Field
        label={t('late.reason')}
        control={(ties) => (
          <select
            {...ties}
            value={reason}
            onChange={(event) => setReason(event.target.value as typeof reason)}
          >
            {reasons.map((one) => (
              <option key={one} value={one}>
                {t(`late.${one}`)}
              </option>
            ))}
          </select>
        )}
      />
      <Button look="secondary" busy={props.busy} onClick={() => props.onDo(reason)}>
        {t('late.do')}
      </Button>
    </div>
  );
}
