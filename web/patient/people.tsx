import { useState, type ReactElement } from 'react';
import { api, rememberSignedIn } from '../shared/api.ts';
import { forgetRequestKey } from '../shared/request-key.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Link, useNavigate, useSearchParams } from '../shared/router.tsx';
import type { Patient } from '../shared/types.ts';
import { Button, Card, Dialog, Empty, Notice, ProblemNotice, Wait } from '../shared/ui.tsx';
import { useCommon } from './app-context.tsx';
import { PersonState } from './people-state.tsx';
import { PersonForm } from './person-form.tsx';
import { SignedIn } from './signed-in.tsx';
import { usePatientWords } from './words.ts';

type Limits = {
  patients_account_max: number;
  removals_max: number;
  churn_days: number;
  trial_bookings_max: number;
};

export function PeoplePage(): ReactElement {
  const { t } = usePatientWords();
  return (
    <SignedIn title={t('nav.patients')}>
      <People />
      <Account />
    </SignedIn>
  );
}

function People(): ReactElement {
  const { t } = usePatientWords();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const patients = useLoad('patients', () =>
    api<{ patients: Patient[]; limits: Limits }>('/api/patients'),
  );
  const next = params.get('next');
  const added = (): void => {
    patients.reload();
    if (next !== null && /^\/(h|draws)\//.test(next)) navigate(next);
  };
  return (
    <Wait on={patients}>
      {({ patients: all, limits }) => {
        // Whom a helper looks after stands on the helper's own page and fills no place here.
        const list = all.filter((one) => one.relation !== 'delegate');
        return (
          <>
            {list.length === 0 && <Empty title={t('people.none')} />}
            <ul className="stack">
              {list.map((patient) => (
                <li key={patient.patient_id}>
                  <Person patient={patient} limits={limits} reload={patients.reload} />
                </li>
              ))}
            </ul>
            {list.length < limits.patients_account_max ? (
              <Card title={t('people.add')}>
                <PersonForm patients={list} onAdded={added} />
              </Card>
            ) : (
              <Notice>{t('people.max', { n: limits.patients_account_max })}</Notice>
            )}
          </>
        );
      }}
    </Wait>
  );
}

function Person({
  patient,
  limits,
  reload,
}: {
  patient: Patient;
  limits: Limits;
  reload: () => void;
}): ReactElement {
  const { t } = usePatientWords();
  const [open, setOpen] = useState(false);
  const remove = useAction(async () => {
    await api(`/api/patients/${patient.patient_id}`, { method: 'DELETE' });
    reload();
  });
  return (
    <div className="card person">
      <div>
        <p>
          <span className="strong">{patient.name_masked}</span>{' '}
          <span className="soft">
            {relationText(patient.relation, t)}
            {patient.age !== null && ` · ${t('people.age', { n: patient.age })}`}
          </span>
        </p>
        <p className="soft digits">{patient.document_masked}</p>
        <PersonState
          patient={patient}
          trial_bookings_max={limits.trial_bookings_max}
          reload={reload}
        />
      </div>
      <Button look="quiet" onClick={() => setOpen(true)}>
        {t('people.remove')}
      </Button>
      {open && (
        <Dialog
          title={t('people.remove-title', { name: patient.name_masked })}
          onClose={() => setOpen(false)}
        >
          <p>{t('people.limit-text', { days: limits.churn_days, n: limits.removals_max })}</p>
          <ProblemNotice problem={remove.problem} />
          <div className="row">
            <Button look="danger" busy={remove.busy} onClick={() => void remove.run()}>
              {t('people.remove')}
            </Button>
            <Button look="secondary" onClick={() => setOpen(false)}>
              {t('people.keep')}
            </Button>
          </div>
        </Dialog>
      )}
    </div>
  );
}

type Words = ReturnType<typeof usePatientWords>['t'];

function relationText(relation: string, t: Words): string {
  const known = ['self', 'child', 'parent', 'spouse', 'other'] as const;
  const found = known.find((one) => one === relation);
  return found ? t(`relation.${found}`) : relation;
}

function Account(): ReactElement {
  const { t } = usePatientWords();
  const { me, refreshMe } = useCommon();
  const leave = useAction(async () => {
    await api('/api/sign-out', { method: 'POST' });
    await forgetRequestKey();
    rememberSignedIn(false);
    refreshMe();
  });
  return (
    <div className="account-links">
      <span className="soft">{t('people.account', { phone: me?.phone_masked ?? '' })}</span>
      <Link to="/limits">{t('limits.link')}</Link>
      <Link to="/helpers">{t('helper.link')}</Link>
      <Link to="/devices">{t('devices.title')}</Link>
      <Link to="/my-data">{t('data.link')}</Link>
      <Button look="quiet" busy={leave.busy} onClick={() => void leave.run()}>
        {t('sign.out')}
      </Button>
    </div>
  );
}
