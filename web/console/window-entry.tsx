import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { dayText } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import type { Draw, DrawSession } from '../shared/types.ts';
import { Button, Field, ProblemNotice, Wait } from '../shared/ui.tsx';
import type { EntrySlip } from './slip.tsx';
import type { Channel, Wildcard, WindowPatient } from './types.ts';
import { useConsoleWords } from './words.ts';

const lines_max = 10;

type Props = {
  draw_id: string;
  /** The session the clerk began with stands first. */
  first: string;
  patient: WindowPatient;
  channel: Channel;
  onDone: (slip: EntrySlip) => void;
};

/** Registers a person in a draw: what they want in order, what else would do, how much notice. */
export function WindowEntry(props: Props): ReactElement {
  const path = `/api/draws/${props.draw_id}`;
  const draw = useLoad(path, () => api<Draw>(path));
  return <Wait on={draw}>{(found) => <EntryForm {...props} draw={found} />}</Wait>;
}

type Made = Pick<EntrySlip, 'short_code' | 'secret' | 'receipt' | 'result_at' | 'confirm_until'>;

function EntryForm(props: Props & { draw: Draw }): ReactElement {
  const { t } = useConsoleWords();
  const { draw, patient, channel } = props;
  const [chosen, setChosen] = useState([props.first]);
  const [wildcard, setWildcard] = useState<Wildcard | ''>('');
  const [notice, setNotice] = useState(2);
  const enter = useAction(async (key) => {
    const body = {
      patient_id: patient.patient_id,
      preferences: chosen,
      wildcard: wildcard || null,
      notice_days: notice,
      channel,
    };
    const made = await post<Made>(`/api/staff/draws/${draw.draw_id}/entries`, body, key);
    const wanted = chosen.flatMap(
      (id) => draw.sessions.find((session) => session.session_id === id) ?? [],
    );
    props.onDone({
      ...made,
      kind: 'entry',
      code: draw.code,
      wanted,
      wildcard: wildcard || null,
      notice_days: notice,
      channel,
    });
  });
  const lines = chosen.length + (wildcard ? 1 : 0);
  return (
    <form
      className="stack sub"
      onSubmit={(event) => {
        event.preventDefault();
        void enter.run();
      }}
    >
      <h3>{t('window.enter-title', { code: draw.code })}</h3>
      <p className="small">{t('window.enter-text')}</p>
      <Preferences draw={draw} chosen={chosen} set={setChosen} full={lines >= lines_max} />
      <div className="filters">
        {draw.wildcards && (
          <Field
            label={t('window.wildcard')}
            control={(ties) => (
              <select
                {...ties}
                value={wildcard}
                onChange={(event) => setWildcard(event.target.value as Wildcard | '')}
              >
                <option value="">{t('window.wildcard.none')}</option>
                <option value="chief">{t('window.wildcard.chief')}</option>
                <option value="any">{t('window.wildcard.any')}</option>
              </select>
            )}
          />
        )}
        <Field
          label={t('window.notice')}
          hint={t('window.notice-hint')}
          control={(ties) => (
            <input
              {...ties}
              type="number"
              min={0}
              max={30}
              required
              value={notice}
              onChange={(event) => setNotice(Number(event.target.value))}
            />
          )}
        />
      </div>
      <ProblemNotice problem={enter.problem} />
      <Button type="submit" busy={enter.busy} disabled={lines === 0 || lines > lines_max}>
        {t('window.enter-do')}
      </Button>
    </form>
  );
}

function Preferences(props: {
  draw: Draw;
  chosen: string[];
  set: (chosen: string[]) => void;
  full: boolean;
}): ReactElement {
  const { t, lang } = useConsoleWords();
  const { draw, chosen, set } = props;
  const nameOf = (session: DrawSession): string =>
    `${dayText(session.service_date, lang)} ${t(`period.${session.period}`)} ${session.practitioner_name ?? session.service_name}`;
  const byId = new Map(draw.sessions.map((session) => [session.session_id, session]));
  const left = draw.sessions.filter(({ session_id }) => !chosen.includes(session_id));
  const up = (at: number): void => {
    const moved = [...chosen];
    moved.splice(at - 1, 0, ...moved.splice(at, 1));
    set(moved);
  };
  return (
    <>
      <ol className="ranked" aria-label={t('window.preferences')}>
        {chosen.map((id, at) => {
          const session = byId.get(id);
          const name = session ? nameOf(session) : '';
          return (
            <li key={id} className="row spread">
              <span className="strong">
                {at + 1}. {name}
              </span>
              <span className="row">
                {at > 0 && (
                  <Button look="quiet" aria-label={t('window.up', { name })} onClick={() => up(at)}>
                    ↑
                  </Button>
                )}
                <Button
                  look="quiet"
                  aria-label={t('window.remove', { name })}
                  onClick={() => set(chosen.filter((one) => one !== id))}
                >
                  ×
                </Button>
              </span>
            </li>
          );
        })}
      </ol>
      {left.length > 0 && !props.full && (
        <div className="row" role="group" aria-label={t('window.offers')}>
          {left.map((session) => (
            <Button
              key={session.session_id}
              look="secondary"
              aria-label={t('window.add', { name: nameOf(session) })}
              onClick={() => set([...chosen, session.session_id])}
            >
              + {nameOf(session)}
            </Button>
          ))}
        </div>
      )}
    </>
  );
}
