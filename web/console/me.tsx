import { useState, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { DeviceList } from '../shared/devices.tsx';
import { useAction, useLoad } from '../shared/hooks.ts';
import { useSharedWords } from '../shared/i18n.tsx';
import { Button, Card, Field, Notice, ProblemNotice, Wait } from '../shared/ui.tsx';
import { Enrolment, RecoveryCodes } from './enrolment.tsx';
import { useConsoleWords } from './words.ts';

const token_minutes = 10;

type Factor = { enrolled: boolean; required: boolean; recovery_left: number };

/** 我的登录安全: second factor, password, devices of whoever is signed in. */
export function MePage(): ReactElement {
  const { t } = useConsoleWords();
  const shared = useSharedWords();
  return (
    <div className="me">
      <h1>{t('nav.me')}</h1>
      <FactorCard />
      <PasswordCard />
      <Card title={shared.t('devices.title')}>
        <DeviceList minutes={token_minutes} />
      </Card>
    </div>
  );
}

function FactorCard(): ReactElement {
  const { t } = useConsoleWords();
  const factor = useLoad('factor', () => api<Factor>('/api/staff/second-factor'));
  const [enrolling, setEnrolling] = useState(false);
  const over = (): void => {
    setEnrolling(false);
    factor.reload();
  };
  return (
    <Card title={t('me.factor')}>
      <Wait on={factor}>
        {({ enrolled, required, recovery_left }) => (
          <div className="stack">
            <p>{enrolled ? t('me.on', { n: recovery_left }) : t('me.off')}</p>
            {required && <p className="soft">{t('me.required')}</p>}
            {enrolling ? (
              <EnrolHere onOver={over} />
            ) : (
              <Button look="secondary" onClick={() => setEnrolling(true)}>
                {t(enrolled ? 'me.another' : 'me.enrol')}
              </Button>
            )}
          </div>
        )}
      </Wait>
    </Card>
  );
}

/** The password again, the QR code, a code of it, the recovery codes. */
function EnrolHere({ onOver }: { onOver: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const [begun, setBegun] = useState<{ secret: string; uri: string }>();
  const [codes, setCodes] = useState<string[]>();
  const begin = async (password: string): Promise<void> => {
    const body = { password };
    setBegun(await api('/api/staff/second-factor', { method: 'POST', body }));
  };
  const confirm = async (code: string): Promise<void> => {
    const path = '/api/staff/second-factor/confirm';
    const done = await api<{ recovery_codes: string[] }>(path, { method: 'POST', body: { code } });
    setCodes(done.recovery_codes);
  };
  if (codes) return <RecoveryCodes codes={codes} onKept={onOver} />;
  if (!begun) return <Ask label={t('me.password-now')} secret="current-password" send={begin} />;
  return (
    <>
      <p>{t('step.enrol-lead')}</p>
      <Enrolment {...begun} />
      <Ask key="code" label={t('step.enrol-code')} send={confirm} />
    </>
  );
}

function Ask(props: {
  label: string;
  secret?: 'current-password';
  send: (value: string) => Promise<void>;
}): ReactElement {
  const { t } = useConsoleWords();
  const [value, setValue] = useState('');
  const send = useAction(() => props.send(value));
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void send.run();
      }}
    >
      <Field
        label={props.label}
        control={(ties) => (
          <input
            {...ties}
            required
            type={props.secret ? 'password' : 'text'}
            autoComplete={props.secret ?? 'one-time-code'}
            value={value}
            onChange={(event) => setValue(event.target.value)}
          />
        )}
      />
      <ProblemNotice problem={send.problem} />
      <Button type="submit" busy={send.busy}>
        {t('step.next')}
      </Button>
    </form>
  );
}

const passwords = [
  ['current_password', 'me.password-now', 'current-password'],
  ['new_password', 'step.new-password', 'new-password'],
] as const;

function PasswordCard(): ReactElement {
  const { t } = useConsoleWords();
  const [values, setValues] = useState({ current_password: '', new_password: '' });
  const [done, setDone] = useState(false);
  const change = useAction(async () => {
    setDone(false);
    await api('/api/staff/password', { method: 'POST', body: values });
    setValues({ current_password: '', new_password: '' });
    setDone(true);
  });
  return (
    <Card title={t('me.password')}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void change.run();
        }}
      >
        {passwords.map(([name, label, autoComplete]) => (
          <Field
            key={name}
            label={t(label)}
            hint={name === 'new_password' ? t('step.password-hint') : undefined}
            control={(ties) => (
              <input
                {...ties}
                {...{ required: true, type: 'password', autoComplete, value: values[name] }}
                onChange={(event) => setValues({ ...values, [name]: event.target.value })}
              />
            )}
          />
        ))}
        {done && <Notice tone="good">{t('me.changed')}</Notice>}
        <ProblemNotice problem={change.problem} />
        <Button type="submit" busy={change.busy}>
          {t('me.password')}
        </Button>
      </form>
    </Card>
  );
}
