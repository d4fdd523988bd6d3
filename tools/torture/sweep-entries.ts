import type { Queryable } from '../../src/platform/db.ts';
import { sql } from '../../src/platform/sql.ts';
import {
  poolLeaf,
  verifyReceipt,
  type Manifest,
  type PoolLine,
  type Receipt,
} from '../../src/release/sealed-draw/index.ts';
import { finalAnswer, isAcknowledged, type StormRecord, type Told } from './record.ts';
import type { Finding } from './finding.ts';

type Row = {
  id: string;
  draw_id: string;
  patient_id: string;
  line: string;
  receipt: string;
  withdrawn: boolean;
  /** Withdrawn after the draw: out of the standby pool. */
  left: boolean;
  manifest: string;
};

/**
 * Every acknowledged entry is there once, standing unless it was withdrawn, and its receipt is signed
 * for the line that will be drawn. A person has one standing entry of a draw.
 */
export async function sweepEntries(db: Queryable, record: StormRecord): Promise<Finding[]> {
  const told = [...record.values()];
  const enters = told.filter((one) => one.asked.act === 'enter');
  const rows = await db.many<Row>(sql`
    select e.id, e.draw_id, e.patient_id, e.line, e.receipt, e.withdrawn_at is not null as withdrawn, e.left_at is not null as left, d.manifest
    from release.entry e join release.draw d on d.id = e.draw_id
    where e.carried_from is null and e.patient_id = any(${[...new Set(enters.map((one) => one.asked.patient_id))]}::uuid[])
      and e.draw_id = any(${[...new Set(enters.map((one) => one.asked.subject))]}::uuid[])`);
  const withdrawals = new Map(
    told.filter((one) => one.asked.act === 'withdraw').map((one) => [one.asked.subject, one]),
  );
  const acknowledged = new Map(
    enters.filter(isAcknowledged).map((one) => [finalAnswer(one)?.e ?? '', one]),
  );
  const findings: Finding[] = [];
  for (const [e, one] of acknowledged) {
    const mine = rows.filter((row) => row.id === e);
    findings.push(...faultsOf(one, e, mine, withdrawals.get(e)));
  }
  return [...findings, ...twice(rows, acknowledged)];
}

function faultsOf(told: Told, e: string, rows: Row[], withdrawal: Told | undefined): Finding[] {
  const { key, patient_id, subject } = told.asked;
  const [row] = rows;
  const lost = (why: string): Finding[] => [
    { kind: 'entry-lost', sentence: `${key}: entry ${e} ${why}` },
  ];
  if (!row) return lost('was acknowledged and is gone');
  if (row.patient_id !== patient_id || row.draw_id !== subject)
    return lost(`is of patient ${row.patient_id} in draw ${row.draw_id}`);
  // Withdrawn while the connection broke, and asked again when the draw had closed: either may be.
  const unsure = withdrawal !== undefined && !isAcknowledged(withdrawal) && withdrawal.cuts > 0;
  const gone = withdrawal !== undefined && isAcknowledged(withdrawal);
  const isOut = row.withdrawn || (gone && row.left);
  if (!unsure && isOut !== gone)
    return lost(
      row.withdrawn ? 'is withdrawn, and nobody asked for it' : 'stands, though withdrawn',
    );
  const receipt = finalAnswer(told)?.receipt;
  const why = receipt ? receiptFault(receipt, row) : 'is missing';
  return why === undefined
    ? []
    : [{ kind: 'receipt-invalid', sentence: `${key}: the receipt of entry ${e} ${why}` }];
}

function receiptFault(receipt: Receipt, row: Row): string | undefined {
  const manifest = JSON.parse(row.manifest) as Manifest;
  if (receipt.e !== row.id || receipt.draw !== manifest.draw) return 'is for another entry';
  if (!verifyReceipt(receipt, manifest.receiptKey)) return 'is not signed by the draw';
  if (receipt.leaf !== poolLeaf(JSON.parse(row.line) as PoolLine))
    return 'is for another line than will be drawn';
  return undefined;
}

function twice(rows: Row[], acknowledged: ReadonlyMap<string, Told>): Finding[] {
  const standing = new Map<string, number>();
  const findings: Finding[] = [];
  for (const row of rows) {
    const person = `${row.draw_id} ${row.patient_id}`;
    if (!row.withdrawn) standing.set(person, (standing.get(person) ?? 0) + 1);
    if (!acknowledged.has(row.id))
      findings.push({ kind: 'entry-twice', sentence: `entry ${row.id} was never acknowledged` });
  }
  for (const [person, count] of standing)
    if (count > 1) {
      const [draw, patient] = person.split(' ');
      const sentence = `patient ${patient} has ${count} standing entries in draw ${draw}`;
      findings.push({ kind: 'entry-twice', sentence });
    }
  return findings;
}
