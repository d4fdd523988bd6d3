import { useState, type ReactElement } from 'react';
import { api, ApiProblem, rememberSignedIn } from '../shared/api.ts';
import { useAction } from '../shared/hooks.ts';
import { deviceHint, keepRequestKey, type GivenKey } from '../shared/request-key.ts';
import { Link, useNavigate, useSearchParams } from '../shared/router.tsx';
import { Button, Field, Notice, ProblemNotice } from '../shared/ui.tsx';
import { useCommon } from './app-context.tsx';
import { usePatientWords } from './words.ts';

/** Only paths of these pages: a link must not lead a signed-in person to another site. */
function safeNext(next: string | null): string {
  return next !== null && /^\/(?![/\\])/.test(next) ? next : '/';
}

function isTooSoon(error: unknown): boolean {
  return error instanceof ApiProblem && error.code === 'identity/code-too-soon';
}

export function SignInPage(): ReactElement {
  const { t } = usePatientWords();
  const { info, refreshMe } = useCommon();
  const navigate = useNavigate();
  const [params] = useSearchParams();
  const [phone, setPhone] = useState('');
  const [code, setCode] = useState('');
  const [sent, setSent] = useState<'now' | 'before' | null>(null);
  const ask = useAction(async (_key, channel: 'sms' | 'voice') => {
    try {
      await api('/api/sign-in/code', { method: 'POST', body: { phone, channel } });
      setSent('now');
    } catch (error) {
      // Who comes back from reading the message to a page loaded anew has a code to type already.
      if (sent !== null || !isTooSoon(error)) throw error;
      setSent('before');
    }
  });
  const enter = useAction(async () => {
    const body = { phone, code, ...deviceHint() };
    const signed = await api<{ request_key?: GivenKey }>('/api/sign-in', { method: 'POST', body });
    await keepRequestKey(signed.request_key);
    rememberSignedIn(true);
    refreshMe();
    navigate(safeNext(params.get('next')), { replace: true });
  });
  return (
    <form
      className="stack narrow"
      onSubmit={(event) => {
        event.preventDefault();
        void (sent ? enter.run() : ask.run('sms'));
      }}
    >
      <h1>{t('sign.title')}</h1>
      <p>{t('sign.lead')}</p>
      <Field
        label={t('sign.phone')}
        control={(ties) => (
          <input
            {...ties}
            type="tel"
            inputMode="numeric"
            autoComplete="tel-national"
            value={phone}
            required
            onChange={(event) => setPhone(event.target.value)}
          />
        )}
      />
      {sent && (
        <>
          <Notice tone="good">
            <p>{t(sent === 'now' ? 'sign.sent' : 'sign.still')}</p>
            {info?.demo && (
              <p>
                <Link to="/outbox" target="_blank">
                  {t('sign.demo')}
                </Link>
              </p>
            )}
          </Notice>
          <Field
            label={t('sign.code')}
            control={(ties) => (
              <input
                {...ties}
                inputMode="numeric"
                autoComplete="one-time-code"
                pattern="[0-9]{6}"
                maxLength={6}
                value={code}
                required
                onChange={(event) => setCode(event.target.value)}
              />
            )}
          />
        </>
      )}
      <ProblemNotice problem={ask.problem ?? enter.problem} />
      <Button type="submit" wide busy={ask.busy || enter.busy}>
        {t(sent ? 'sign.in' : 'sign.send')}
      </Button>
      {sent && (
        <Button look="quiet" busy={ask.busy} onClick={() => void ask.run('sms')}>
          {t('sign.again')}
        </Button>
      )}
      {(sent || ask.problem) && (
        <Button look="quiet" busy={ask.busy} onClick={() => void ask.run('voice')}>
          {t('code.voice')}
        </Button>
      )}
      <p className="small">{t('sign.help')}</p>
    </form>
  );
}
