import { useState, type ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { dayText, mdHm } from '../shared/format.ts';
import { useAction } from '../shared/hooks.ts';
import { entryTone } from '../shared/states.ts';
import type { Entry } from '../shared/types.ts';
import { Button, Dialog, Field, ProblemNotice, Tag } from '../shared/ui.tsx';
import { useConsoleWords } from './words.ts';

const secret_length = 64;

/** An entry of the person at the window: how it stands, and withdrawing it with the slip's code. */
export function WindowEntryLine(props: { entry: Entry; reload: () => void }): ReactElement {
  const { t, lang } = useConsoleWords();
  const { entry, reload } = props;
  const [leaving, setLeaving] = useState(false);
  const code = entry.short_code.replace(/(.{4})(?=.)/g, '$1 ');
  const won = entry.draw.sessions.find(({ session_id }) => session_id === entry.session_id);
  const when = [
    entry.state === 'registered' || entry.state === 'waiting'
      ? t('window.entry-result', { time: mdHm(entry.draw.round_at) })
      : null,
    entry.rank === null ? null : t('window.entry-rank', { n: entry.rank }),
    won
      ? `${dayText(won.service_date, lang)} ${t(`period.${won.period}`)} ${won.practitioner_name ?? won.service_name}`
      : null,
    entry.state === 'placed' && entry.confirm_until
      ? t('window.entry-confirm', { time: mdHm(entry.confirm_until) })
      : null,
    entry.next_return_at ? t('window.entry-next', { time: mdHm(entry.next_return_at) }) : null,
  ].filter((part) => part !== null);
  const mayLeave = entry.state === 'registered' || entry.state === 'unplaced';
  return (
    <div className="line stack tight">
      <div className="row spread">
        <span>
          <span className="strong">{t('window.entry')}</span> {entry.draw.code}{' '}
          <span className="mono">{code}</span>
        </span>
        <Tag tone={entryTone[entry.state]}>{t(`entry.${entry.state}`)}</Tag>
      </div>
      {when.length > 0 && <p className="small">{when.join(' · ')}</p>}
      {mayLeave && (
        <div>
          <Button
            look="danger"
            aria-label={t('window.withdraw-of', { code })}
            onClick={() => setLeaving(true)}
          >
            {t('window.withdraw')}
          </Button>
        </div>
      )}
      {leaving && (
        <WithdrawDialog
          entry={entry}
          code={code}
          onClose={() => setLeaving(false)}
          onDone={() => {
            setLeaving(false);
            reload();
          }}
        />
      )}
    </div>
  );
}

/** Only the slip's code withdraws: nobody at a window can drop an entry and say its holder did. */
function WithdrawDialog(props: {
  entry: Entry;
  code: string;
  onClose: () => void;
  onDone: () => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const [text, setText] = useState('');
  const secret = text.normalize('NFKC').replaceAll(/\s/g, '').toLowerCase();
  const withdraw = useAction(async (key) => {
    await post(`/api/staff/entries/${props.entry.e}/withdraw`, { secret }, key);
    props.onDone();
  });
  const missing = secret_length - secret.length;
  return (
    <Dialog title={t('window.withdraw-of', { code: props.code })} onClose={props.onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void withdraw.run();
        }}
      >
        <p>{t('window.withdraw-text')}</p>
        <Field
          label={t('window.withdraw-code')}
          hint={
            secret !== '' && missing > 0 ? t('window.withdraw-short', { n: missing }) : undefined
          }
          control={(ties) => (
            <textarea
              {...ties}
              rows={2}
              className="mono"
              autoComplete="off"
              spellCheck={false}
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        />
        <ProblemNotice problem={withdraw.problem} />
        <Button
          type="submit"
          look="danger"
          busy={withdraw.busy}
          disabled={!/^[0-9a-f]{64}$/.test(secret)}
        >
          {t('window.withdraw-do')}
        </Button>
      </form>
    </Dialog>
  );
}
