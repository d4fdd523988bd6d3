import { useState, type ReactElement } from 'react';
import { api } from '../shared/api.ts';
import { dayOf } from '../shared/format.ts';
import { serverNow, useLoad } from '../shared/hooks.ts';
import { Card, Empty, Facts, Field, Wait } from '../shared/ui.tsx';
import type { ReferralReport } from './referral-types.ts';
import { useConsoleWords } from './words.ts';

const figures = [
  'quota',
  'sent',
  'at_once',
  'by_office',
  'refused',
  'expired',
  'waiting',
  'seen',
  'missed',
  'given_back',
] as const;
const totals = ['quota', 'sent', 'given', 'seen'] as const;

/** 号源下沉月报: what was given down to primary care, and what became of it. */
export function ReferralReportPage(): ReactElement {
  const { t } = useConsoleWords();
  const [month, setMonth] = useState(() => dayOf(serverNow()).slice(0, 7));
  const path = `/api/staff/referral-report?month=${month}`;
  const valid = /^\d{4}-\d{2}$/.test(month);
  const report = useLoad(valid ? path : null, () => api<ReferralReport>(path));
  return (
    <div className="stack">
      <h1>{t('nav.referral-report')}</h1>
      <p>{t('down.lead')}</p>
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

function Report({ report }: { report: ReferralReport }): ReactElement {
  const { t } = useConsoleWords();
  if (report.rows.length === 0) return <Empty title={t('down.none')} />;
  return (
    <>
      <Card>
        <Facts rows={totals.map((name) => [t(`down.${name}`), report.total[name]] as const)} />
      </Card>
      <Rows report={report} />
      <p>
        <a href={`/api/staff/referral-report.csv?month=${report.month}`} download>
          {t('report.csv')}
        </a>
      </p>
      <Card title={t('down.reserved-title')}>
        <p className="small">{t('down.reserved-text')}</p>
        <ul>
          {report.departments.map(({ department_name: department, reserved: n, used }) => (
            <li key={department}>{t('down.reserved', { department, n, used })}</li>
          ))}
        </ul>
      </Card>
    </>
  );
}

function Rows({ report }: { report: ReferralReport }): ReactElement {
  const { t } = useConsoleWords();
  return (
    // A region that scrolls must be reached by keyboard too.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <div className="table-wrap" tabIndex={0} role="region" aria-label={t('nav.referral-report')}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t('down.institution')}</th>
            <th scope="col">{t('report.department')}</th>
            {figures.map((name) => (
              <th key={name} scope="col">
                {t(`down.${name}`)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {report.rows.map((row) => (
            <tr key={`${row.institution_name} ${row.department_name}`}>
              <td>{row.institution_name}</td>
              <td>{row.department_name}</td>
              {figures.map((name) => (
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
