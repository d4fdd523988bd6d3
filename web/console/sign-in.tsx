import { useEffect, useState, type ReactElement } from 'react';
import { api, rememberSignedIn } from '../shared/api.ts';
import { useAction, useLoad, type Action } from '../shared/hooks.ts';
import { Button, Card, Field, Notice, ProblemNotice } from '../shared/ui.tsx';
import { SignInStep, type StepReply } from './sign-in-steps.tsx';
import { useStaff } from './staff-context.tsx';
import type { DemoLogins } from './types.ts';
import { useConsoleWords } from './words.ts';

type Pending = { step: 'code' | 'password' | 'enrol'; ticket: string };

/** What the identity provider's return says after the hash; read once and taken from the address. */
function fromHash(): { pending?: Pending; refused?: string; done?: true } {
  const text = window.location.hash.slice(1);
  if (text === '') return {};
  window.history.replaceState(null, '', window.location.pathname);
  const hash = new URLSearchParams(text);
  const [step, ticket, refused] = ['step', 'ticket', 'refused'].map((name) => hash.get(name));
  if (refused) return { refused };
  if (hash.has('signed-in')) return { done: true };
  const known = step === 'code' || step === 'password' || step === 'enrol';
  return known && ticket ? { pending: { step, ticket } } : {};
}

export function SignInPage(): ReactElement {
  const { t, lang, setLang } = useConsoleWords();
  const { info, refresh } = useStaff();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const demo = useLoad(info?.demo ? 'demo' : null, () => api<DemoLogins>('/api/demo'));
  const oidc = useLoad('oidc', () => api<{ enabled: boolean }>('/api/staff/oidc'));
  const [back] = useState(fromHash);
  const [pending, setPending] = useState(back.pending);
  const inside = (): void => {
    rememberSignedIn(true);
    refresh();
  };
  useEffect(() => {
    if (back.done) inside();
    // Once, right after the return.
    // oxlint-disable-next-line react/exhaustive-deps
  }, []);
  const onReply = ({ step, ticket = '' }: StepReply): void => {
    if (step === 'done') inside();
    else setPending({ step, ticket });
  };
  const enter = useAction(async () => {
    const body = { username, password };
    onReply(await api<StepReply>('/api/staff/sign-in', { method: 'POST', body }));
  });
  return (
    <main id="main" className="sign-in">
      <header className="row spread">
        <h1 className="row">
          <span className="seal" aria-hidden="true">
            正
          </span>
          {t('app.console')}
        </h1>
        <Button look="quiet" onClick={() => setLang(lang === 'en' ? 'zh-CN' : 'en')}>
          {t('lang.switch')}
        </Button>
      </header>
      {back.refused !== undefined && (
        <Notice tone="bad">
          {t(back.refused === 'identity/oidc-unlinked' ? 'step.unlinked' : 'step.refused')}
        </Notice>
      )}
      {pending ? (
        <SignInStep
          key={pending.ticket}
          {...pending}
          onReply={onReply}
          onAgain={() => setPending(undefined)}
        />
      ) : (
        <PasswordForm {...{ username, setUsername, password, setPassword, enter }} />
      )}
      {oidc.data?.enabled && !pending && (
        <a className="button secondary wide" href="/api/staff/oidc/start">
          {t('step.oidc')}
        </a>
      )}
      {demo.data && !pending && (
        <Card title={t('sign.demo')}>
          <p className="small">{t('sign.demo-text')}</p>
          <p className="small">{t('step.demo')}</p>
          <ul className="logins">
            {demo.data.staff.map((login) => (
              <li key={login.username}>
                <Button
                  look="secondary"
                  wide
                  onClick={() => {
                    setUsername(login.username);
                    setPassword(login.password);
                  }}
                >
                  {login.display_name.replace(/^演示/, '')}
                </Button>
              </li>
            ))}
          </ul>
        </Card>
      )}
    </main>
  );
}

function PasswordForm(props: {
  username: string;
  setUsername: (value: string) => void;
  password: string;
  setPassword: (value: string) => void;
  enter: Action<[]>;
}): ReactElement {
  const { t } = useConsoleWords();
  const { username, setUsername, password, setPassword, enter } = props;
  return (
    <form
      className="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        void enter.run();
      }}
    >
      <Field
        label={t('sign.username')}
        control={(ties) => (
          <input
            {...ties}
            autoComplete="username"
            required
            value={username}
            onChange={(event) => setUsername(event.target.value)}
          />
        )}
      />
      <Field
        label={t('sign.password')}
        control={(ties) => (
          <input
            {...ties}
            type="password"
            autoComplete="current-password"
            required
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        )}
      />
      <ProblemNotice problem={enter.problem} />
      <Button type="submit" wide busy={enter.busy}>
        {t('sign.in')}
      </Button>
    </form>
  );
}
