import { faultAt, type Faults } from '../schedule/index.ts';
import { columns, type SoldRow } from './sold-columns.ts';
import type { ImportSlot, ImportStock, MigratedVisit } from './store-import.ts';

type Seating = {
  rows: SoldRow[];
  sessionOf(row: SoldRow): string;
  /** Patient ids by line. */
  patients: ReadonlyMap<number, string>;
  /** The sessions' numbers under their locks. */
  stocks: ReadonlyMap<string, ImportStock>;
  /** Ordinals in use by `session patient`; those given out here are added. */
  ordinals: Map<string, Set<number>>;
  faults: Faults;
  newId(): string;
};

/** Gives every booking sold elsewhere its number: the one it names, or the first that nobody has. */
export function seatVisits(seating: Seating): MigratedVisit[] {
  const taken = new Set<string>();
  const visits: MigratedVisit[] = [];
  // Those that name their number go first, so that nobody else is put on it.
  const rows = seating.rows.toSorted(
    (a, b) =>
      Number(a.value.sequence === null) - Number(b.value.sequence === null) || a.line - b.line,
  );
  for (const row of rows) {
    const visit = seat(seating, row, taken);
    if (visit) visits.push(visit);
  }
  return visits;
}

function seat(seating: Seating, row: SoldRow, taken: Set<string>): MigratedVisit | undefined {
  const fault = faultAt(seating.faults, columns);
  const session_id = seating.sessionOf(row);
  const patient_id = seating.patients.get(row.line) as string;
  const stock = seating.stocks.get(session_id);
  if (!stock) {
    fault(row, 'service_code', '这次出诊的号还没有生成，请稍等片刻再导入');
    return undefined;
  }
  const { status, order_number } = row.value;
  if (stock.state === 'stopped' && status === 'booked') {
    fault(row, 'status', '这次出诊已停诊，请把状态改为停诊');
    return undefined;
  }
  const found = findNumber(stock, row, taken);
  if ('reason' in found) {
    fault(row, 'sequence', found.reason);
    return undefined;
  }
  const ordinal = nextOrdinal(seating.ordinals, `${session_id} ${patient_id}`);
  if (ordinal > stock.patient_bookings_max) {
    fault(row, 'document_number', '这位患者在这次出诊的预约数超过了每人限约数');
    return undefined;
  }
  taken.add(found.slot_id);
  return {
    appointment_id: seating.newId(),
    event_id: seating.newId(),
    session_id,
    slot_id: found.slot_id,
    patient_id,
    ordinal,
    bookings_max: stock.patient_bookings_max,
    previous_order_number: order_number as string,
    // A stop that is only now taken over ends the visit when booking hears of it.
    status: stock.state === 'stopped' ? 'stopped' : 'booked',
  };
}

function findNumber(
  stock: ImportStock,
  row: SoldRow,
  taken: ReadonlySet<string>,
): ImportSlot | { reason: string } {
  const { sequence } = row.value;
  const open = (slot: ImportSlot): boolean =>
    slot.entrusted && !taken.has(slot.slot_id) && slot.draw_id === null && isOpen(stock, slot);
  if (sequence === null) {
    // Online numbers first; what is set aside for a purpose only when nothing else is left.
    const free = stock.slots.filter(open);
    const first = free.find((slot) => slot.pool === 'online') ?? free[0];
    return first ?? { reason: '这次出诊已没有可用的号' };
  }
  const slot = stock.slots.find((one) => one.sequence === sequence);
  if (!slot) return { reason: `这次出诊只有 ${stock.slots.length} 个号` };
  if (!slot.entrusted) return { reason: '这个号归医院系统管理，没有委托给本平台' };
  return open(slot) ? slot : { reason: '这个号已被预约或已进入派号' };
}

function isOpen(stock: ImportStock, slot: ImportSlot): boolean {
  if (stock.state === 'stopped') return slot.state === 'stopped';
  return slot.state === 'unreleased' || slot.state === 'free';
}

function nextOrdinal(ordinals: Map<string, Set<number>>, key: string): number {
  const used = ordinals.get(key) ?? new Set<number>();
  let ordinal = 1;
  while (used.has(ordinal)) ordinal++;
  ordinals.set(key, used.add(ordinal));
  return ordinal;
}
