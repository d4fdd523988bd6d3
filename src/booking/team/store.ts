import type { Queryable, Tx } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';
import type { EscalationReason } from './rules.ts';

export type Team = {
  healthcare_service_id: string;
  hospital_id: string;
  expert_id: string;
  closed_at: Date | null;
  members: string[];
};

/** A hospital's teams with their members in order. */
export function selectTeams(db: Queryable, hospital_id: string): Promise<Team[]> {
  return db.many(sql`
    select t.healthcare_service_id, t.hospital_id, t.expert_id, t.closed_at,
      array(select m.practitioner_id from booking.team_member m
        where m.healthcare_service_id = t.healthcare_service_id order by m.place) as members
    from booking.expert_team t where t.hospital_id = ${hospital_id}
    order by t.healthcare_service_id`);
}

/** Writes a team as it is now, and raises its version; undefined when it is another hospital's. */
export async function upsertTeam(
  tx: Tx,
  row: Omit<Team, 'closed_at'> & { closed_at: Date | null },
): Promise<{ version: number } | undefined> {
  const written = await tx.maybe<{ version: number }>(sql`
    insert into booking.expert_team as t (healthcare_service_id, hospital_id, expert_id, closed_at)
    values (${row.healthcare_service_id}, ${row.hospital_id}, ${row.expert_id}, ${row.closed_at})
    on conflict (healthcare_service_id) do update set expert_id = excluded.expert_id,
      closed_at = excluded.closed_at, version = t.version + 1
      where t.hospital_id = excluded.hospital_id
    returning version`);
  if (!written) return undefined;
  await tx.run(sql`
    delete from booking.team_member where healthcare_service_id = ${row.healthcare_service_id}`);
  await tx.run(sql`
    insert into booking.team_member (healthcare_service_id, practitioner_id, place)
    select ${row.healthcare_service_id}, m.id, m.place
    from unnest(${row.members}::uuid[]) with ordinality as m(id, place)`);
  return written;
}

/** Locks a team that is open, so that two escalations of one visit follow one another. */
export function lockTeam(
  tx: Tx,
  input: { healthcare_service_id: string; hospital_id: string },
): Promise<{ expert_id: string } | undefined> {
  return tx.maybe(sql`
    select expert_id from booking.expert_team
    where healthcare_service_id = ${input.healthcare_service_id}
      and hospital_id = ${input.hospital_id} and closed_at is null for update`);
}

/** Whether a visit has led to a number of the expert that still stands. */
export async function isEscalated(db: Queryable, from_appointment_id: string): Promise<boolean> {
  const { found } = await db.one<{ found: boolean }>(sql`
    select exists (select from booking.team_escalation e
      join booking.appointment a on a.id = e.appointment_id and a.is_active
      where e.from_appointment_id = ${from_appointment_id}) as found`);
  return found;
}

export type EscalationRow = {
  id: string;
  hospital_id: string;
  healthcare_service_id: string;
  expert_id: string;
  from_appointment_id: string;
  appointment_id: string;
  session_id: string;
  patient_id: string;
  reason: EscalationReason;
  escalated_by: string;
  escalated_at: Date;
};

export async function insertEscalation(tx: Tx, row: EscalationRow): Promise<void> {
  await tx.run(sql`
    insert into booking.team_escalation (id, hospital_id, healthcare_service_id, expert_id,
      from_appointment_id, appointment_id, session_id, patient_id, reason, escalated_by, escalated_at)
    values (${row.id}, ${row.hospital_id}, ${row.healthcare_service_id}, ${row.expert_id},
      ${row.from_appointment_id}, ${row.appointment_id}, ${row.session_id}, ${row.patient_id},
      ${row.reason}, ${row.escalated_by}, ${row.escalated_at})`);
}

/** How many a team sent on in each month of Shanghai, the latest first; nobody is named. */
export function escalationMonths(
  db: Queryable,
  input: { hospital_id: string; months: number },
): Promise<{ healthcare_service_id: string; month: string; total: number }[]> {
  return db.many(sql`
    with monthly as (
      select healthcare_service_id,
        to_char(escalated_at at time zone 'Asia/Shanghai', 'YYYY-MM') as month, count(*) as total
      from booking.team_escalation where hospital_id = ${input.hospital_id}
      group by 1, 2
    )
    select healthcare_service_id, month, total from (
      select *, row_number() over (partition by healthcare_service_id order by month desc) as nth
      from monthly) m
    where nth <= ${input.months} order by healthcare_service_id, month desc`);
}

export async function moveEscalations(tx: Tx, from: string, into: string): Promise<void> {
  await tx.run(
    sql`update booking.team_escalation set patient_id = ${into} where patient_id = ${from}`,
  );
}
