import { useState, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { dayOf } from '../shared/format.ts';
import { serverNow, useLoad } from '../shared/hooks.ts';
import { Card, Empty, Facts, Field, Wait } from '../shared/ui.tsx';
import type { AddedReport, Counts } from './direct-types.ts';
import { useConsoleWords } from './words.ts';

const figures = [
  ['within_quota', 'report.within'],
  ['approved', 'report.approved'],
  ['refused', 'report.refused'],
  ['expired', 'report.expired'],
] as const;

/** 加号月报: by department, doctor and reason; colleagues and relatives apart. */
export function AddedReportPage(): ReactElement {
  const { t } = useConsoleWords();
  const [month, setMonth] = useState(() => dayOf(serverNow()).slice(0, 7));
  const path = `/api/staff/added-numbers/report?month=${month}`;
  const report = useLoad(/^\d{4}-\d{2}$/.test(month) ? path : null, () => api<AddedReport>(path));
  return (
    <div className="stack">
      <h1>{t('nav.added-report')}</h1>
      <div className="filters">
        <Field
          label={t('report.month')}
          control={(ties) => (
            <input
              {...ties}
              type="month"
              value={month}
              onChange={(event) => setMonth(event.target.value)}
            />
          )}
        />
      </div>
      <Wait on={report}>{(data) => <Report report={data} />}</Wait>
    </div>
  );
}

function Report({ report }: { report: AddedReport }): ReactElement {
  const { t } = useConsoleWords();
  if (report.rows.length === 0) return <Empty title={t('report.none')} />;
  return (
    <>
      <div className="report-figures">
        <Sum title={t('report.patients')} counts={report.patients} />
        <Sum title={t('report.staff')} counts={report.staff} />
      </div>
      <Rows report={report} />
      <p>
        <a href={`/api/staff/added-numbers/report.csv?month=${report.month}`} download>
          {t('report.csv')}
        </a>
      </p>
      {report.concentrated.length > 0 && (
        <Card title={t('report.often')}>
          <p className="small">{t('report.often-text')}</p>
          <ul className="stack tight">
            {report.concentrated.map((one, at) => (
              <li key={at}>
                {t('report.times', { staff: one.staff_name, name: one.name_masked, n: one.given })}
              </li>
            ))}
          </ul>
        </Card>
      )}
    </>
  );
}

function Sum({ title, counts }: { title: string; counts: Counts }): ReactElement {
  const { t } = useConsoleWords();
  return (
    <Card title={title}>
      <Facts rows={figures.map(([name, key]) => [t(key), counts[name]] as const)} />
    </Card>
  );
}

function Rows({ report }: { report: AddedReport }): ReactElement {
  const { t } = useConsoleWords();
  return (
    // A region that scrolls must be reached by keyboard too.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="table-wrap" tabIndex={0} role="region" aria-label={t('nav.added-report')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('report.department')}</th>
            <th scope="col">{t('report.doctor')}</th>
            <th scope="col">{t('report.reason')}</th>
            {figures.map(([name, key]) => (
              <th key={name} scope="col">
                {t(key)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.rows.map((row) => (
            <tr key={`${row.department_name} ${row.practitioner_name ?? ''} ${row.reason}`}>
              <td>{row.department_name}</td>
              <td>{row.practitioner_name ?? '—'}</td>
              <td>{t(`reason.${row.reason}`)}</td>
              {figures.map(([name]) => (
                <td key={name} className="number">
                  {row[name]}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
