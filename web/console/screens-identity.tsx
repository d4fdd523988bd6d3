import { useState, type FormEvent, type ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { useAction } from '../shared/hooks.ts';
import { Button, Dialog, Field, ProblemNotice } from '../shared/ui.tsx';
import type { DeskVisit } from './types.ts';
import { useConsoleWords } from './words.ts';

/** 核对证件: whoever checked in by phone shows the document before the visit ends. */
export function IdentityCheck(props: {
  visit: DeskVisit;
  reload: () => void;
}): ReactElement | null {
  const { t } = useConsoleWords();
  const { visit, reload } = props;
  const [open, setOpen] = useState(false);
  const [number, setNumber] = useState('');
  const check = useAction(async (key) => {
    const path = `/api/staff/appointments/${visit.appointment_id}/identity`;
    await post(path, { document_number: number }, key);
    setOpen(false);
    reload();
  });
  if (!visit.tags.includes('identity_unseen')) return null;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void check.run();
  };
  return (
    <>
      <Button look="secondary" onClick={() => setOpen(true)}>
        {t('identity.check')}
      </Button>
      {open && (
        <Dialog
          title={t('identity.title', { name: visit.name_masked })}
          onClose={() => setOpen(false)}
        >
          <p>{t('identity.text')}</p>
          <form className="stack" onSubmit={submit}>
            <Field
              label={t('check-in.document')}
              control={(ties) => (
                <input
                  {...ties}
                  autoComplete="off"
                  required
                  value={number}
                  onChange={(event) => setNumber(event.target.value)}
                />
              )}
            />
            <ProblemNotice problem={check.problem} />
            <Button type="submit" busy={check.busy}>
              {t('identity.do')}
            </Button>
          </form>
        </Dialog>
      )}
    </>
  );
}
