import { useState, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Field, LinkButton, Notice, ProblemNotice, Wait } from '../shared/ui.tsx';
import { useConsoleWords } from './words.ts';

const fields = [
  ['code', 'setup.code', 'text'],
  ['display_name', 'setup.name', 'text'],
  ['username', 'sign.username', 'text'],
  ['password', 'sign.password', 'password'],
] as const;

/** The first administrator of a fresh installation, with the code on the server's terminal. */
export function SetupPage(): ReactElement {
  const { t } = useConsoleWords();
  const state = useLoad('setup', () => api<{ needed: boolean }>('/api/setup'));
  return (
    <main id="main" className="sign-in">
      <h1>{t('setup.title')}</h1>
      <Wait on={state}>{({ needed }) => <SetupForm needed={needed} />}</Wait>
    </main>
  );
}

function SetupForm({ needed }: { needed: boolean }): ReactElement {
  const { t } = useConsoleWords();
  const [values, setValues] = useState({ code: '', display_name: '', username: '', password: '' });
  const [done, setDone] = useState(false);
  const create = useAction(async () => {
    await api('/api/setup', { method: 'POST', body: values });
    setDone(true);
  });
  if (done || !needed) {
    return (
      <Notice tone="good" title={t(done ? 'setup.done' : 'setup.not-needed')}>
        <LinkButton to="/">{t('sign.in')}</LinkButton>
      </Notice>
    );
  }
  return (
    <form
      className="card stack"
      onSubmit={(event) => {
        event.preventDefault();
        void create.run();
      }}
    >
      <p>{t('setup.lead')}</p>
      {fields.map(([name, label, type]) => (
        <Field
          key={name}
          label={t(label)}
          control={(ties) => (
            <input
              {...ties}
              type={type}
              required
              autoComplete={type === 'password' ? 'new-password' : 'off'}
              value={values[name]}
              onChange={(event) => setValues({ ...values, [name]: event.target.value })}
            />
          )}
        />
      ))}
      <ProblemNotice problem={create.problem} />
      <Button type="submit" wide busy={create.busy}>
        {t('setup.do')}
      </Button>
    </form>
  );
}
