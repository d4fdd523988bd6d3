import type { ReactElement } from 'react';
import type { ApiProblem } from '../shared/api.ts';
import { Notice } from '../shared/ui.tsx';
import type { Finding } from './types.ts';
import { useConsoleWords } from './words.ts';

const tones = { refuse: 'bad', flag: 'warn', advise: 'info' } as const;

/** What the rules said of a plan that was refused; undefined when the refusal was for another cause. */
export function findingsOf(problem: ApiProblem | undefined): Finding[] | undefined {
  const found = problem?.detail['findings'];
  return Array.isArray(found) ? (found as Finding[]) : undefined;
}

/** What the rules say of a plan. */
export function Findings({ findings }: { findings: readonly Finding[] }): ReactElement {
  const { t } = useConsoleWords();
  if (findings.length === 0) return <Notice tone="good">{t('plan.clean')}</Notice>;
  return (
    <ul className="stack tight" aria-label={t('plan.findings')}>
      {findings.map((finding) => (
        <li key={finding.code + finding.message}>
          <Notice tone={tones[finding.severity]} title={t(`finding.${finding.severity}`)}>
            {finding.message}
          </Notice>
        </li>
      ))}
    </ul>
  );
}
