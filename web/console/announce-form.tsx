import { useState, type ReactElement } from 'react';
import { post } from '../shared/api.ts';
import { dayText } from '../shared/format.ts';
import { useAction } from '../shared/hooks.ts';
import { Button, Card, Empty, Notice, ProblemNotice, Wait } from '../shared/ui.tsx';
import { SessionFilter, useSessions } from './session-filter.tsx';
import { useConsoleWords } from './words.ts';

/** Announces a draw at once for sessions whose clinics are drawn. */
export function AnnounceForm(props: { onDone: () => void }): ReactElement {
  const { t, lang } = useConsoleWords();
  const [open, setOpen] = useState(false);
  const { filter, setFilter, sessions } = useSessions(14);
  const [chosen, setChosen] = useState<string[]>([]);
  const announce = useAction(async (key) => {
    await post('/api/staff/draws', { session_ids: chosen }, key);
    setChosen([]);
    setOpen(false);
    props.onDone();
  });
  if (!open) {
    return (
      <p>
        <Button look="secondary" onClick={() => setOpen(true)}>
          {t('announce.open')}
        </Button>
      </p>
    );
  }
  return (
    <Card
      title={t('announce.open')}
      aside={
        <Button look="quiet" onClick={() => setOpen(false)}>
          {t('common.close')}
        </Button>
      }
    >
      <Notice>{t('announce.text')}</Notice>
      <SessionFilter filter={filter} onChange={setFilter} />
      <Wait on={sessions}>
        {(list) =>
          list.length === 0 ? (
            <Empty title={t('sessions.none')} />
          ) : (
            <fieldset className="choices">
              <legend className="strong">{t('announce.sessions')}</legend>
              {list.map((session) => (
                <label key={session.id} className="option">
                  <input
                    type="checkbox"
                    checked={chosen.includes(session.id)}
                    onChange={(event) =>
                      setChosen(
                        event.target.checked
                          ? [...chosen, session.id]
                          : chosen.filter((id) => id !== session.id),
                      )
                    }
                  />
                  <span>
                    {dayText(session.service_date, lang)} {t(`period.${session.period}`)}{' '}
                    {session.service_name} {session.practitioner_name}
                  </span>
                </label>
              ))}
            </fieldset>
          )
        }
      </Wait>
      <ProblemNotice problem={announce.problem} />
      <Button
        busy={announce.busy}
        disabled={chosen.length === 0}
        onClick={() => void announce.run()}
      >
        {t('announce.do')}
      </Button>
    </Card>
  );
}
