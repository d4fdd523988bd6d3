import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import type { Random } from '../platform/random.ts';
import { steps } from './rules.ts';
import { usedOrdinals } from './store-import.ts';
import {
  bookOnPaper,
  numbersOfSessions,
  lockStocks,
  stepOnPaper,
  type DayNumber,
  type PaperBooking,
  type PaperBy,
  type PaperStep,
} from './store-paper.ts';
import {
  planLine,
  type PaperCell,
  type PaperLine,
  type PaperStepName,
  type PlannedStep,
} from './type-in-rules.ts';

export type PaperFault = { line: number; cell: PaperCell; reason: string };

/** How many visits took each step. */
export type TypedIn = { walk_ins: number; steps: Record<PaperStepName, number> };

const order: readonly PaperStepName[] = ['checkIn', 'attend', 'call', 'see', 'noShow'];

type Plan = { line: PaperLine; appointment_id: string; steps: PlannedStep[] };

/**
 * Types in what happened on paper while the system was down, in the caller's transaction: walk-ins
 * are booked, and each visit goes through the same steps, numbers and events as live. Visits carry
 * the true times; an event's `occurred_at` stays the time it was typed, because the log tells when
 * something was recorded and must not look older than it is; its detail has `true_at` and `paper`,
 * the record it came by. The stocks are locked first, so nothing changes between plan and step.
 * Lines that cannot be are returned as faults, and then nothing was written.
 */
export async function typeInPaper(
  tx: Tx,
  source: { clock: Clock; random: Random },
  input: {
    hospital_id: string;
    actor: string;
    record_id: string;
    session_ids: string[];
    lines: PaperLine[];
  },
): Promise<{ faults: PaperFault[]; typed: TypedIn }> {
  const by: PaperBy = { ...input, at: source.clock.now() };
  const stocks = await lockStocks(tx, input.session_ids);
  const numbers = new Map(
    (await numbersOfSessions(tx, input.session_ids)).map((number) => [number.slot_id, number]),
  );
  const faults: PaperFault[] = [];
  const plans: Plan[] = [];
  for (const line of input.lines) {
    const number = numbers.get(line.slot_id);
    if (!number) throw new Error('a line names a number of the sessions given');
    const planned = planLine(line, number, by.at);
    if ('reason' in planned) faults.push({ line: line.line, ...planned });
    else
      plans.push({
        line,
        appointment_id: number.appointment_id ?? newId(source),
        steps: planned.steps,
      });
  }
  const bookings = await seatWalkIns(tx, { source, plans, numbers, stocks, faults });
  const typed = countSteps(plans, bookings.length);
  if (faults.length > 0) return { faults, typed };
  must(await bookOnPaper(tx, by, bookings), bookings.length);
  for (const step of order) await takeStep(tx, source, { by, plans, step });
  return { faults, typed };
}

/** Gives each walk-in an ordinal the patient does not use in the session, up to its maximum. */
async function seatWalkIns(
  tx: Tx,
  given: {
    source: { clock: Clock; random: Random };
    plans: Plan[];
    numbers: ReadonlyMap<string, DayNumber>;
    stocks: { session_id: string; patient_bookings_max: number }[];
    faults: PaperFault[];
  },
): Promise<PaperBooking[]> {
  const most = new Map(given.stocks.map((stock) => [stock.session_id, stock.patient_bookings_max]));
  const used = await usedOrdinals(tx, [...most.keys()]);
  const bookings: PaperBooking[] = [];
  for (const { line, appointment_id } of given.plans) {
    const patient_id = line.walk_in_patient_id;
    if (patient_id === null) continue;
    const { session_id } = given.numbers.get(line.slot_id) as DayNumber;
    const bookings_max = most.get(session_id) ?? 1;
    const key = `${session_id} ${patient_id}`;
    const taken = used.get(key) ?? new Set();
    let ordinal = 1;
    while (taken.has(ordinal)) ordinal++;
    if (ordinal > bookings_max) {
      const reason = '这位患者在这次出诊已有号，不能再取一个；请核对证件号码';
      given.faults.push({ line: line.line, cell: 'walk_in_document', reason });
      continue;
    }
    used.set(key, taken.add(ordinal));
    const true_at = line.arrived_at ?? given.source.clock.now();
    const event_id = newId(given.source);
    const row = { appointment_id, event_id, slot_id: line.slot_id, patient_id, true_at };
    bookings.push({ ...row, ordinal, bookings_max });
  }
  return bookings;
}

async function takeStep(
  tx: Tx,
  source: { clock: Clock; random: Random },
  given: { by: PaperBy; plans: Plan[]; step: PaperStepName },
): Promise<void> {
  const rows: PaperStep[] = [];
  for (const plan of given.plans)
    for (const { step, true_at } of plan.steps)
      if (step === given.step)
        rows.push({ appointment_id: plan.appointment_id, event_id: newId(source), true_at });
  if (rows.length === 0) return;
  const { event_name, from, to_status, number } = steps[given.step];
  const rule = { event_name, from, to_status, checks_in: number === 'check-in' };
  must(await stepOnPaper(tx, given.by, rule, rows), rows.length);
}

/** The stocks are locked and every line was planned: fewer rows would be a fault of ours. */
function must(written: number, wanted: number): void {
  if (written !== wanted) throw new Error(`${wanted} lines were planned, ${written} were written`);
}

function countSteps(plans: Plan[], walk_ins: number): TypedIn {
  const counts = { checkIn: 0, call: 0, see: 0, attend: 0, noShow: 0 };
  for (const plan of plans) for (const { step } of plan.steps) counts[step]++;
  return { walk_ins, steps: counts };
}
