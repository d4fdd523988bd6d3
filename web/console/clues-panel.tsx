import { useEffect, useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { mdHm, yuan } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Facts, Field, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import {
  outcomes,
  receivers,
  states,
  tones,
  type ClueState,
  type OpenClue,
} from './clues-types.ts';
import { useConsoleWords } from './words.ts';

/** One report with its words and photos; opening it is on record. */
export function CluePanel(props: {
  clueId: string;
  onBack: () => void;
  onSaved: (receipt: string) => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const path = `/api/staff/clues/${props.clueId}`;
  const clue = useLoad(path, () => api<OpenClue>(path));
  return (
    <div className="stack">
      <div>
        <Button look="quiet" onClick={props.onBack}>
          {t('clues.back')}
        </Button>
      </div>
      <Wait on={clue}>
        {(found) => (
          <>
            <Words clue={found} path={path} />
            {found.state !== 'closed' && (
              <Handle clue={found} path={path} onSaved={props.onSaved} />
            )}
          </>
        )}
      </Wait>
    </div>
  );
}

function Words({ clue, path }: { clue: OpenClue; path: string }): ReactElement {
  const { t } = useConsoleWords();
  const rows: [string, string | null][] = [
    [t('clues.received'), mdHm(clue.received_at)],
    [t('clues.category'), t(`clues.category.${clue.category}`)],
    [t('clues.place'), t(`clues.place.${clue.place_kind}`)],
    [t('clues.where'), clue.place],
    [t('clues.reach'), clue.reach],
    [t('clues.happened'), [clue.happened_on, clue.happened_time].filter(Boolean).join(' ')],
    [t('clues.asked'), clue.asked_fen === null ? null : yuan(clue.asked_fen)],
    [t('clues.face'), clue.face_fen === null ? null : yuan(clue.face_fen)],
    [t('clues.contact'), clue.contact ?? t('clues.contact-none')],
    [t('clues.reply'), clue.reply],
  ];
  return (
    <Card
      title={<span className="mono">{clue.receipt}</span>}
      aside={<Tag tone={tones[clue.state]}>{t(`clues.state.${clue.state}`)}</Tag>}
    >
      {clue.involves_staff && (
        <p>
          <Tag tone="bad">{t('clues.staff')}</Tag>
        </p>
      )}
      <h2>{t('clues.text')}</h2>
      <p className="record">{clue.text ?? t('clues.erased')}</p>
      <Facts rows={rows.filter((row): row is [string, string] => Boolean(row[1]))} />
      <div className="row">
        {Array.from({ length: clue.photos }, (_, at) => (
          <Photo key={at} n={at + 1} path={path} />
        ))}
      </div>
    </Card>
  );
}

/** A photo is fetched when asked for: every look is on record. */
function Photo({ n, path }: { n: number; path: string }): ReactElement {
  const { t } = useConsoleWords();
  const [address, setAddress] = useState<string>();
  const look = useAction(async () => {
    const blob = await api<Blob>(`${path}/photos/${n}`, { blob: true });
    setAddress(URL.createObjectURL(blob));
  });
  useEffect(() => {
    if (address === undefined) return undefined;
    return () => URL.revokeObjectURL(address);
  }, [address]);
  if (address !== undefined)
    return <img className="clue-photo" src={address} alt={t('clues.photo-n', { n })} />;
  return (
    <>
      <Button look="secondary" busy={look.busy} onClick={() => void look.run()}>
        {t('clues.photo-look', { n })}
      </Button>
      <ProblemNotice problem={look.problem} />
    </>
  );
}

function Handle(props: {
  clue: OpenClue;
  path: string;
  onSaved: (receipt: string) => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { clue } = props;
  const next = states.slice(states.indexOf(clue.state));
  const [state, setState] = useState<ClueState>(next[1] ?? 'closed');
  const [handedTo, setHandedTo] = useState<string>(clue.handed_to ?? '');
  const [outcome, setOutcome] = useState('');
  const [reply, setReply] = useState('');
  const save = useAction(async (key) => {
    const body = {
      state,
      ...(state === 'handed_over' && handedTo ? { handed_to: handedTo } : {}),
      ...(state === 'closed' && outcome ? { outcome } : {}),
      ...(reply.trim().length >= 2 ? { reply: reply.trim() } : {}),
    };
    await post(props.path, body, key);
    props.onSaved(clue.receipt);
  });
  const lacks = (state === 'handed_over' && !handedTo) || (state === 'closed' && !outcome);
  return (
    <Card title={t('clues.handle')}>
      <Select
        label={t('clues.to-state')}
        value={state}
        onChange={(one) => setState(one as ClueState)}
        options={next.map((one) => [one, t(`clues.state.${one}`)])}
      />
      {state === 'handed_over' && (
        <Select
          label={t('clues.handed-to')}
          value={handedTo}
          onChange={setHandedTo}
          options={[
            ['', t('clues.choose')],
            ...receivers.map((one) => [one, t(`clues.to.${one}`)] as const),
          ]}
        />
      )}
      {state === 'closed' && (
        <Select
          label={t('clues.outcome')}
          value={outcome}
          onChange={setOutcome}
          options={[
            ['', t('clues.choose')],
            ...outcomes.map((one) => [one, t(`clues.outcome.${one}`)] as const),
          ]}
        />
      )}
      <Field
        label={t('clues.reply')}
        hint={t('clues.reply-hint')}
        control={(ties) => (
          <textarea
            {...ties}
            rows={3}
            maxLength={500}
            value={reply}
            onChange={({ target }) => setReply(target.value)}
          />
        )}
      />
      <ProblemNotice problem={save.problem} />
      <div>
        <Button busy={save.busy} disabled={lacks} onClick={() => void save.run()}>
          {t('clues.save')}
        </Button>
      </div>
    </Card>
  );
}

function Select(props: {
  label: string;
  value: string;
  onChange: (value: string) => void;
  options: readonly (readonly [string, string])[];
}): ReactElement {
  return (
    <Field
      label={props.label}
      control={(ties) => (
        <select
          {...ties}
          value={props.value}
          onChange={({ target }) => props.onChange(target.value)}
        >
          {props.options.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      )}
    />
  );
}
