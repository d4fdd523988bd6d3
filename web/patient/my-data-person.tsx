import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useAction } from '../shared/hooks.ts';
import { saveFile } from '../shared/save-file.ts';
import type { Patient } from '../shared/types.ts';
import { Button, Dialog, Field, Notice, ProblemNotice } from '../shared/ui.tsx';
import { CodeDialog } from './code-dialog.tsx';
import { usePatientWords } from './words.ts';

/** A copy, a correction, or the deletion of one person's data. */
export function PersonData(props: {
  patient: Patient;
  onErased: () => void;
  /** A request stands in the list of the page from now on. */
  onAsked: () => void;
}): ReactElement {
  const { t } = usePatientWords();
  const { patient } = props;
  const [open, setOpen] = useState<'copy' | 'correct' | 'erase' | null>(null);
  const [erased, setErased] = useState<{ kept_until: string | null } | null>(null);
  const path = `/api/my-data/patients/${patient.patient_id}`;
  const close = (): void => setOpen(null);
  const own =
    patient.relation === 'self' || (patient.relation === 'child' && (patient.age ?? 99) < 18);
  const copy = async (code: string): Promise<void> => {
    const file = await api<Blob>(`${path}/copy`, { method: 'POST', body: { code }, blob: true });
    saveFile(file, 'my-data.zip');
    close();
    props.onAsked();
  };
  const erase = async (code: string): Promise<void> => {
    setErased(await post(`${path}/deletion`, { code }));
    close();
  };
  return (
    <div className="card">
      <p>
        <span className="strong">{patient.name_masked}</span>{' '}
        <span className="soft digits">{patient.document_masked}</span>
      </p>
      {!own && <p className="soft">{t('data.not-own')}</p>}
      {own && !erased && (
        <div className="row">
          <Button look="secondary" onClick={() => setOpen('copy')}>
            {t('data.copy')}
          </Button>
          <Button look="secondary" onClick={() => setOpen('correct')}>
            {t('data.correct')}
          </Button>
          <Button look="danger" onClick={() => setOpen('erase')}>
            {t('data.erase')}
          </Button>
        </div>
      )}
      {erased && <Erased kept_until={erased.kept_until} onDone={props.onErased} />}
      {open === 'correct' && <Correction path={path} onSent={props.onAsked} onClose={close} />}
      {(open === 'copy' || open === 'erase') && (
        <CodeDialog
          lead={t(open === 'copy' ? 'data.copy-lead' : 'data.erase-lead')}
          sendPath="/api/my-data/code"
          onCode={open === 'copy' ? copy : erase}
          onClose={close}
        />
      )}
    </div>
  );
}

function Erased(props: { kept_until: string | null; onDone: () => void }): ReactElement {
  const { t } = usePatientWords();
  return (
    <Notice tone="good">
      <p>{t('data.erased')}</p>
      {props.kept_until && <p>{t('data.erased-kept', { time: mdHm(props.kept_until) })}</p>}
      <Button look="secondary" onClick={props.onDone}>
        {t('data.understood')}
      </Button>
    </Notice>
  );
}

const fields = ['name', 'document', 'birth_date', 'sex', 'phone', 'other'] as const;

function Correction(props: {
  path: string;
  onSent: () => void;
  onClose: () => void;
}): ReactElement {
  const { t } = usePatientWords();
  const [field, setField] = useState<(typeof fields)[number]>('name');
  const [text, setText] = useState('');
  const [sent, setSent] = useState(false);
  const send = useAction(async (key) => {
    await post(`${props.path}/correction`, { field, text }, key);
    setSent(true);
    props.onSent();
  });
  return (
    <Dialog title={t('data.correct')} onClose={props.onClose}>
      {sent ? (
        <Notice tone="good">{t('data.correct-sent')}</Notice>
      ) : (
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            void send.run();
          }}
        >
          <Field
            label={t('data.correct-field')}
            control={(ties) => (
              <select
                {...ties}
                value={field}
                onChange={(event) => setField(event.target.value as typeof field)}
              >
                {fields.map((one) => (
                  <option key={one} value={one}>
                    {t(`data.field-${one}`)}
                  </option>
                ))}
              </select>
            )}
          />
          <Field
            label={t('data.correct-text')}
            hint={t('data.correct-hint')}
            control={(ties) => (
              <textarea
                {...ties}
                required
                maxLength={1000}
                rows={4}
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            )}
          />
          <ProblemNotice problem={send.problem} />
          <Button type="submit" wide busy={send.busy}>
            {t('data.send')}
          </Button>
        </form>
      )}
    </Dialog>
  );
}
