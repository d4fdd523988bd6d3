import type { Queryable, Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { Lateness } from './rules.ts';

/* Stops (停诊) and substitutions (替诊). */

/** Agreed to; an emergency; or 擅自: nobody had agreed. */
export const causes = ['approved', 'emergency', 'unannounced'] as const;
export type Cause = (typeof causes)[number];

export type ChangeState = {
  status: string;
  service_date: string;
  practitioner_id: string | null;
  /** Of the doctor whose session it was first, so that titles do not sink from substitute to substitute. */
  title: string | null;
  offered_title: string | null;
  same_speciality: boolean;
};

/** What decides whether a doctor may take a session over; their speciality is that of their clinics. */
export async function selectChangeState(
  db: Queryable,
  input: { hospital_id: string; session_id: string; practitioner_id: string | null },
): Promise<ChangeState | undefined> {
  return db.maybe<ChangeState>(sql`
    select s.status, s.service_date, s.practitioner_id, first.title, o.title as offered_title,
      exists (select from schedule.healthcare_service x
        join schedule.department y on y.id = x.department_id
        where x.practitioner_id = o.id and y.specialty_code = d.specialty_code) as same_speciality
    from schedule.session s
    join schedule.healthcare_service c on c.id = s.healthcare_service_id
    join schedule.department d on d.id = c.department_id
    left join schedule.practitioner first on first.id = coalesce(s.substitute_for, s.practitioner_id)
    left join schedule.practitioner o on o.id = ${input.practitioner_id} and o.hospital_id = s.hospital_id
    where s.id = ${input.session_id} and s.hospital_id = ${input.hospital_id}`);
}

/** Doctors of the session's speciality who have no session in that half-day, by name. */
export async function selectColleagues(
  db: Queryable,
  session_id: string,
): Promise<{ practitioner_id: string; name: string; title: string }[]> {
  return db.many(sql`
    select p.id as practitioner_id, p.name, p.title
    from schedule.session s
    join schedule.healthcare_service c on c.id = s.healthcare_service_id
    join schedule.department d on d.id = c.department_id
    join schedule.practitioner p on p.hospital_id = s.hospital_id and p.id <> s.practitioner_id
    where s.id = ${session_id}
      and exists (select from schedule.healthcare_service x
        join schedule.department y on y.id = x.department_id
        where x.practitioner_id = p.id and y.specialty_code = d.specialty_code)
      and not exists (select from schedule.session o
        where o.practitioner_id = p.id and o.service_date = s.service_date and o.period = s.period
          and o.status = 'planned')
    order by p.name, p.code`);
}

/** Hands the session over; undefined when it is stopped or over. Handed back, nobody is a substitute. */
export async function substituteRow(
  tx: Tx,
  change: { hospital_id: string; session_id: string; practitioner_id: string; at: Date },
): Promise<{ version: number } | undefined> {
  return tx.maybe(sql`
    update schedule.session s set practitioner_id = p.id, practitioner_licence = p.licence_number,
      substitute_for = nullif(coalesce(s.substitute_for, s.practitioner_id), p.id), version = s.version + 1
    from schedule.practitioner p
    where s.id = ${change.session_id} and s.hospital_id = ${change.hospital_id}
      and p.id = ${change.practitioner_id} and p.hospital_id = s.hospital_id
      and s.status = 'planned' and s.ends_at > ${change.at}
    returning s.version`);
}

export async function insertChange(
  tx: Tx,
  row: {
    id: string;
    hospital_id: string;
    session_id: string;
    kind: 'stop' | 'substitute';
    practitioner_id: string | null;
    substitute_id: string | null;
    cause: Cause;
    lateness: Lateness;
    reason: string;
    actor: string;
    at: Date;
  },
): Promise<void> {
  await tx.run(sql`
    insert into schedule.change_record (id, hospital_id, session_id, kind, practitioner_id, substitute_id,
      cause, lateness, reason, service_date, recorded_by, recorded_at)
    select ${row.id}, ${row.hospital_id}, id, ${row.kind}, ${row.practitioner_id}, ${row.substitute_id},
      ${row.cause}, ${row.lateness}, ${row.reason}, service_date, ${row.actor}, ${row.at}
    from schedule.session where id = ${row.session_id}`);
}

export async function changeCounts(
  db: Queryable,
  input: { hospital_id: string; from: string; to: string },
): Promise<
  {
    practitioner_id: string;
    name: string;
    title: string;
    stops: number;
    substitutions: number;
    late: number;
    unannounced: number;
  }[]
> {
  return db.many(sql`
    select p.id as practitioner_id, p.name, p.title,
      count(*) filter (where r.kind = 'stop')::int as stops,
      count(*) filter (where r.kind = 'substitute')::int as substitutions,
      count(*) filter (where r.lateness = 'late')::int as late,
      count(*) filter (where r.cause = 'unannounced')::int as unannounced
    from schedule.change_record r join schedule.practitioner p on p.id = r.practitioner_id
    where r.hospital_id = ${input.hospital_id} and r.service_date between ${input.from} and ${input.to}
    group by p.id order by unannounced desc, late desc, stops desc, p.name`);
}

export async function setSensitiveRow(
  tx: Tx,
  input: { hospital_id: string; department_id: string; sensitive: boolean },
): Promise<{ version: number } | undefined> {
  return tx.maybe(sql`
    update schedule.department set sensitive = ${input.sensitive}, version = version + 1
    where id = ${input.department_id} and hospital_id = ${input.hospital_id} returning version`);
}
