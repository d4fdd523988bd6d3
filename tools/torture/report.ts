import type { TortureReport } from './torture.ts';

const findings_max = 50;

/** 1 when anything was found. */
export const exitCodeOf = (report: Pick<TortureReport, 'findings'>): 0 | 1 =>
  report.findings.length === 0 ? 0 : 1;

/** Figures for people, and what was checked as the last line. */
export function reportLines(report: TortureReport): string[] {
  const { storm, kills, checked, findings, folder } = report;
  const times = [...report.recoveries_s].sort((a, b) => a - b);
  const at = (share: number): string =>
    (times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? 0).toFixed(2);
  const kinds = Object.entries(kills).map(([kind, count]) => `${count} ${kind}`);
  const facts =
    `${checked.bookings} acknowledged bookings, ${checked.numbers} numbers of ${checked.sessions} sessions, ` +
    `${checked.visits} visits, ${checked.leaves} events with their leaves, ${checked.entries} entries with ` +
    `receipts, ${checked.repeated} repeated keys`;
  return [
    `asked ${storm.asked}, acknowledged ${storm.acknowledged}, refused ${storm.refused}, repeated ${storm.repeated}, cut off ${storm.cut}`,
    `kills ${times.length}: ${kinds.join(', ')}; ${report.wall_s} s in all`,
    `served again after ${at(0.5)} s (median), ${at(1)} s at most`,
    ...findings.slice(0, findings_max).map(({ kind, sentence }) => `WRONG (${kind}): ${sentence}`),
    ...(folder === undefined ? [] : [`What is left is in ${folder}.`]),
    findings.length === 0
      ? `Checked: ${facts}: nothing wrong.`
      : `Checked: ${facts}: ${findings.length} findings.`,
  ];
}
