import type { Db } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

type SpendingRow = { server_id: string; number: number; at: Date; spent: Buffer };

/**
 * Writes what a server's clients spent, unless that is nothing, forgets old rows, and reads the other
 * servers' rows after those seen: one round trip.
 */
export function exchangeSpending(
  db: Db,
  input: { own: SpendingRow; seen: ReadonlyMap<string, number>; gone_before: Date },
): Promise<SpendingRow[]> {
  const { own, seen, gone_before } = input;
  return db.many<SpendingRow>(sql`
    with told as (
      insert into gate.spending (server_id, number, at, spent)
      select ${own.server_id}::uuid, ${own.number}::bigint, ${own.at}::timestamptz, ${own.spent}::bytea
      where length(${own.spent}::bytea) > 0
      on conflict do nothing
    ), gone as (
      delete from gate.spending where at < ${gone_before}
    )
    select s.server_id, s.number, s.at, s.spent from gate.spending s
    left join unnest(${[...seen.keys()]}::uuid[], ${[...seen.values()]}::bigint[]) as k(server_id, number)
      on k.server_id = s.server_id
    where s.server_id <> ${own.server_id} and s.at >= ${gone_before} and s.number > coalesce(k.number, -1)
    order by s.server_id, s.number`);
}
