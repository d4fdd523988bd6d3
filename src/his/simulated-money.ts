import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import type { BillReply, MoneyLine, StatementReply } from './protocol.ts';

type Kept = { bills: (BillReply & { cursor: number })[]; lines: (MoneyLine & { day: string })[] };

const shanghai_ms = 8 * 3_600_000;

/** 门诊缴费 and the day's takings of a small hospital's system; kept in a file when one is named. */
export function createSimulatedMoney(file?: string) {
  const kept = load(file);
  const save = (): void => {
    if (file === undefined) return;
    writeFileSync(`${file}.draft`, JSON.stringify(kept));
    renameSync(`${file}.draft`, file);
  };
  const put = (bill: BillReply): void => {
    const cursor = Math.max(0, ...kept.bills.map((one) => one.cursor)) + 1;
    kept.bills = [...kept.bills.filter((one) => one.bill_id !== bill.bill_id), { ...bill, cursor }];
    save();
  };
  return {
    /** A doctor's order becomes a bill; the same number again changes it. */
    issue: (bill: Omit<BillReply, 'state'>): void => put({ ...bill, state: 'unpaid' }),
    withdraw: (bill_id: string): void => {
      const bill = kept.bills.find((one) => one.bill_id === bill_id);
      if (bill) put({ ...bill, state: 'withdrawn' });
    },
    bills: (after: number): { cursor: number; bills: BillReply[] } => {
      const found = kept.bills.filter((one) => one.cursor > after);
      return {
        cursor: Math.max(after, ...found.map((one) => one.cursor)),
        bills: found.map(({ cursor: _, ...bill }) => bill),
      };
    },
    bill: (bill_id: string): BillReply | undefined => {
      const found = kept.bills.find((one) => one.bill_id === bill_id);
      if (!found) return undefined;
      const { cursor: _, ...bill } = found;
      return bill;
    },
    /** Writes down money once, however often it is told. */
    note: (line: MoneyLine): void => {
      const same = (one: MoneyLine): boolean =>
        one.order_number === line.order_number && one.refund_number === line.refund_number;
      if (kept.lines.some(same)) return;
      const local = new Date(Date.parse(line.at) + shanghai_ms);
      kept.lines.push({ ...line, day: local.toISOString().slice(0, 10) });
      save();
    },
    statement: (date: string): StatementReply => ({
      date,
      lines: kept.lines
        .filter((line) => line.day === date)
        .map(({ order_number, refund_number, amount_fen }) => ({
          ...{ order_number, refund_number, amount_fen },
        })),
    }),
    /** What its own clerks get wrong, for tests: lines may be changed, lost or added. */
    lines: kept.lines,
  };
}

export type SimulatedMoney = ReturnType<typeof createSimulatedMoney>;

function load(file?: string): Kept {
  const empty = { bills: [], lines: [] };
  if (file === undefined) return empty;
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as Kept;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return empty;
    throw error;
  }
}
