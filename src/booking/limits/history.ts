import { addDays, shanghaiDate, type Clock } from '../../platform/clock.ts';
import type { FieldCrypto } from '../../platform/crypto/index.ts';
import type { Db } from '../../platform/db.ts';
import { personFacts } from '../../identity/index.ts';
import type { HistoryVisit } from './dry-run.ts';
import { selectHistory } from './store.ts';

/** A hospital's bookings of the last so many days, with ages and without names. */
export async function historyOf(
  ctx: { db: Db; clock: Clock; fields: FieldCrypto },
  input: { hospital_id: string; days: number },
): Promise<HistoryVisit[]> {
  const from = addDays(shanghaiDate(ctx.clock.now()), -input.days);
  const rows = await selectHistory(ctx.db, { hospital_id: input.hospital_id, from });
  const facts = await personFacts(ctx, [...new Set(rows.map((row) => row.patient))]);
  return rows.map((row) => ({ ...row, age: facts.get(row.patient)?.age ?? null }));
}
