import type { Queryable } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';

export type ReportRow = {
  institution_id: string;
  department_id: string;
  sent: number;
  at_once: number;
  by_office: number;
  refused: number;
  expired: number;
  waiting: number;
  seen: number;
  missed: number;
  given_back: number;
};

/** Referrals to the clinic days of a span, by institution and department. */
export function reportRows(
  db: Queryable,
  input: { hospital_id: string; from: string; to: string },
): Promise<ReportRow[]> {
  return db.many(sql`
    select r.institution_id, r.department_id, count(*) as sent,
      count(*) filter (where r.state = 'given' and r.within_quota) as at_once,
      count(*) filter (where r.state = 'given' and not r.within_quota) as by_office,
      count(*) filter (where r.state = 'refused') as refused,
      count(*) filter (where r.state in ('expired', 'withdrawn')) as expired,
      count(*) filter (where r.state = 'asked') as waiting,
      count(*) filter (where a.status = 'fulfilled') as seen,
      count(*) filter (where a.status = 'noshow') as missed,
      count(*) filter (where a.status in ('cancelled', 'stopped', 'void', 'lapsed')) as given_back
    from booking.referral r left join booking.appointment a on a.id = r.appointment_id
    where r.hospital_id = ${input.hospital_id}
      and r.service_date >= ${input.from} and r.service_date < ${input.to}
    group by r.institution_id, r.department_id`);
}

/** Numbers that stand in the referral pool on those days by department, and how many are taken. */
export function reservedByDepartment(
  db: Queryable,
  input: { hospital_id: string; from: string; to: string },
): Promise<{ department_id: string; reserved: number; used: number }[]> {
  return db.many(sql`
    select t.department_id, count(*) as reserved,
      count(*) filter (where s.appointment_id is not null) as used
    from booking.session_stock t join booking.slot s on s.session_id = t.session_id
    where t.hospital_id = ${input.hospital_id} and t.department_id is not null
      and t.service_date >= ${input.from} and t.service_date < ${input.to}
      and s.pool = 'referral' and s.state <> 'void'
    group by t.department_id`);
}
