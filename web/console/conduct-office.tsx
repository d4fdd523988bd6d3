import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Empty, Field, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import { NotedLine, type Noted } from './conduct-noted.tsx';
import { useConsoleWords } from './words.ts';

type Appeal = {
  appeal_id: string;
  name_masked: string;
  text: string;
  document: string | null;
  due_at: string;
  overdue: boolean;
  until: string | null;
  visits: Noted[];
};

/** Appeals that wait for the office, the most urgent first. */
export function AppealCards({ reload }: { reload: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const path = '/api/staff/restriction-appeals';
  const list = useLoad(path, () => api<{ appeals: Appeal[] }>(path));
  const both = (): void => {
    list.reload();
    reload();
  };
  return (
    <section className="stack" aria-labelledby="appeals">
      <h2 id="appeals">{t('conduct.appeals')}</h2>
      <Wait on={list}>
        {({ appeals }) =>
          appeals.length === 0 ? (
            <Empty title={t('conduct.appeals-none')} />
          ) : (
            <ul className="cards">
              {appeals.map((one) => (
                <li key={one.appeal_id}>
                  <AppealCard one={one} reload={both} />
                </li>
              ))}
            </ul>
          )
        }
      </Wait>
    </section>
  );
}

function AppealCard({ one, reload }: { one: Appeal; reload: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const [answer, setAnswer] = useState('');
  const decide = useAction(async (key, uphold: boolean) => {
    const path = `/api/staff/restriction-appeals/${one.appeal_id}/decide`;
    await post(path, { uphold, answer }, key);
    reload();
  });
  const name = one.name_masked;
  const short = answer.trim().length < 2;
  const due = one.overdue ? t('conduct.overdue') : t('conduct.due', { time: mdHm(one.due_at) });
  return (
    <Card title={name} aside={<Tag tone={one.overdue ? 'bad' : 'wait'}>{due}</Tag>}>
      <p>{one.text}</p>
      {one.document !== null && <p>{t('conduct.document', { text: one.document })}</p>}
      <ul className="stack tight">
        {one.visits.map((visit) => (
          <li key={visit.conduct_id}>
            <NotedLine one={visit} />
          </li>
        ))}
      </ul>
      <Field
        label={t('conduct.answer')}
        control={(ties) => (
          <textarea
            {...ties}
            rows={3}
            maxLength={1000}
            value={answer}
            onChange={(event) => setAnswer(event.target.value)}
          />
        )}
      />
      <ProblemNotice problem={decide.problem} />
      <div className="row">
        <Button
          busy={decide.busy}
          disabled={short}
          aria-label={t('conduct.for', { name, what: t('conduct.uphold') })}
          onClick={() => void decide.run(true)}
        >
          {t('conduct.uphold')}
        </Button>
        <Button
          look="secondary"
          busy={decide.busy}
          disabled={short}
          aria-label={t('conduct.for', { name, what: t('conduct.refuse') })}
          onClick={() => void decide.run(false)}
        >
          {t('conduct.refuse')}
        </Button>
      </div>
    </Card>
  );
}

type Clearance = {
  clerk: string;
  clerk_name: string;
  reason: 'wrong_record' | 'illness' | 'traffic' | 'hospital_fault' | 'notice_failed' | 'other' | 'appeal'; // prettier-ignore
  visits: number;
  patients: number;
};

/** Who cleared how much: one who clears far more than the others is asked about it. */
export function ClearanceTable(): ReactElement {
  const { t } = useConsoleWords();
  const path = '/api/staff/clearances';
  const list = useLoad(path, () => api<{ clearances: Clearance[] }>(path));
  return (
    <Card title={t('conduct.clearances')}>
      <Wait on={list}>
        {({ clearances }) =>
          clearances.length === 0 ? (
            <Empty title={t('conduct.clearances-none')} />
          ) : (
            <table>
              <thead>
                <tr>
                  <th scope="col">{t('conduct.clerk')}</th>
                  <th scope="col">{t('conduct.reason')}</th>
                  <th scope="col">{t('conduct.visits')}</th>
                  <th scope="col">{t('conduct.patients')}</th>
                </tr>
              </thead>
              <tbody>
                {clearances.map((one) => (
                  <tr key={`${one.clerk} ${one.reason}`}>
                    <td>{one.clerk_name}</td>
                    <td>{t(`conduct.reason.${one.reason}`)}</td>
                    <td>{one.visits}</td>
                    <td>{one.patients}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Wait>
    </Card>
  );
}
