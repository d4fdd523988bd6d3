import { useEffect, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { useLoad } from '../shared/hooks.ts';
import { Link, useLocation } from '../shared/router.tsx';
import type { Patient } from '../shared/types.ts';
import { LinkButton, Notice, Spinner, Wait } from '../shared/ui.tsx';
import { useCommon } from './app-context.tsx';
import { usePatientWords } from './words.ts';

/** Whom the number is for; leads through sign-in and back to the same page. */
export function PatientPicker(props: {
  chosen: string | null;
  onChoose: (patient_id: string) => void;
}): ReactElement {
  const { t } = usePatientWords();
  const { me } = useCommon();
  const { pathname, search } = useLocation();
  const here = encodeURIComponent(pathname + search);
  const patients = useLoad(me ? me.account_id : null, () =>
    api<{ patients: Patient[] }>('/api/patients'),
  );
  // Who has one person only has nothing to choose.
  const ready = patients.data?.patients.filter((one) => one.state !== 'pending');
  const only = ready?.length === 1 ? ready[0] : undefined;
  const { chosen, onChoose } = props;
  useEffect(() => {
    if (only && chosen === null) onChoose(only.patient_id);
  }, [only, chosen, onChoose]);
  if (me === undefined) return <Spinner />;
  if (me === null) {
    return (
      <Notice title={t('pick.sign-in')}>
        <LinkButton to={`/sign-in?next=${here}`}>{t('sign.in')}</LinkButton>
      </Notice>
    );
  }
  return (
    <Wait on={patients}>
      {({ patients: all }) => {
        // Who has not agreed yet cannot be booked for.
        const list = all.filter((patient) => patient.state !== 'pending');
        return (
          <fieldset className="stack tight">
            <legend className="strong">{t('pick.who')}</legend>
            {list.map((patient) => (
              <label key={patient.patient_id} className="option">
                <input
                  type="radio"
                  name="patient"
                  checked={props.chosen === patient.patient_id}
                  onChange={() => props.onChoose(patient.patient_id)}
                />
                <span>
                  <span className="strong">{patient.name_masked}</span>{' '}
                  <span className="soft digits">{patient.document_masked}</span>
                </span>
              </label>
            ))}
            <Link className="option add" to={`/patients?next=${here}`}>
              {t('pick.add')}
            </Link>
          </fieldset>
        );
      }}
    </Wait>
  );
}
