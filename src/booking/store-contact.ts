import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

export type CallOutcome = 'confirmed' | 'declined' | 'will_decide' | 'no_answer' | 'no_phone';

/** Notes a call, allows the win to lapse from now on, and tells it; false without such a held win. */
export async function insertCall(
  tx: Tx,
  call: {
    id: string;
    event_id: string;
    hospital_id: string;
    appointment_id: string;
    outcome: CallOutcome;
    actor: string;
    at: Date;
    hold_until: Date;
  },
): Promise<boolean> {
  const told = await tx.run(sql`
    with won as (
      update booking.appointment set contact_due = false, hold_until = greatest(hold_until, ${call.hold_until})
      where id = ${call.appointment_id} and hospital_id = ${call.hospital_id} and status = 'held' and channel = 'draw'
      returning id, slot_id, patient_id, hold_until
    ), noted as (
      insert into booking.contact_call (id, hospital_id, appointment_id, outcome, called_by, called_at)
      select ${call.id}, ${call.hospital_id}, id, ${call.outcome}, ${call.actor}, ${call.at} from won
    ), kept as (
      update booking.slot s set hold_until = won.hold_until, version = s.version + 1 from won
      where s.id = won.slot_id and s.appointment_id = won.id
      returning s.id, s.version
    )
    insert into platform.event (id, hospital_id, name, subject, version, person_id, actor, payload, occurred_at)
    select ${call.event_id}, ${call.hospital_id}, 'booking.call.logged', 'slot:' || kept.id, kept.version, won.patient_id,
      ${call.actor}, jsonb_build_object('appointment_id', won.id, 'outcome', ${call.outcome}::text), ${call.at}
    from won, kept`);
  return told === 1;
}

export type ContactDue = {
  appointment_id: string;
  session_id: string;
  patient_id: string;
  hold_until: Date;
  /** Has no account: without a logged call the win does not lapse. */
  must_call: boolean;
  calls: number;
  last_outcome: CallOutcome | null;
};

/** Wins that wait for confirmation: without an account at once, with one in the last two hours. */
export async function contactsDue(
  db: Queryable,
  input: { hospital_id: string; at: Date; limit: number },
): Promise<ContactDue[]> {
  return db.many<ContactDue>(sql`
    select a.id as appointment_id, a.session_id, a.patient_id, a.hold_until, a.account_id is null as must_call,
      (select count(*)::int from booking.contact_call c where c.appointment_id = a.id) as calls,
      (select c.outcome from booking.contact_call c where c.appointment_id = a.id
        order by c.called_at desc limit 1) as last_outcome
    from booking.appointment a
    where a.hospital_id = ${input.hospital_id} and a.status = 'held' and a.channel = 'draw'
      and (a.account_id is null or a.hold_until <= ${input.at}::timestamptz + interval '2 hours')
    order by a.contact_due desc, a.hold_until, a.id limit ${input.limit}`);
}
