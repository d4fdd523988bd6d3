import { useState, type ReactElement } from 'react';
import { api, newKey, post } from '../shared/api.ts';
import { mdHm } from '../shared/format.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Empty, Field, Notice, ProblemNotice, Wait } from '../shared/ui.tsx';
import { useStaff } from './staff-context.tsx';
import { useConsoleWords } from './words.ts';

type Edition = {
  edition_id: string;
  due_at: string;
  service_date: string;
  written_at: string | null;
  sessions: number;
  numbers: number;
  booked: number;
  on_site_free: number;
  failed: number;
  files: { file_id: string; campus_name: string; department_name: string; format: string }[];
};

type Report = {
  filled: number;
  walk_ins: number;
  seen: number;
  attended: number;
  no_shows: number;
  errors: { line: number; column: string; reason: string }[];
  errors_total: number;
  committed: boolean;
  repeated: boolean;
};

/** 应急名单: what to work from when the system is down, and typing it in afterwards. */
export function PaperPage(): ReactElement {
  const { t } = useConsoleWords();
  const { may } = useStaff();
  const list = useLoad('paper', () => api<{ editions: Edition[] }>('/api/staff/paper'), 60_000);
  const write = useAction(async (key) => {
    await post('/api/staff/paper', {}, key);
    list.reload();
  });
  return (
    <div className="stack">
      <h1>{t('nav.paper')}</h1>
      <p className="soft">{t('paper.lead')}</p>
      <ProblemNotice problem={write.problem} />
      <div className="row">
        <Button busy={write.busy} onClick={() => void write.run()}>
          {t('paper.now')}
        </Button>
      </div>
      <Wait on={list}>
        {({ editions }) =>
          editions.length === 0 ? (
            <Empty title={t('paper.none')} />
          ) : (
            <ul className="stack">
              {editions.map((edition) => (
                <li key={edition.edition_id}>
                  <EditionCard edition={edition} />
                </li>
              ))}
            </ul>
          )
        }
      </Wait>
      {may('booking.window') && <TypeIn />}
    </div>
  );
}

function EditionCard({ edition }: { edition: Edition }): ReactElement {
  const { t } = useConsoleWords();
  const { sessions, numbers, booked, on_site_free: free } = edition;
  return (
    <Card title={t('paper.of', { date: edition.service_date })}>
      <p>
        {t('paper.due')}：{mdHm(edition.due_at)}
        {edition.written_at === null && `（${t('paper.unwritten')}）`}
      </p>
      <p>{t('paper.counts', { sessions, numbers, booked, free })}</p>
      {edition.failed > 0 && (
        <Notice tone="warn">{t('paper.failed', { n: edition.failed })}</Notice>
      )}
      <ul>
        {edition.files.map((file) => (
          <li key={file.file_id}>
            <a href={`/api/staff/paper/files/${file.file_id}`}>
              {file.campus_name} {file.department_name} {file.format.toUpperCase()}
            </a>
          </li>
        ))}
      </ul>
    </Card>
  );
}

function TypeIn(): ReactElement {
  const { t } = useConsoleWords();
  const [day, setDay] = useState('');
  const [file, setFile] = useState<File | null>(null);
  const [report, setReport] = useState<Report | null>(null);
  const send = useAction(async (_key, dry: boolean) => {
    if (!file) return;
    const form = new FormData();
    form.append('file', file);
    const query = `service_date=${day}&dry_run=${dry}`;
    setReport(
      await api<Report>(`/api/staff/paper/outcomes?${query}`, {
        method: 'POST',
        form,
        key: newKey(),
      }),
    );
  });
  const isReady = file !== null && day !== '';
  const mayCommit = report !== null && !report.committed && report.errors_total === 0;
  return (
    <Card title={t('paper.type-in')}>
      <p className="soft">{t('paper.type-in-lead')}</p>
      <Field
        label={t('paper.day')}
        control={(ties) => (
          <input
            {...ties}
            type="date"
            value={day}
            onChange={({ target }) => {
              setDay(target.value);
              setReport(null);
            }}
          />
        )}
      />
      <Field
        label={t('paper.file')}
        control={(ties) => (
          <input
            {...ties}
            type="file"
            accept=".csv,.xlsx"
            onChange={({ target }) => {
              setFile(target.files?.[0] ?? null);
              setReport(null);
            }}
          />
        )}
      />
      <ProblemNotice problem={send.problem} />
      <div className="row">
        <Button
          look="secondary"
          busy={send.busy}
          disabled={!isReady}
          onClick={() => void send.run(true)}
        >
          {t('paper.check')}
        </Button>
        <Button
          busy={send.busy}
          disabled={!isReady || !mayCommit}
          onClick={() => void send.run(false)}
        >
          {t('paper.commit')}
        </Button>
      </div>
      {report && <TypedIn report={report} />}
    </Card>
  );
}

function TypedIn({ report }: { report: Report }): ReactElement {
  const { t } = useConsoleWords();
  const { filled, walk_ins, seen, attended, no_shows } = report;
  if (report.repeated) return <Notice tone="good">{t('paper.repeated')}</Notice>;
  if (report.committed)
    return <Notice tone="good">{t('paper.done', { attended, seen, walk_ins, no_shows })}</Notice>;
  if (report.errors_total === 0)
    return <Notice tone="good">{t('paper.ok', { filled, walk_ins, no_shows })}</Notice>;
  return (
    <>
      <Notice tone="warn">{t('paper.faults', { n: report.errors_total })}</Notice>
      <div className="table-wrap">
        <table>
          <thead>
            <tr>
              <th scope="col">{t('paper.line')}</th>
              <th scope="col">{t('paper.column')}</th>
              <th scope="col">{t('paper.reason')}</th>
            </tr>
          </thead>
          <tbody>
            {report.errors.map((fault, at) => (
              <tr key={at}>
                <td>{fault.line}</td>
                <td>{fault.column}</td>
                <td>{fault.reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
