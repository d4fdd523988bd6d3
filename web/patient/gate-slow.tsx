import { useState, type ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { useAction } from '../shared/hooks.ts';
import { Button, Field, Notice, ProblemNotice } from '../shared/ui.tsx';
import type { GateTicket } from './gate.ts';
import { usePatientWords } from './words.ts';

/** The slow lane says how much longer and how to appeal, and never which rule. */
export function GateSlow({ ticket }: { ticket: GateTicket }): ReactElement {
  const { t } = usePatientWords();
  const [text, setText] = useState('');
  const [done, setDone] = useState(false);
  const appeal = useAction(async () => {
    await post(`/api/gate/cases/${ticket.case_id}/appeal`, { text: text.trim() });
    setDone(true);
  });
  return (
    <Notice tone="warn" title={t('gate.slow', { n: ticket.extra_s })}>
      <details>
        <summary>{t('gate.slow-why')}</summary>
        <p>{t('gate.slow-text')}</p>
        {done ? (
          <p role="status">{t('gate.appeal-done')}</p>
        ) : (
          ticket.case_id !== null && (
            <>
              <Field
                label={t('gate.appeal')}
                control={(ties) => (
                  <textarea
                    {...ties}
                    maxLength={1000}
                    value={text}
                    onChange={({ target }) => setText(target.value)}
                  />
                )}
              />
              <ProblemNotice problem={appeal.problem} />
              <Button
                look="secondary"
                busy={appeal.busy}
                disabled={text.trim().length < 2}
                onClick={() => void appeal.run()}
              >
                {t('gate.appeal-send')}
              </Button>
            </>
          )
        )}
      </details>
    </Notice>
  );
}
