import { useState, type ReactElement } from 'react';
import { api, rememberSignedIn } from '../shared/api.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Field, ProblemNotice } from '../shared/ui.tsx';
import { useStaff } from './staff-context.tsx';
import type { DemoLogins } from './types.ts';
import { useConsoleWords } from './words.ts';

export function SignInPage(): ReactElement {
  const { t, lang, setLang } = useConsoleWords();
  const { info, refresh } = useStaff();
  const [username, setUsername] = useState('');
  const [password, setPassword] = useState('');
  const demo = useLoad(info?.demo ? 'demo' : null, () => api<DemoLogins>('/api/demo'));
  const enter = useAction(async () => {
    await api('/api/staff/sign-in', { method: 'POST', body: { username, password } });
    rememberSignedIn(true);
    refresh();
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
      {demo.data && (
        <Card title={t('sign.demo')}>
          <p className="small">{t('sign.demo-text')}</p>
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
