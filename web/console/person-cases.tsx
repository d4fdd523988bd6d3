import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Link } from '../shared/router.tsx';
import { Button, Card, Empty, Field, ProblemNotice, Tag, Wait } from '../shared/ui.tsx';
import { ArchivesToCheck } from './delegates-archives.tsx';
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
      {may('delegate.approve') && <Link to="/delegates">{t('delegates.link')}</Link>}
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
        {kind === 'archives' && <ArchivesToCheck patient_id={patient.patient_id} onDone={reload} />}
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
