import type { Tx } from '../platform/db.ts';
import { sql } from '../platform/sql.ts';

export type SlowCase = {
  id: string;
  room_id: string;
  account_id: string;
  patient_id: string;
  extra_s: number;
  opened_at: Date;
};

/** Opens the case of a slowed patient, or finds the one this room has. */
export async function openCase(
  tx: Tx,
  fresh: SlowCase,
): Promise<{ id: string; is_new: boolean; version: number }> {
  return tx.one(sql`
    insert into gate.slow_case (id, room_id, account_id, patient_id, extra_s, opened_at)
    values (${fresh.id}, ${fresh.room_id}, ${fresh.account_id}, ${fresh.patient_id},
      ${fresh.extra_s}, ${fresh.opened_at})
    on conflict (room_id, account_id, patient_id) do update set extra_s = excluded.extra_s
    returning id, id = ${fresh.id} as is_new, version`);
}

/** Stores the appeal of a case of this account; the first words stand. */
export async function saveAppeal(
  tx: Tx,
  appeal: { case_id: string; account_id: string; sealed_appeal: Uint8Array; at: Date },
): Promise<{ room_id: string; patient_id: string; version: number; is_new: boolean } | undefined> {
  return tx.maybe(sql`
    update gate.slow_case set
      sealed_appeal = coalesce(sealed_appeal, ${Buffer.from(appeal.sealed_appeal)}),
      appealed_at = coalesce(appealed_at, ${appeal.at}),
      version = version + (appealed_at is null)::int
    where id = ${appeal.case_id} and account_id = ${appeal.account_id}
    returning room_id, patient_id, version, appealed_at = ${appeal.at} as is_new`);
}
