import type { Queryable } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';
import type { Channel } from './types.ts';

export type ChannelRow = {
  channel: Channel;
  /** Booked by nobody's own account: by staff, a machine or another system. */
  without_account: boolean;
  bookings: number;
};

/** Bookings made in a hospital in a span, by channel; what was only held and let go counts as nothing. */
export function countByChannel(
  db: Queryable,
  input: { hospital_id: string; from: Date; to: Date },
): Promise<ChannelRow[]> {
  return db.many<ChannelRow>(sql`
    select channel, account_id is null as without_account, count(*)::int as bookings
    from booking.appointment
    where hospital_id = ${input.hospital_id} and created_at >= ${input.from} and created_at < ${input.to}
      and status not in ('lapsed', 'void') and (confirmed_at is not null or status = 'held')
    group by 1, 2 order by 3 desc`);
}

export type SeenRow = { seen: number; booked: number };

/**
 * Visits of clinic days that took place, emergencies aside, and how many of them had been booked: all but
 * numbers taken on the spot from the on-site share.
 */
export function countSeen(
  db: Queryable,
  input: { hospital_id: string; from: string; to: string },
): Promise<SeenRow> {
  return db.one<SeenRow>(sql`
    select count(*)::int as seen, count(*) filter (where s.pool <> 'on_site')::int as booked
    from booking.appointment a join booking.slot s on s.id = a.slot_id
    join booking.session_stock t on t.session_id = a.session_id
    where a.hospital_id = ${input.hospital_id} and a.service_date between ${input.from} and ${input.to}
      and a.status in ('checked_in', 'called', 'fulfilled') and t.level is distinct from 'emergency'`);
}
