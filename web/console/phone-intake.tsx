import type { ReactElement } from 'react';
import { Card, Field, Notice } from '../shared/ui.tsx';
import { focusIt } from './focus.ts';
import { useConsoleWords } from './words.ts';

/** Who calls, for whom the clerk books; `people` as the server answered after the booking. */
export type Intake = { caller: string; note: string; people: number | null; sign: boolean };

export const no_call: Intake = { caller: '', note: '', people: null, sign: false };

export const isCaller = (caller: string): boolean => /^1\d{10}$/.test(caller.trim());

/** The call: its number stands before any booking, because rules and signs go by it. */
export function PhoneIntake(props: {
  intake: Intake;
  set: (intake: Intake) => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { intake, set } = props;
  return (
    <Card title={t('phone.title')}>
      <div className="filters">
        <Field
          label={t('phone.caller')}
          hint={t('phone.caller-hint')}
          control={(ties) => (
            <input
              {...ties}
              ref={focusIt}
              inputMode="tel"
              autoComplete="off"
              value={intake.caller}
              onChange={(event) =>
                set({ ...intake, caller: event.target.value, people: null, sign: false })
              }
            />
          )}
        />
        <Field
          label={t('phone.note')}
          control={(ties) => (
            <input
              {...ties}
              autoComplete="off"
              maxLength={200}
              value={intake.note}
              onChange={(event) => set({ ...intake, note: event.target.value })}
            />
          )}
        />
      </div>
      {!isCaller(intake.caller) && <p className="small">{t('phone.caller-needed')}</p>}
      {intake.people !== null && (
        <Notice tone={intake.sign ? 'warn' : 'info'}>
          <p>{t('phone.people', { n: intake.people })}</p>
          {intake.sign && <p>{t('phone.sign')}</p>}
        </Notice>
      )}
    </Card>
  );
}
