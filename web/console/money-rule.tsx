import { useState, type ReactElement } from 'react';
import { api, post } from '../shared/api.ts';
import { useAction, useLoad } from '../shared/hooks.ts';
import { Button, Card, Field, Notice, ProblemNotice, Wait } from '../shared/ui.tsx';
import { useConsoleWords } from './words.ts';

type Rule = {
  kept_percent: number;
  minutes_before: number;
  document_number: string | null;
  scan_sha256: string | null;
  effective_from: string;
  effective_to: string | null;
};

/** The refund rule in force, and a form for the next: it keeps nothing without a price document. */
export function PriceRules(): ReactElement {
  const { t } = useConsoleWords();
  const prices = useLoad('prices', () => api<{ rules: Rule[] }>('/api/staff/prices'));
  return (
    <Card title={t('money.rule')}>
      <Wait on={prices}>
        {({ rules }) => (
          <>
            {rules.length === 0 && <p>{t('money.rule-none')}</p>}
            <ul className="bullets">
              {rules.map((rule) => (
                <RuleLine key={`${rule.effective_from} ${rule.effective_to}`} rule={rule} />
              ))}
            </ul>
          </>
        )}
      </Wait>
      <RuleForm onSaved={prices.reload} />
    </Card>
  );
}

function RuleLine({ rule }: { rule: Rule }): ReactElement {
  const { t } = useConsoleWords();
  if (rule.kept_percent === 0)
    return <li>{t('money.rule-full', { from: rule.effective_from })}</li>;
  return (
    <li>
      {t('money.rule-now', {
        from: rule.effective_from,
        hours: rule.minutes_before / 60,
        percent: rule.kept_percent,
        document: rule.document_number ?? '',
      })}{' '}
      <a href={`/api/staff/price-scans/${rule.scan_sha256}`}>{t('money.rule-scan')}</a>
    </li>
  );
}

const numbers = ['percent', 'hours'] as const;
const empty = { percent: '0', hours: '24', document: '', from: '' };

function RuleForm({ onSaved }: { onSaved: () => void }): ReactElement {
  const { t } = useConsoleWords();
  const [values, setValues] = useState(empty);
  const [scan, setScan] = useState<File | null>(null);
  const [saved, setSaved] = useState(false);
  const save = useAction(async () => {
    setSaved(false);
    await post('/api/staff/price-rules', {
      kept_percent: Number(values.percent),
      minutes_before: Math.round(Number(values.hours) * 60),
      document_number: values.document.trim() || null,
      scan_sha256: scan ? await upload(scan) : null,
      effective_from: values.from,
    });
    setSaved(true);
    setValues(empty);
    onSaved();
  });
  const text = (name: keyof typeof empty, type: string, required = true): ReactElement => (
    <Field
      key={name}
      label={t(`money.${name}`)}
      control={(ties) => (
        <input
          {...ties}
          type={type}
          min={type === 'number' ? 0 : undefined}
          required={required}
          value={values[name]}
          onChange={(event) => setValues({ ...values, [name]: event.target.value })}
        />
      )}
    />
  );
  return (
    <form
      className="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void save.run();
      }}
    >
      <p className="soft">{t('money.rule-lead')}</p>
      {numbers.map((name) => text(name, 'number'))}
      {text('document', 'text', false)}
      <Field
        label={t('money.scan')}
        control={(ties) => (
          <input
            {...ties}
            type="file"
            accept=".pdf,.png,.jpg,.jpeg"
            onChange={(event) => setScan(event.target.files?.[0] ?? null)}
          />
        )}
      />
      {text('from', 'date')}
      <ProblemNotice problem={save.problem} />
      {saved && <Notice tone="good" title={t('money.rule-saved')} />}
      <Button type="submit" busy={save.busy}>
        {t('money.rule-save')}
      </Button>
    </form>
  );
}

async function upload(file: File): Promise<string> {
  const form = new FormData();
  form.append('file', file);
  const path = '/api/staff/price-scans';
  const { scan_sha256 } = await api<{ scan_sha256: string }>(path, { method: 'POST', form });
  return scan_sha256;
}
