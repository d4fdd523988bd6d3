import type { Queryable } from '../../src/platform/db.ts';
import { sql } from '../../src/platform/sql.ts';

export type Swept = {
  accepted: number;
  persons: number;
  sessions: number;
  no_shows: number;
  /** Numbers promised twice, or not as the visit says, and bookings above a session's numbers. */
  oversold: number;
};

/** Reads the whole database afresh: what stands in it, and whether any number was sold twice. */
export function sweep(db: Queryable): Promise<Swept> {
  return db.one<Swept>(sql`
    with visit as (
      select * from booking.appointment
      where is_active
    ), twice as (
      select slot_id from visit group by slot_id having count(*) > 1
    ), crowded as (
      select v.session_id from (select session_id, count(*) as booked from visit group by session_id) v
      join schedule.session s on s.id = v.session_id where v.booked > s.numbers
    ), astray as (
      select v.id from visit v left join booking.slot s on s.id = v.slot_id
      where s.appointment_id is distinct from v.id or s.session_id is distinct from v.session_id
    )
    select count(*) as accepted, count(distinct patient_id) as persons,
      count(distinct session_id) as sessions,
      count(*) filter (where status = 'noshow') as no_shows,
      (select count(*) from twice) + (select count(*) from crowded)
        + (select count(*) from astray) as oversold
    from visit`);
}
