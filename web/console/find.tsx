import { useState, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import type { Campus } from '../shared/types.ts';
import { Button, Card, Field, Notice, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import { useStaff } from './staff-context.tsx';
import { useConsoleWords } from './words.ts';

type FlagSet = {
  specialty_code: string;
  specialty_name: string;
  lines: string[];
  general: string[];
  approved_at: string | null;
};

/** 指路与急症提示: signs that must not wait, by speciality, and where each campus stands. */
export function FindPage(): ReactElement {
  const { t } = useConsoleWords();
  const { hospital, refreshHospital } = useStaff();
  const sets = useLoad('red-flags', () => api<{ sets: FlagSet[] }>('/api/staff/red-flags'));
  return (
    <div className="stack">
      <h1>{t('nav.find')}</h1>
      <p className="soft">{t('find.lead')}</p>
      <Wait on={sets}>
        {({ sets: list }) => (
          <ul className="cards">
            {list.map((set) => (
              <li key={set.specialty_code}>
                <FlagsCard set={set} onDone={sets.reload} />
              </li>
            ))}
          </ul>
        )}
      </Wait>
      <h2>{t('find.campuses')}</h2>
      <p className="soft">{t('find.campuses-lead')}</p>
      <ul className="cards">
        {hospital?.campuses.map((campus) => (
          <li key={campus.id}>
            <CampusCard campus={campus} onDone={refreshHospital} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** One speciality's lines, one a row; saving them is the hospital's approval. */
function FlagsCard(props: { set: FlagSet; onDone: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const { specialty_code, specialty_name, lines, general, approved_at } = props.set;
  const [text, setText] = useState(lines.join('\n'));
  const name = specialty_code === '' ? t('find.for-all') : specialty_name;
  const approve = useAction(async (key) => {
    const written = text.split('\n').map((line) => line.trim());
    const body = { lines: [...new Set(written.filter((line) => line !== ''))] };
    const path = `/api/staff/red-flags/${specialty_code || 'all'}`;
    await api(path, { method: 'PUT', key, body });
    props.onDone();
  });
  return (
    <Card
      title={name}
      aside={
        <Tag tone={approved_at ? 'good' : 'wait'}>
          {approved_at ? t('find.approved', { time: mdHm(approved_at) }) : t('find.general')}
        </Tag>
      }
    >
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void approve.run();
        }}
      >
        <Field
          label={t('find.lines-of', { name })}
          hint={t('find.lines-hint')}
          control={(ties) => (
            <textarea
              {...ties}
              rows={6}
              required
              value={text}
              onChange={(event) => setText(event.target.value)}
            />
          )}
        />
        <ProblemNotice problem={approve.problem} />
        <div className="row">
          <Button type="submit" busy={approve.busy}>
            {t('find.approve')}
          </Button>
          <Button look="quiet" onClick={() => setText(general.join('\n'))}>
            {t('find.use-general')}
          </Button>
        </div>
      </form>
    </Card>
  );
}

function CampusCard(props: { campus: Campus; onDone: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const { id, name, address, latitude, longitude } = props.campus;
  const [place, setPlace] = useState({
    address,
    latitude: latitude === null ? '' : String(latitude),
    longitude: longitude === null ? '' : String(longitude),
  });
  const [saved, setSaved] = useState(false);
  const save = useAction(async (key) => {
    const known = place.latitude !== '' && place.longitude !== '';
    const position = known
      ? { latitude: Number(place.latitude), longitude: Number(place.longitude) }
      : null;
    const body = { address: place.address, position };
    await api(`/api/staff/campuses/${id}/place`, { method: 'PUT', key, body });
    setSaved(true);
    props.onDone();
  });
  return (
    <Card title={name}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          void save.run();
        }}
      >
        {(['address', 'latitude', 'longitude'] as const).map((part) => (
          <Field
            key={part}
            label={t(`find.${part}`)}
            control={(ties) => (
              <input
                {...ties}
                required={part === 'address'}
                inputMode={part === 'address' ? 'text' : 'decimal'}
                value={place[part]}
                onChange={(event) => {
                  setSaved(false);
                  setPlace({ ...place, [part]: event.target.value });
                }}
              />
            )}
          />
        ))}
        <ProblemNotice problem={save.problem} />
        {saved && <Notice tone="good">{t('find.saved')}</Notice>}
        <Button type="submit" busy={save.busy}>
          {t('find.save-of', { name })}
        </Button>
      </form>
    </Card>
  );
}
