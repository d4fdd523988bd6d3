import type { Queryable } from '../../src/platform/db.ts';
import { sql } from '../../src/platform/sql.ts';
import { finalAnswer, isAcknowledged, type StormRecord, type Told } from './record.ts';
import type { Finding } from './finding.ts';

type Row = {
  id: string;
  session_id: string;
  patient_id: string;
  status: string;
  sequence: number | null;
};

/** What a visit may be after its last act; a hold that nobody confirmed lapses in its own time. */
const leads_to = {
  book: ['booked'],
  hold: ['held', 'lapsed'],
  confirm: ['booked'],
  restore: ['booked'],
  cancel: ['cancelled'],
} as const;

type Known = { key: string; patient_id: string; session_id: string; sequence: number | undefined };

/**
 * Every acknowledged booking is there once, for its person and in its session, as the last act upon
 * it was acknowledged; and no visit of the storm's people is there that no answer told of.
 */
export async function sweepBookings(db: Queryable, record: StormRecord): Promise<Finding[]> {
  const known = new Map<string, Known>();
  const states = new Map<string, readonly string[]>();
  for (const told of record.values()) note(told, known, states);
  const told = [...record.values()].map((one) => one.asked);
  const takes = told.filter(({ act }) => act === 'book' || act === 'hold');
  const rows = await db.many<Row>(sql`
    select a.id, a.session_id, a.patient_id, a.status, s.sequence
    from booking.appointment a left join booking.slot s on s.id = a.slot_id
    where a.channel <> 'draw' and a.patient_id = any(${[...new Set(takes.map((one) => one.patient_id))]}::uuid[])
      and a.session_id = any(${[...new Set(takes.map((one) => one.subject))]}::uuid[])`);
  const kept = new Map(rows.map((row) => [row.id, row]));
  const findings: Finding[] = [];
  for (const [id, expected] of known) {
    const fault = faultOf(expected, states.get(id) ?? [], kept.get(id));
    if (fault)
      findings.push({ kind: 'booking-lost', sentence: `${expected.key}: visit ${id} ${fault}` });
  }
  for (const row of rows)
    if (!known.has(row.id))
      findings.push({
        kind: 'booking-unasked',
        sentence: `visit ${row.id} of patient ${row.patient_id} in session ${row.session_id} was never acknowledged`,
      });
  const lost = new Set([...known.keys()].filter((id) => !kept.has(id)));
  return [...findings, ...(await storedOtherwise(db, record, lost))];
}

function note(told: Told, known: Map<string, Known>, states: Map<string, readonly string[]>): void {
  const { key, act, patient_id, subject } = told.asked;
  if (!isAcknowledged(told) || act === 'enter' || act === 'withdraw') return;
  const answer = finalAnswer(told);
  if (act === 'book' || act === 'hold') {
    const id = answer?.appointment_id ?? '';
    known.set(id, { key, patient_id, session_id: subject, sequence: answer?.sequence });
    states.set(id, leads_to[act]);
  } else states.set(subject, leads_to[act]);
}

function faultOf(
  expected: Known,
  states: readonly string[],
  row: Row | undefined,
): string | undefined {
  if (!row) return 'was acknowledged and is gone';
  if (row.patient_id !== expected.patient_id || row.session_id !== expected.session_id)
    return `is of patient ${row.patient_id} in session ${row.session_id}`;
  if (row.sequence !== expected.sequence)
    return `was acknowledged as number ${expected.sequence} and is ${row.sequence}`;
  return states.includes(row.status) ? undefined : `is ${row.status}, not ${states.join(' or ')}`;
}

/** The answer that is kept for the next repetition is the one that was given. */
async function storedOtherwise(
  db: Queryable,
  record: StormRecord,
  lost: ReadonlySet<string>,
): Promise<Finding[]> {
  const given = [...record.values()].flatMap((told) => {
    const id = finalAnswer(told)?.appointment_id;
    const isKnown = id !== undefined && isAcknowledged(told) && !lost.has(id);
    return isKnown ? [{ key: told.asked.key, id }] : [];
  });
  return db.many<Finding>(sql`
    with given as (select * from json_to_recordset(${JSON.stringify(given)}) as r(key text, id text))
    select 'other-answer' as kind, g.key || ' was answered with visit ' || g.id || ', but '
      || coalesce(string_agg(i.answer ->> 'appointment_id', ', '), 'nothing') || ' is kept' as sentence
    from given g left join platform.idempotency i on i.key = g.key
    group by g.key, g.id
    having count(*) <> 1 or max(i.answer ->> 'appointment_id') is distinct from g.id`);
}
