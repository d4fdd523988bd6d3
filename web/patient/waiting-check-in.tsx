import { useState, type FormEvent, type ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { hm } from '../shared/format.ts';
import { useAction } from '../shared/hooks.ts';
import { useSearchParams } from '../shared/router.tsx';
import { Button, Field, ProblemNotice } from '../shared/ui.tsx';
import type { WaitingVisit } from './visit-types.ts';
import { usePatientWords } from './words.ts';

/** Check-in by the code on the hospital's screens; whoever scanned it finds it filled in. */
export function CheckInForm({
  one,
  onDone,
}: {
  one: WaitingVisit;
  onDone: () => void;
}): ReactElement {
  const { t } = usePatientWords();
  const [search, setSearch] = useSearchParams();
  const scanned = search.get('code') ?? '';
  const [code, setCode] = useState(/^\d{6}$/.test(scanned) ? scanned : '');
  const checkIn = useAction(async (key) => {
    try {
      await post(`/api/appointments/${one.visit.appointment_id}/check-in`, { code }, key);
      if (scanned) setSearch({}, { replace: true });
    } finally {
      onDone();
    }
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void checkIn.run();
  };
  return (
    <form className="stack tight" onSubmit={submit}>
      <Field
        label={t('waiting.code')}
        hint={t('waiting.code-hint')}
        control={(ties) => (
          <input
            {...ties}
            className="code-input"
            inputMode="numeric"
            autoComplete="off"
            required
            pattern="[0-9]{6}"
            maxLength={6}
            value={code}
            onChange={({ target }) => {
              target.value = target.value.replace(/\D/g, '');
              setCode(target.value);
            }}
          />
        )}
      />
      <ProblemNotice problem={checkIn.problem} />
      <Button type="submit" wide busy={checkIn.busy} disabled={code.length !== 6}>
        {t('waiting.check-in')}
      </Button>
      <p>
        {t('waiting.check-in-until', {
          by: hm(one.visit.starts_at),
          time: hm(one.check_in_until),
        })}
      </p>
      <p className="small">{t('waiting.desk', { place: one.desk })}</p>
    </form>
  );
}
