import type { Answer, StormRecord } from './record.ts';
import type { Finding } from './finding.ts';

/** Under one key there is one answer, however often it is asked; and there is one. */
export function sweepAnswers(record: StormRecord): Finding[] {
  const findings: Finding[] = [];
  for (const [key, { answers }] of record) {
    const said = [...new Set(answers.filter((one) => one.looked_up !== true).map(textOf))];
    if (said.length === 0)
      findings.push({ kind: 'never-answered', sentence: `${key} was never answered` });
    if (said.length > 1)
      findings.push({
        kind: 'other-answer',
        sentence: `${key} was answered in ${said.length} ways: ${said.join(' and ')}`,
      });
  }
  return findings;
}

/** A visit goes on after its booking, so an answer names it and not what it has become. */
function textOf({ status, code, appointment_id, sequence, e, receipt }: Answer): string {
  return JSON.stringify({ status, code, appointment_id, sequence, e, receipt });
}
