import { useState, type FormEvent, type ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { useAction } from '../shared/hooks.ts';
import { Button, Dialog, Field, ProblemNotice } from '../shared/ui.tsx';
import type { DeskVisit } from './types.ts';
import { useConsoleWords } from './words.ts';

const kinds = ['elder', 'military', 'disabled'] as const;
type Kind = (typeof kinds)[number] | 'none';

/** 优先: the desk has seen the paper of a person who waits, or takes a priority back. */
export function PriorityGiven(props: {
  visit: DeskVisit;
  reload: () => void;
}): ReactElement | null {
  const { t } = useConsoleWords();
  const { visit, reload } = props;
  const now = kinds.find((kind) => visit.tags.includes(kind)) ?? 'none';
  const [open, setOpen] = useState(false);
  const [kind, setKind] = useState<Kind>(now);
  const give = useAction(async (key) => {
    const path = `/api/staff/appointments/${visit.appointment_id}/priority`;
    await post(path, { kind: kind === 'none' ? null : kind }, key);
    setOpen(false);
    reload();
  });
  if (visit.status !== 'checked_in') return null;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void give.run();
  };
  return (
    <>
      <Button
        look="quiet"
        onClick={() => {
          setKind(now);
          setOpen(true);
        }}
      >
        {t('priority.open')}
      </Button>
      {open && (
        <Dialog
          title={t('priority.title', { name: visit.name_masked })}
          onClose={() => setOpen(false)}
        >
          <p>{t('priority.text')}</p>
          <form className="stack" onSubmit={submit}>
            <Field
              label={t('priority.kind')}
              control={(ties) => (
                <select
                  {...ties}
                  value={kind}
                  onChange={({ target }) => setKind(target.value as Kind)}
                >
                  <option value="none">{t('priority.none')}</option>
                  {kinds.map((one) => (
                    <option key={one} value={one}>
                      {t(`tag.${one}`)}
                    </option>
                  ))}
                </select>
              )}
            />
            <ProblemNotice problem={give.problem} />
            <Button type="submit" busy={give.busy}>
              {t('priority.do')}
            </Button>
          </form>
        </Dialog>
      )}
    </>
  );
}
