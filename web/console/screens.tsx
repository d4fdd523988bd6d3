import { lazy, Suspense, useState, type FormEvent, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import {
  Button,
  Card,
  Dialog,
  Empty,
  Field,
  Notice,
  ProblemNotice,
  Spinner,
  Wait,
} from '../shared/ui.tsx';
import { useStaff } from './staff-context.tsx';
import { useConsoleWords } from './words.ts';

const QrCode = lazy(() => import('../shared/qr-code.tsx').then((m) => ({ default: m.QrCode })));

type Screen = {
  screen_id: string;
  campus_id: string;
  department_id: string | null;
  name: string;
  linked_at: string;
};

/** 叫号屏: links screens in waiting rooms, and ends their links. */
export function ScreensPage(): ReactElement {
  const { t } = useConsoleWords();
  const screens = useLoad('screens', () => api<{ screens: Screen[] }>('/api/staff/screens'));
  return (
    <div className="stack">
      <h1>{t('nav.screens')}</h1>
      <p>{t('screens.lead')}</p>
      <LinkForm onDone={screens.reload} />
      <Wait on={screens}>
        {({ screens: list }) =>
          list.length === 0 ? (
            <Empty title={t('screens.none')} />
          ) : (
            <ul className="cards">
              {list.map((screen) => (
                <li key={screen.screen_id}>
                  <ScreenCard screen={screen} onEnd={screens.reload} />
                </li>
              ))}
            </ul>
          )
        }
      </Wait>
    </div>
  );
}

function LinkForm({ onDone }: { onDone: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const { hospital } = useStaff();
  const [campus, setCampus] = useState('');
  const [department, setDepartment] = useState('');
  const [name, setName] = useState('');
  const [link, setLink] = useState<string | null>(null);
  const campus_id = campus || hospital?.campuses[0]?.id || '';
  const departments = hospital?.departments.filter((one) => one.campus_id === campus_id) ?? [];
  const send = useAction(async (key) => {
    const body = { campus_id, department_id: department || null, name };
    const { token } = await post<{ token: string }>('/api/staff/screens', body, key);
    setLink(`${location.origin}/screen#${token}`);
    setName('');
    onDone();
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    void send.run();
  };
  return (
    <Card title={t('screens.link')}>
      <form className="filters" onSubmit={submit}>
        <Field
          label={t('screens.campus')}
          control={(ties) => (
            <select
              {...ties}
              value={campus_id}
              onChange={(event) => {
                setCampus(event.target.value);
                setDepartment('');
              }}
            >
              {hospital?.campuses.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </select>
          )}
        />
        <Field
          label={t('filter.department')}
          control={(ties) => (
            <select
              {...ties}
              value={department}
              onChange={(event) => setDepartment(event.target.value)}
            >
              <option value="">{t('screens.whole-campus')}</option>
              {departments.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </select>
          )}
        />
        <Field
          label={t('screens.name')}
          hint={t('screens.name-hint')}
          control={(ties) => (
            <input
              {...ties}
              required
              maxLength={40}
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        />
        <Button type="submit" busy={send.busy}>
          {t('screens.do')}
        </Button>
      </form>
      <ProblemNotice problem={send.problem} />
      {link !== null && <LinkDialog link={link} onClose={() => setLink(null)} />}
    </Card>
  );
}

/** Shown once: the screen itself keeps it from then on. */
function LinkDialog({ link, onClose }: { link: string; onClose: () => void }): ReactElement {
  const { t } = useConsoleWords();
  return (
    <Dialog title={t('screens.linked')} onClose={onClose}>
      <p>{t('screens.linked-text')}</p>
      <Suspense fallback={<Spinner />}>
        <QrCode text={link} label={t('screens.linked')} />
      </Suspense>
      <p className="mono">{link}</p>
      <a className="button secondary" href={link} target="_blank" rel="noreferrer">
        {t('screens.open')}
      </a>
    </Dialog>
  );
}

function ScreenCard({ screen, onEnd }: { screen: Screen; onEnd: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const { hospital } = useStaff();
  const [asking, setAsking] = useState(false);
  const end = useAction(async (key) => {
    await post(`/api/staff/screens/${screen.screen_id}/unlink`, {}, key).finally(onEnd);
  });
  const campus = hospital?.campuses.find(({ id }) => id === screen.campus_id)?.name ?? '';
  const department = hospital?.departments.find(({ id }) => id === screen.department_id)?.name;
  return (
    <Card title={screen.name}>
      <p>
        {campus} · {department ?? t('screens.whole-campus')}
      </p>
      <p className="soft">{t('screens.since', { time: mdHm(screen.linked_at) })}</p>
      <Button look="secondary" onClick={() => setAsking(true)}>
        {t('screens.end')}
      </Button>
      {asking && (
        <Dialog
          title={t('screens.end-title', { name: screen.name })}
          onClose={() => setAsking(false)}
        >
          <Notice tone="warn" title={t('screens.end-text')} />
          <ProblemNotice problem={end.problem} />
          <Button look="danger" busy={end.busy} onClick={() => void end.run()}>
            {t('screens.end')}
          </Button>
        </Dialog>
      )}
    </Card>
  );
}
