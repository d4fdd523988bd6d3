import { useState, type ReactElement } from 'react';
import { api, newKey } from '../shared/api.ts';
import { useAction } from '../shared/hooks.ts';
import { Button, Card, Field, Notice, ProblemNotice } from '../shared/ui.tsx';
import { useStaff } from './staff-context.tsx';
import type { ImportKind, ImportReport } from './types.ts';
import { useConsoleWords } from './words.ts';

const kinds: readonly ImportKind[] = ['departments', 'doctors', 'sessions', 'sold'];

/** Upload in two steps: a dry run that lists every fault, then the commit. */
export function ImportsPage(): ReactElement {
  const { t } = useConsoleWords();
  const { refreshHospital } = useStaff();
  const [kind, setKind] = useState<ImportKind>('departments');
  const [file, setFile] = useState<File | null>(null);
  const [report, setReport] = useState<ImportReport | null>(null);
  const send = useAction(async (_key, dry: boolean) => {
    if (!file) return;
    const form = new FormData();
    form.append('file', file);
    const done = await api<ImportReport>(`/api/staff/imports/${kind}?dry_run=${dry}`, {
      method: 'POST',
      form,
      key: newKey(),
    });
    setReport(done);
    if (done.committed) refreshHospital();
  });
  const choose = (next: File | null): void => {
    setFile(next);
    setReport(null);
    send.clear();
  };
  return (
    <div className="stack">
      <h1>{t('nav.imports')}</h1>
      <p className="soft">{t('import.lead')}</p>
      <Card>
        <fieldset className="row">
          <legend className="strong">{t('import.kind')}</legend>
          {kinds.map((one) => (
            <label key={one} className="option">
              <input
                type="radio"
                name="kind"
                checked={kind === one}
                onChange={() => {
                  setKind(one);
                  setReport(null);
                }}
              />
              {t(`import.${one}`)}
            </label>
          ))}
        </fieldset>
        <p className="row">
          <span>{t('import.template')}</span>
          <a href={`/api/staff/imports/${kind}/template.csv`}>CSV</a>
          {kind !== 'sold' && <a href={`/api/staff/imports/${kind}/template.xlsx`}>Excel</a>}
        </p>
        <Field
          label={t('import.file')}
          hint={t('import.file-hint')}
          control={(ties) => (
            <input
              {...ties}
              key={kind}
              type="file"
              accept=".csv,.xlsx"
              onChange={(event) => choose(event.target.files?.[0] ?? null)}
            />
          )}
        />
        <ProblemNotice problem={send.problem} />
        <div className="row">
          <Button
            look="secondary"
            busy={send.busy}
            disabled={!file}
            onClick={() => void send.run(true)}
          >
            {t('import.check')}
          </Button>
          <Button
            busy={send.busy}
            disabled={!report || report.committed || report.errors_total > 0}
            onClick={() => void send.run(false)}
          >
            {t('import.commit')}
          </Button>
        </div>
      </Card>
      {report && <Report report={report} />}
    </div>
  );
}

function Report({ report }: { report: ImportReport }): ReactElement {
  const { t } = useConsoleWords();
  const { rows, valid, created, updated, errors, errors_total, committed } = report;
  if (committed) return <Notice tone="good" title={t('import.done', { rows, created, updated })} />;
  if (errors_total === 0)
    return <Notice tone="good" title={t('import.valid', { rows, created, updated })} />;
  return (
    <Card title={t('import.faults', { n: errors_total })}>
      <p>{t('import.faults-text', { rows, valid })}</p>
      <div className="table-wrap">
        <table>
          <thead>
            <tr>
              <th scope="col">{t('import.line')}</th>
              <th scope="col">{t('import.column')}</th>
              <th scope="col">{t('import.value')}</th>
              <th scope="col">{t('import.reason')}</th>
            </tr>
          </thead>
          <tbody>
            {errors.map((fault, at) => (
              <tr key={at}>
                <td>{fault.line}</td>
                <td>{fault.column}</td>
                <td>{fault.value_masked ?? ''}</td>
                <td>{fault.reason}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
