import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Empty, Field, Notice, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import { useConsoleWords } from './words.ts';

type Terminal = {
  terminal_id: string;
  name: string;
  place: string;
  state: 'waiting' | 'active' | 'revoked';
  seen_at: string | null;
  alerts: number;
  alerted_at: string | null;
  people_today: number;
  refused_today: number;
  made_today: number;
};
type Pairing = { pairing_code: string; pairing_until: string; reader_key: string };

const tones = { waiting: 'wait', active: 'good', revoked: 'muted' } as const;

/** 自助机: made, switched on by a code, switched off, and watched. */
export function TerminalsPage(): ReactElement {
  const { t } = useConsoleWords();
  const [pairing, setPairing] = useState<Pairing | null>(null);
  const list = useLoad(
    'terminals',
    () => api<{ terminals: Terminal[] }>('/api/staff/terminals'),
    30_000,
  );
  const paired = (made: Pairing): void => {
    setPairing(made);
    list.reload();
  };
  return (
    <div className="stack">
      <h1>{t('nav.terminals')}</h1>
      <p className="soft">{t('terminals.lead')}</p>
      {pairing && <Code pairing={pairing} />}
      <NewTerminal onMade={paired} />
      <Wait on={list}>
        {({ terminals }) => (
          <Card title={t('nav.terminals')}>
            {terminals.length === 0 && <Empty title={t('terminals.none')} />}
            <ul className="stack">
              {terminals.map((one) => (
                <li key={one.terminal_id} className="line">
                  <Line terminal={one} reload={list.reload} onPaired={paired} />
                </li>
              ))}
            </ul>
          </Card>
        )}
      </Wait>
    </div>
  );
}

function Code({ pairing }: { pairing: Pairing }): ReactElement {
  const { t } = useConsoleWords();
  return (
    <Notice tone="good" title={`${t('terminals.code')} ${pairing.pairing_code}`}>
      <p>{t('terminals.code-text', { time: mdHm(pairing.pairing_until) })}</p>
      <p>
        {t('terminals.reader')} <span className="mono">{pairing.reader_key}</span>
      </p>
      <p className="small">{t('terminals.reader-text')}</p>
    </Notice>
  );
}

function NewTerminal(props: { onMade: (made: Pairing) => void }): ReactElement {
  const { t } = useConsoleWords();
  const [name, setName] = useState('');
  const [place, setPlace] = useState('');
  const create = useAction(async (key) => {
    props.onMade(await post<Pairing>('/api/staff/terminals', { name, place }, key));
    setName('');
    setPlace('');
  });
  const field = (label: string, value: string, set: (text: string) => void): ReactElement => (
    <Field
      label={label}
      control={(ties) => (
        <input
          {...ties}
          required
          autoComplete="off"
          value={value}
          onChange={(event) => set(event.target.value)}
        />
      )}
    />
  );
  return (
    <Card title={t('terminals.new')}>
      <form
        className="filters"
        onSubmit={(event) => {
          event.preventDefault();
          void create.run();
        }}
      >
        {field(t('terminals.name'), name, setName)}
        {field(t('terminals.place'), place, setPlace)}
        <Button type="submit" busy={create.busy}>
          {t('terminals.create')}
        </Button>
      </form>
      <ProblemNotice problem={create.problem} />
    </Card>
  );
}

function Line(props: {
  terminal: Terminal;
  reload: () => void;
  onPaired: (made: Pairing) => void;
}): ReactElement {
  const { t } = useConsoleWords();
  const { terminal } = props;
  const { name, place, state } = terminal;
  const path = `/api/staff/terminals/${terminal.terminal_id}`;
  const revoke = useAction((key) => post(`${path}/revoke`, {}, key).finally(props.reload));
  const again = useAction(async (key) =>
    props.onPaired(await post<Pairing>(`${path}/pair`, {}, key)),
  );
  return (
    <div className="stack tight">
      <div className="row spread">
        <span>
          <span className="strong">{name}</span> · {place}
        </span>
        <Tag tone={tones[state]}>{t(`terminals.state-${state}`)}</Tag>
      </div>
      <p className="small">
        {t('terminals.today', {
          people: terminal.people_today,
          made: terminal.made_today,
          refused: terminal.refused_today,
        })}
        {terminal.seen_at && ` · ${t('terminals.seen', { time: mdHm(terminal.seen_at) })}`}
      </p>
      {terminal.alerted_at && (
        <Notice tone="warn">
          {t('terminals.alerts', { n: terminal.alerts, time: mdHm(terminal.alerted_at) })}
        </Notice>
      )}
      <ProblemNotice problem={revoke.problem ?? again.problem} />
      <div className="row">
        <Button
          look="secondary"
          aria-label={t('terminals.again-of', { name })}
          busy={again.busy}
          onClick={() => void again.run()}
        >
          {t('terminals.again')}
        </Button>
        {state !== 'revoked' && (
          <Button
            look="danger"
            aria-label={t('terminals.revoke-of', { name })}
            busy={revoke.busy}
            onClick={() => void revoke.run()}
          >
            {t('terminals.revoke')}
          </Button>
        )}
      </div>
    </div>
  );
}
