import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Empty, Field, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import { useStaff } from './staff-context.tsx';
import { useConsoleWords } from './words.ts';

type Case = {
  case_id: string;
  kind: 'document' | 'archives' | 'act';
  patient: { patient_id: string; name_masked: string; document_masked: string };
  note: string | null;
  bookings: number;
  opened_on: string;
};
type Helper = {
  delegate_id: string;
  organisation: string;
  kind: 'village_doctor' | 'social_worker' | 'school_nurse' | 'care_home';
  name_masked: string;
  valid_until: string;
  state: 'asked' | 'approved';
  day_max: number;
  month_max: number;
  month_used: number;
  patients: number;
};

/** 人员核对: what the window settles about people, and the hospital's helpers. */
export function PersonCasesPage(): ReactElement {
  const { t } = useConsoleWords();
  const { may } = useStaff();
  const cases = useLoad('person-cases', () => api<{ cases: Case[] }>('/api/staff/person-cases'));
  return (
    <div className="stack">
      <h1>{t('nav.person-cases')}</h1>
      <p className="soft">{t('cases.lead')}</p>
      <Wait on={cases}>
        {({ cases: list }) => (
          <>
            {list.length === 0 && <Empty title={t('cases.none')} />}
            <ol className="stack">
              {list.map((one) => (
                <li key={one.case_id}>
                  <CaseCard one={one} reload={cases.reload} />
                </li>
              ))}
            </ol>
          </>
        )}
      </Wait>
      {may('delegate.approve') && <Helpers />}
    </div>
  );
}

function CaseCard({ one, reload }: { one: Case; reload: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const [note, setNote] = useState('');
  const { case_id, kind, patient } = one;
  const decide = useAction(async (key, accept: boolean) => {
    const body = { accept, ...(note === '' ? {} : { note }) };
    await post(`/api/staff/person-cases/${case_id}`, body, key);
    reload();
  });
  return (
    <Card
      title={`${patient.name_masked} ${patient.document_masked}`}
      aside={<Tag tone="wait">{t(`cases.${kind}`)}</Tag>}
    >
      <div className="stack tight">
        <p>{t(`cases.${kind}-text`)}</p>
        {one.note && <p>{t('cases.said', { text: one.note })}</p>}
        <p className="soft">
          {t('cases.since', { day: one.opened_on })}
          {kind === 'document' && ` · ${t('cases.bookings', { n: one.bookings })}`}
        </p>
        <Field
          label={t('cases.note')}
          control={(ties) => (
            <input
              {...ties}
              maxLength={500}
              value={note}
              onChange={(event) => setNote(event.target.value)}
            />
          )}
        />
        <ProblemNotice problem={decide.problem} />
        <div className="row">
          <Button busy={decide.busy} onClick={() => void decide.run(true)}>
            {t(`cases.${kind}-yes`)}
          </Button>
          <Button look="secondary" busy={decide.busy} onClick={() => void decide.run(false)}>
            {t(`cases.${kind}-no`)}
          </Button>
        </div>
      </div>
    </Card>
  );
}

function Helpers(): ReactElement {
  const { t } = useConsoleWords();
  const helpers = useLoad('delegates', () => api<{ delegates: Helper[] }>('/api/staff/delegates'));
  return (
    <Card title={t('helpers.title')}>
      <Wait on={helpers}>
        {({ delegates }) =>
          delegates.length === 0 ? (
            <Empty title={t('helpers.none')} />
          ) : (
            <ul className="stack">
              {delegates.map((one) => (
                <li key={one.delegate_id}>
                  <HelperRow one={one} reload={helpers.reload} />
                </li>
              ))}
            </ul>
          )
        }
      </Wait>
    </Card>
  );
}

function HelperRow({ one, reload }: { one: Helper; reload: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const [day, setDay] = useState(one.day_max);
  const decide = useAction(async (key, state: 'approved' | 'refused' | 'ended') => {
    const quota = state === 'approved' ? { day_max: day, month_max: Math.max(day, one.month_max) } : {}; // prettier-ignore
    await post(`/api/staff/delegates/${one.delegate_id}`, { state, ...quota }, key);
    reload();
  });
  return (
    <div className="stack tight">
      <p>
        <span className="strong">{one.name_masked}</span> {t(`helpers.${one.kind}`)} ·{' '}
        {one.organisation} · {t('helpers.until', { day: one.valid_until })}
      </p>
      {one.state === 'asked' ? (
        <>
          <Field
            label={t('helpers.day-max')}
            control={(ties) => (
              <input
                {...ties}
                type="number"
                min={1}
                max={500}
                value={day}
                onChange={(event) => setDay(Number(event.target.value))}
              />
            )}
          />
          <div className="row">
            <Button busy={decide.busy} onClick={() => void decide.run('approved')}>
              {t('helpers.approve')}
            </Button>
            <Button look="secondary" busy={decide.busy} onClick={() => void decide.run('refused')}>
              {t('helpers.refuse')}
            </Button>
          </div>
        </>
      ) : (
        <div className="row">
          <span className="soft">
            {t('helpers.used', { n: one.month_used, max: one.month_max, people: one.patients })}
          </span>
          <Button look="danger" busy={decide.busy} onClick={() => void decide.run('ended')}>
            {t('helpers.end')}
          </Button>
        </div>
      )}
      <ProblemNotice problem={decide.problem} />
    </div>
  );
}
