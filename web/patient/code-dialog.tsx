import { useCallback, useEffect, useRef, useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { useAction } from '../shared/hooks.ts';
import { deviceHint, keepRequestKey, whenKeyLost, type GivenKey } from '../shared/request-key.ts';
import { Button, Dialog, Field, Notice, ProblemNotice } from '../shared/ui.tsx';
import { usePatientWords } from './words.ts';

/** A code to the person's own phone, by message or by call, for whatever `onCode` does with it. */
export function CodeDialog(props: {
  lead: string;
  sendPath: string;
  onCode: (code: string) => Promise<void>;
  onClose: () => void;
}): ReactElement {
  const { t } = usePatientWords();
  const [code, setCode] = useState('');
  const [sent, setSent] = useState(false);
  const send = useAction(async (_key, channel: 'sms' | 'voice') => {
    await api(props.sendPath, { method: 'POST', body: { channel } });
    setSent(true);
  });
  const check = useAction(() => props.onCode(code));
  return (
    <Dialog title={t('code.title')} onClose={props.onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void check.run();
        }}
      >
        <p>{props.lead}</p>
        <div className="row">
          <Button look="secondary" busy={send.busy} onClick={() => void send.run('sms')}>
            {t('code.sms')}
          </Button>
          <Button look="secondary" busy={send.busy} onClick={() => void send.run('voice')}>
            {t('code.voice')}
          </Button>
        </div>
        {sent && <Notice tone="good">{t('sign.sent')}</Notice>}
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
        <ProblemNotice problem={send.problem ?? check.problem} />
        <Button type="submit" wide busy={check.busy}>
          {t('code.check')}
        </Button>
      </form>
    </Dialog>
  );
}

/** Renews the key of a browser that lost it, when a write is refused for that; then the write goes on. */
export function KeyRenewal(): ReactElement | null {
  const { t } = usePatientWords();
  const [open, setOpen] = useState(false);
  const waiting = useRef<((renewed: boolean) => void)[]>([]);
  const end = useCallback((renewed: boolean) => {
    setOpen(false);
    for (const done of waiting.current.splice(0)) done(renewed);
  }, []);
  useEffect(() => {
    whenKeyLost(() => {
      setOpen(true);
      return new Promise((done) => waiting.current.push(done));
    });
    return () => whenKeyLost(undefined);
  }, []);
  if (!open) return null;
  return (
    <CodeDialog
      lead={t('code.key-lost')}
      sendPath="/api/request-key/code"
      onCode={async (code) => {
        await keepRequestKey(await post<GivenKey>('/api/request-key', { code, ...deviceHint() }));
        end(true);
      }}
      onClose={() => end(false)}
    />
  );
}
