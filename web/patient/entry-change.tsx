import { useState, type ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import type { Draw, Entry } from '../shared/types.ts';
import { Button, Dialog, Field, Notice, ProblemNotice } from '../shared/ui.tsx';
import { ChoiceForm } from './draw-form.tsx';
import { useEdit, type Choice } from './enter.ts';
import { keepTypedSecret, secretOf } from './receipts.ts';
import { usePatientWords } from './words.ts';

/** Before closing: edit and withdraw. After the draw: stop waiting for places that come back. */
export function ChangeEntry({
  entry,
  reload,
}: {
  entry: Entry;
  reload: () => void;
}): ReactElement | null {
  const before = entry.state === 'registered' && entry.draw.state === 'open';
  const after = entry.state === 'unplaced' && entry.next_return_at !== null;
  const secret = useLoad(before || after ? `secret/${entry.e}` : null, () => secretOf(entry));
  if ((!before && !after) || secret.data === undefined) return null;
  if (secret.data === null) return <Elsewhere entry={entry} onKnown={secret.reload} />;
  return before ? (
    <Before entry={entry} secret={secret.data} reload={reload} />
  ) : (
    <div className="row">
      <Withdraw entry={entry} secret={secret.data} reload={reload} kind="leave" />
    </div>
  );
}

function Before(props: { entry: Entry; secret: string; reload: () => void }): ReactElement {
  const { t } = usePatientWords();
  const [editing, setEditing] = useState(false);
  const { entry, secret, reload } = props;
  if (editing) return <Edit entry={entry} secret={secret} onClose={() => setEditing(false)} />;
  return (
    <div className="row">
      <Button look="secondary" onClick={() => setEditing(true)}>
        {t('edit.open')}
      </Button>
      <Withdraw entry={entry} secret={secret} reload={reload} kind="withdraw" />
    </div>
  );
}

function Edit(props: { entry: Entry; secret: string; onClose: () => void }): ReactElement {
  const { t } = usePatientWords();
  const { entry } = props;
  const [choice, setChoice] = useState<Choice>(() => choiceOf(entry));
  const edit = useEdit(entry, props.secret);
  return (
    <section className="stack edit" aria-label={t('edit.open')}>
      <ChoiceForm draw={entry.draw} choice={choice} onChange={setChoice} />
      <p className="small">{t('edit.text')}</p>
      <ProblemNotice problem={edit.problem} />
      <div className="row">
        <Button
          busy={edit.busy}
          disabled={choice.preferences.length === 0 && choice.wildcard === null}
          onClick={() => void edit.run(choice)}
        >
          {t('edit.save')}
        </Button>
        <Button look="secondary" onClick={props.onClose}>
          {t('edit.keep')}
        </Button>
      </div>
    </section>
  );
}

const lines_max = 10;

/** The list as it was entered; one too long for ten lines came of a wildcard at its end. */
function choiceOf(entry: Entry): Choice {
  const { preferences, notice_days, draw } = entry;
  const common = { notice_days, wish_until: null };
  if (preferences.length <= lines_max) return { ...common, preferences, wildcard: null };
  return {
    ...common,
    preferences: preferences.slice(0, lines_max - 1),
    wildcard: takesAll(draw, preferences) ? 'any' : 'chief',
  };
}

function takesAll(draw: Draw, preferences: readonly string[]): boolean {
  return draw.sessions.every(({ session_id }) => preferences.includes(session_id));
}

function Withdraw(props: {
  entry: Entry;
  secret: string;
  reload: () => void;
  kind: 'withdraw' | 'leave';
}): ReactElement {
  const { t } = usePatientWords();
  const { entry, secret, reload, kind } = props;
  const [open, setOpen] = useState(false);
  const withdraw = useAction(async (key) => {
    await post(`/api/entries/${entry.e}/withdraw`, { secret }, key);
    setOpen(false);
    reload();
  });
  return (
    <>
      <Button look="danger" onClick={() => setOpen(true)}>
        {t(`${kind}.open`)}
      </Button>
      {open && (
        <Dialog title={t(`${kind}.title`)} onClose={() => setOpen(false)}>
          <p>{t(`${kind}.text`)}</p>
          <ProblemNotice problem={withdraw.problem} />
          <div className="row">
            <Button look="danger" busy={withdraw.busy} onClick={() => void withdraw.run()}>
              {t(`${kind}.do`)}
            </Button>
            <Button look="secondary" onClick={() => setOpen(false)}>
              {t(`${kind}.keep`)}
            </Button>
          </div>
        </Dialog>
      )}
    </>
  );
}

/** Registered at the window, or with another phone: the code on the slip opens it here too. */
function Elsewhere({ entry, onKnown }: { entry: Entry; onKnown: () => void }): ReactElement {
  const { t } = usePatientWords();
  const [code, setCode] = useState('');
  const [wrong, setWrong] = useState(false);
  const check = async (): Promise<void> => {
    if (await keepTypedSecret(entry, code)) onKnown();
    else setWrong(true);
  };
  return (
    <Notice title={t('elsewhere.title')}>
      <p>{t(entry.wish_id === null ? 'elsewhere.text' : 'elsewhere.wish')}</p>
      <details>
        <summary>{t('elsewhere.have')}</summary>
        <form
          className="stack tight"
          onSubmit={(event) => {
            event.preventDefault();
            void check();
          }}
        >
          <Field
            label={t('elsewhere.code')}
            hint={t('elsewhere.hint')}
            error={wrong ? t('elsewhere.wrong') : undefined}
            control={(ties) => (
              <input
                {...ties}
                className="mono"
                autoComplete="off"
                autoCapitalize="off"
                spellCheck={false}
                value={code}
                onChange={(event) => {
                  setCode(event.target.value);
                  setWrong(false);
                }}
              />
            )}
          />
          <div>
            <Button type="submit" look="secondary" disabled={code.trim() === ''}>
              {t('elsewhere.use')}
            </Button>
          </div>
        </form>
      </details>
    </Notice>
  );
}
