import { useState, type ReactElement } from 'react';
import { api, post, rememberSignedIn } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { forgetRequestKey } from '../shared/request-key.ts';
import { useNavigate } from '../shared/router.tsx';
import type { Patient } from '../shared/types.ts';
import { Button, Card, Empty, Notice, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import { useCommon } from './app-context.tsx';
import { CodeDialog } from './code-dialog.tsx';
import type { ConsentText } from './consent-gate.tsx';
import { Decisions } from './my-data-decisions.tsx';
import { PersonData } from './my-data-person.tsx';
import { SignedIn } from './signed-in.tsx';
import { usePatientWords } from './words.ts';

/** What we keep of a person, and what they may ask about it. */
export function MyDataPage(): ReactElement {
  const { t } = usePatientWords();
  const [asked, setAsked] = useState(0);
  return (
    <SignedIn title={t('data.title')}>
      <p>{t('data.lead')}</p>
      <People onAsked={() => setAsked((n) => n + 1)} />
      <Consents />
      <Decisions />
      <Requests key={asked} />
      <Kept />
      <CloseAccount />
    </SignedIn>
  );
}

function usePatients() {
  return useLoad('patients', () => api<{ patients: Patient[] }>('/api/patients'));
}

function People({ onAsked }: { onAsked: () => void }): ReactElement {
  const { t } = usePatientWords();
  const patients = usePatients();
  return (
    <Card title={t('data.people')}>
      <Wait on={patients}>
        {({ patients: list }) =>
          list.length === 0 ? (
            <Empty title={t('people.none')} />
          ) : (
            <ul className="stack">
              {list.map((patient) => (
                <li key={patient.patient_id}>
                  <PersonData patient={patient} onErased={patients.reload} onAsked={onAsked} />
                </li>
              ))}
            </ul>
          )
        }
      </Wait>
    </Card>
  );
}

type Consent = {
  consent_id: string;
  patient_id: string;
  purpose: string;
  text_version: number;
  given_at: string;
  withdrawn_at: string | null;
};

function Consents(): ReactElement {
  const { t } = usePatientWords();
  const patients = usePatients();
  const consents = useLoad('consents', () => api<{ consents: Consent[] }>('/api/consents'));
  const texts = useLoad('texts', () => api<{ texts: ConsentText[] }>('/api/consent-texts'));
  const nameOf = (id: string): string =>
    patients.data?.patients.find((one) => one.patient_id === id)?.name_masked ?? '';
  return (
    <Card title={t('data.consents')}>
      <Wait on={consents}>
        {({ consents: list }) => (
          <>
            {list.length === 0 && <p>{t('data.no-consents')}</p>}
            <ul className="stack">
              {latest(list).map((one) => (
                <li key={one.consent_id}>
                  <ConsentRow
                    consent={one}
                    name={nameOf(one.patient_id)}
                    text={texts.data?.texts.find((text) => text.purpose === one.purpose)}
                    reload={consents.reload}
                  />
                </li>
              ))}
            </ul>
          </>
        )}
      </Wait>
    </Card>
  );
}

/** What holds now: who agreed again has nothing left to do about what they took back before. */
function latest(list: readonly Consent[]): Consent[] {
  const found = new Map<string, Consent>();
  for (const one of list) {
    const key = `${one.patient_id} ${one.purpose}`;
    const other = found.get(key);
    if (!other || rank(one) > rank(other)) found.set(key, one);
  }
  return [...found.values()];
}

/** An agreement that holds counts more than one taken back, and the newer more than the older. */
const rank = (one: Consent): string => `${one.withdrawn_at === null ? 1 : 0} ${one.given_at}`;

function ConsentRow(props: {
  consent: Consent;
  name: string;
  text: ConsentText | undefined;
  reload: () => void;
}): ReactElement {
  const { t, lang } = usePatientWords();
  const { consent, text } = props;
  const withdraw = useAction(async () => {
    await api(`/api/consents/${consent.consent_id}`, { method: 'DELETE' });
    props.reload();
  });
  const again = useAction(async () => {
    const { patient_id, purpose } = consent;
    const consents = [{ purpose, version: text?.version ?? consent.text_version }];
    await post('/api/consents', { patient_id, consents });
    props.reload();
  });
  const title = lang === 'en' ? text?.title_en : text?.title;
  return (
    <div className="card">
      <p>
        <span className="strong">{title ?? consent.purpose}</span> {props.name}{' '}
        {consent.withdrawn_at && <Tag tone="muted">{t('data.withdrawn')}</Tag>}
      </p>
      <details>
        <summary>{t('data.read-text')}</summary>
        <p>{lang === 'en' ? text?.text_en : text?.text}</p>
      </details>
      <p className="small">{t('data.given', { time: mdHm(consent.given_at) })}</p>
      <ProblemNotice problem={withdraw.problem ?? again.problem} />
      {consent.withdrawn_at ? (
        <Button look="secondary" busy={again.busy} onClick={() => void again.run()}>
          {t('data.agree-again')}
        </Button>
      ) : (
        <Button look="secondary" busy={withdraw.busy} onClick={() => void withdraw.run()}>
          {t('data.withdraw')}
        </Button>
      )}
    </div>
  );
}

type DataRequest = {
  request_id: string;
  kind: 'export' | 'correction' | 'deletion' | 'objection';
  text: string | null;
  state: 'open' | 'done' | 'refused';
  asked_at: string;
  due_at: string;
  answer: string | null;
};

function Requests(): ReactElement {
  const { t } = usePatientWords();
  const requests = useLoad('requests', () =>
    api<{ requests: DataRequest[] }>('/api/my-data/requests'),
  );
  return (
    <Card title={t('data.requests')}>
      <Wait on={requests}>
        {({ requests: list }) => (
          <ul className="stack">
            {list.length === 0 && <li>{t('data.no-requests')}</li>}
            {list.map((one) => (
              <li key={one.request_id}>
                <span className="strong">{t(`data.kind-${one.kind}`)}</span>{' '}
                <Tag tone={one.state === 'open' ? 'wait' : 'good'}>
                  {t(`data.state-${one.state}`)}
                </Tag>
                <p className="small">{mdHm(one.asked_at)}</p>
                {one.text && <p>{one.text}</p>}
                {one.state === 'open' && <p>{t('data.due', { time: mdHm(one.due_at) })}</p>}
                {one.answer && <Notice tone="good">{one.answer}</Notice>}
              </li>
            ))}
          </ul>
        )}
      </Wait>
    </Card>
  );
}

function Kept(): ReactElement {
  const { t } = usePatientWords();
  const rows = ['visits', 'notices', 'codes', 'devices', 'logs', 'records'] as const;
  return (
    <Card title={t('data.kept')}>
      <ul>
        {rows.map((row) => (
          <li key={row}>{t(`data.kept-${row}`)}</li>
        ))}
      </ul>
    </Card>
  );
}

function CloseAccount(): ReactElement {
  const { t } = usePatientWords();
  const { refreshMe } = useCommon();
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  const close = async (code: string): Promise<void> => {
    await post('/api/my-data/account-deletion', { code });
    await forgetRequestKey();
    rememberSignedIn(false);
    refreshMe();
    navigate('/');
  };
  return (
    <Card title={t('data.close')}>
      <p>{t('data.close-text')}</p>
      <Button look="danger" onClick={() => setOpen(true)}>
        {t('data.close-do')}
      </Button>
      {open && (
        <CodeDialog
          lead={t('data.close-lead')}
          sendPath="/api/my-data/code"
          onCode={close}
          onClose={() => setOpen(false)}
        />
      )}
    </Card>
  );
}
