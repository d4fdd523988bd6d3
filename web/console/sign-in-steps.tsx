import { useState, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Field, ProblemNotice, Wait } from '../shared/ui.tsx';
import { Enrolment, RecoveryCodes } from './enrolment.tsx';
import { useConsoleWords } from './words.ts';

/** What the server says to a step of a sign-in. */
export type StepReply = {
  step: 'done' | 'code' | 'password' | 'enrol';
  ticket?: string;
  recovery_codes?: string[];
};

type StepProps = { ticket: string; onReply: (reply: StepReply) => void };

/** What a sign-in still lacks: the phone's code, a password of one's own, or an enrolment. */
export function SignInStep(
  props: StepProps & { step: 'code' | 'password' | 'enrol'; onAgain: () => void },
): ReactElement {
  const { t } = useConsoleWords();
  const { step, ticket, onReply } = props;
  const Body = { code: CodeStep, password: PasswordStep, enrol: EnrolStep }[step];
  return (
    <section className="card stack" aria-labelledby="step-title">
      <h2 id="step-title">{t(`step.${step}-title`)}</h2>
      <Body ticket={ticket} onReply={onReply} />
      <Button look="quiet" onClick={props.onAgain}>
        {t('step.again')}
      </Button>
    </section>
  );
}

/** One field that is sent with the ticket. */
function OneField(props: {
  ticket: string;
  path: string;
  name: 'code' | 'new_password';
  label: string;
  hint?: string;
  onReply: (reply: StepReply) => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const [value, setValue] = useState('');
  const secret = props.name === 'new_password';
  const send = useAction(async () => {
    const body = { ticket: props.ticket, [props.name]: value };
    props.onReply(await api<StepReply>(props.path, { method: 'POST', body }));
  });
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
        hint={props.hint}
        control={(ties) => (
          <input
            {...ties}
            required
            type={secret ? 'password' : 'text'}
            autoComplete={secret ? 'new-password' : 'one-time-code'}
            minLength={6}
            value={value}
            onChange={(event) => setValue(event.target.value)}
          />
        )}
      />
      <ProblemNotice problem={send.problem} />
      <Button type="submit" wide busy={send.busy}>
        {t('step.next')}
      </Button>
    </form>
  );
}

function CodeStep({ ticket, onReply }: StepProps): ReactElement {
  const { t } = useConsoleWords();
  return (
    <>
      <p>{t('step.code-lead')}</p>
      <OneField
        {...{ ticket, onReply, name: 'code', path: '/api/staff/sign-in/code' }}
        label={t('step.code')}
        hint={t('step.code-hint')}
      />
    </>
  );
}

function PasswordStep({ ticket, onReply }: StepProps): ReactElement {
  const { t } = useConsoleWords();
  return (
    <>
      <p>{t('step.password-lead')}</p>
      <OneField
        {...{ ticket, onReply, name: 'new_password', path: '/api/staff/sign-in/password' }}
        label={t('step.new-password')}
        hint={t('step.password-hint')}
      />
    </>
  );
}

function EnrolStep({ ticket, onReply }: StepProps): ReactElement {
  const { t } = useConsoleWords();
  const begun = useLoad('enrol', () =>
    api<{ secret: string; uri: string }>('/api/staff/sign-in/enrol', {
      method: 'POST',
      body: { ticket },
    }),
  );
  const [done, setDone] = useState<StepReply>();
  if (done?.recovery_codes)
    return <RecoveryCodes codes={done.recovery_codes} onKept={() => onReply(done)} />;
  return (
    <>
      <p>{t('step.enrol-lead')}</p>
      <Wait on={begun}>
        {(enrolment) => (
          <>
            <Enrolment {...enrolment} />
            <OneField
              {...{ ticket, name: 'code', path: '/api/staff/sign-in/enrol/confirm' }}
              label={t('step.enrol-code')}
              onReply={setDone}
            />
          </>
        )}
      </Wait>
    </>
  );
}
