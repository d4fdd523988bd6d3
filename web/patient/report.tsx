import { useState, type ReactElement } from 'react';
import { Link } from '../shared/router.tsx';
import type { Hospital } from '../shared/types.ts';
import { Button, Facts, LinkButton, Notice, Wait } from '../shared/ui.tsx';
import { useCommon } from './app-context.tsx';
import { ReportForm, type Sent } from './report-form.tsx';
import './report.css';
import { usePatientWords } from './words.ts';

/** Reporting a tout: no sign-in, and nobody asks who reports. */
export function ReportPage(): ReactElement {
  const { t } = usePatientWords();
  const { hospitals } = useCommon();
  const [sent, setSent] = useState<Sent | null>(null);
  if (sent) return <Received sent={sent} onAgain={() => setSent(null)} />;
  return (
    <div className="stack">
      <h1>{t('report.title')}</h1>
      <p>{t('report.lead')}</p>
      <Notice tone="warn">{t('report.danger')}</Notice>
      <p>
        <Link to="/report/mine">{t('report.mine')}</Link>
      </p>
      <Wait on={hospitals}>{(list) => <Form hospitals={list} onSent={setSent} />}</Wait>
    </div>
  );
}

function Form(props: {
  hospitals: readonly Hospital[];
  onSent: (sent: Sent) => void;
}): ReactElement | null {
  const { t } = usePatientWords();
  const { hospital, chooseHospital } = useCommon();
  if (!hospital) return null;
  const { name, phone } = hospital;
  return (
    <>
      <p className="soft">{t('report.phone', { hospital: name, phone })}</p>
      <ReportForm {...props} hospital={hospital} onHospital={chooseHospital} />
    </>
  );
}

/** The receipt: number and code are shown once and kept by nobody but the reporter. */
function Received({ sent, onAgain }: { sent: Sent; onAgain: () => void }): ReactElement {
  const { t, lang } = usePatientWords();
  const { receipt, code, unsent } = sent;
  const text = `${t('report.receipt')} ${receipt}\n${t('report.code')} ${code}\n`;
  return (
    <div className="stack">
      <h1>{t('report.sent')}</h1>
      <Notice tone="warn">{t('report.keep')}</Notice>
      <section className="card raised" aria-label={t('report.receipt')}>
        <Facts
          rows={[
            [t('report.receipt'), <b className="mono report-code">{receipt}</b>],
            [t('report.code'), <b className="mono report-code">{spaced(code)}</b>],
          ]}
        />
        <a
          className="button secondary wide"
          download={t('report.saved-name')}
          href={`data:text/plain;charset=utf-8,${encodeURIComponent(text)}`}
        >
          {t('report.save')}
        </a>
      </section>
      {unsent.map((problem, at) => {
        const n = at + 1;
        const why = (lang === 'en' ? problem?.english : problem?.message) ?? '';
        return (
          problem && (
            <Notice key={n} tone="bad">
              {t('report.photo-failed', { n, why })}
            </Notice>
          )
        );
      })}
      <LinkButton to={`/report/${receipt}`} wide>
        {t('report.progress')}
      </LinkButton>
      <Button look="secondary" wide onClick={onAgain}>
        {t('report.again')}
      </Button>
    </div>
  );
}

/** In groups of four, as it is read out and copied. */
const spaced = (code: string): string => code.replace(/(.{4})(?=.)/g, '$1 ');
