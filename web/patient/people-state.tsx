import { useState, type ReactElement } from 'react';
import { LinkButton, Button, Notice, Tag } from '../shared/ui.tsx';
import type { Patient } from '../shared/types.ts';
import { CardDialog, ConfirmDialog } from './people-confirm.tsx';
import { usePatientWords } from './words.ts';

/** What still has to happen for a person, and the way to it. */
export function PersonState(props: {
  patient: Patient;
  trial_bookings_max: number;
  reload: () => void;
}): ReactElement {
  const { t } = usePatientWords();
  const { patient, reload } = props;
  const [open, setOpen] = useState<'confirm' | 'card' | null>(null);
  const { state } = patient;
  const refused = patient.document_case === 'refused';
  const done = (): void => {
    setOpen(null);
    reload();
  };
  const dialog = { patient, onDone: done, onClose: () => setOpen(null) };
  return (
    <div className="stack tight">
      {state === 'pending' && !refused && (
        <>
          <Tag tone="wait">{t('people.pending')}</Tag>
          <p className="small">{t('people.pending-text', { name: patient.name_masked })}</p>
          <div>
            <Button look="secondary" onClick={() => setOpen('confirm')}>
              {t('people.confirm')}
            </Button>
          </div>
        </>
      )}
      {refused && <Notice tone="warn">{t('people.refused-text')}</Notice>}
      {state === 'trial' && (
        <>
          <Tag tone="wait">{t('people.trial')}</Tag>
          <p className="small">{t('people.trial-text', { n: props.trial_bookings_max })}</p>
        </>
      )}
      {state !== undefined && state !== 'pending' && (
        <div className="row">
          <LinkButton to={`/patients/${patient.patient_id}/acts`} look="quiet">
            {t('people.acts')}
          </LinkButton>
          <LinkButton to={`/patients/${patient.patient_id}/archives`} look="quiet">
            {t('archive.link')}
          </LinkButton>
          {patient.document_type === 'birth_certificate' && (
            <Button look="quiet" onClick={() => setOpen('card')}>
              {t('people.card')}
            </Button>
          )}
        </div>
      )}
      {open === 'confirm' && <ConfirmDialog {...dialog} />}
      {open === 'card' && <CardDialog {...dialog} />}
    </div>
  );
}
