import { countSwept, sweepInvariants } from '../../src/booking/index.ts';
import type { Finding } from './finding.ts';
import { isAcknowledged, type StormRecord } from './record.ts';
import { sweepAnswers } from './sweep-answers.ts';
import { sweepBookings } from './sweep-bookings.ts';
import { sweepEntries } from './sweep-entries.ts';
import { sweepLog, type LogContext } from './sweep-log.ts';

export type Swept = {
  findings: Finding[];
  checked: {
    bookings: number;
    entries: number;
    repeated: number;
    sessions: number;
    numbers: number;
    visits: number;
    leaves: number;
  };
};

/**
 * What the storm was told against what the database holds, and the database against itself. The
 * server is not running; the log is finished first, nothing else is written.
 */
export async function sweep(ctx: LogContext, record: StormRecord): Promise<Swept> {
  const log = await sweepLog(ctx);
  const findings: Finding[] = [
    ...sweepAnswers(record),
    ...(await sweepBookings(ctx.db, record)),
    ...(await sweepEntries(ctx.db, record)),
    ...(await sweepInvariants(ctx.db)),
    ...log.findings,
  ];
  const told = [...record.values()];
  const acknowledged = (...acts: string[]): number =>
    told.filter((one) => acts.includes(one.asked.act) && isAcknowledged(one)).length;
  return {
    findings,
    checked: {
      bookings: acknowledged('book', 'hold'),
      entries: acknowledged('enter'),
      repeated: told.filter((one) => one.answers.length > 1).length,
      leaves: log.leaves,
      ...(await countSwept(ctx.db)),
    },
  };
}
