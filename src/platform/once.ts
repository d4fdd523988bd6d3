import { sharedBatcher } from './batch.ts';
import type { Clock } from './clock.ts';
import type { Db } from './db.ts';
import { keyReused, type Idempotency } from './idempotency.ts';
import { Problem } from './problem.ts';
import { sql } from './sql.ts';

type Stored = { fingerprint: string; answer: unknown };
type Kept = Idempotency & { answer: unknown; at: Date };

/** Those who ask together are looked up together, and their answers kept with one commit. */
const finder = sharedBatcher<Idempotency, Stored | undefined>();
const keeper = sharedBatcher<Kept, void>();

async function find(db: Db, asked: Idempotency[]): Promise<(Stored | undefined)[]> {
  const rows = asked.map(({ scope, key }, ord) => ({ ord, scope, key }));
  const found = await db.many<Stored & { ord: number }>(sql`
    select r.ord, k.fingerprint, k.answer
    from json_to_recordset(${JSON.stringify(rows)}) as r(ord int, scope text, key text)
    cross join lateral (select i.fingerprint, i.answer from platform.idempotency i
      where i.scope = r.scope and i.key = r.key limit 1) k`);
  const byOrd = new Map(found.map(({ ord, ...stored }) => [ord, stored]));
  return asked.map((_, ord) => byOrd.get(ord));
}

/** The same request that raced itself is kept once: both did the work its constraints allow. */
async function keep(db: Db, kept: Kept[]): Promise<void[]> {
  await db.run(sql`
    insert into platform.idempotency (scope, key, fingerprint, answer, created_at)
    select scope, key, fingerprint, answer, at
    from json_to_recordset(${JSON.stringify(kept)}) as r(scope text, key text, fingerprint text, answer jsonb, at timestamptz)
    on conflict do nothing`);
  return kept.map(() => undefined);
}

/**
 * Gives the same answer to the same key for writes outside the hot path, whose own constraints make
 * a repetition harmless: the answer is stored after the work, so a crash between the two lets the
 * repetition meet those constraints instead. Refusals are not stored.
 * @throws Problem platform/idempotency-key-reused for another body under the same key.
 */
export async function once<Answer>(
  ctx: { db: Db; clock: Clock },
  idempotency: Idempotency,
  work: () => Promise<Answer>,
): Promise<Answer> {
  const { db } = ctx;
  const known = await finder(db, (asked) => find(db, asked)).submit(idempotency);
  if (known) {
    if (known.fingerprint !== idempotency.fingerprint) throw new Problem(keyReused);
    return known.answer as Answer;
  }
  const answer = await work();
  const kept = { ...idempotency, answer, at: ctx.clock.now() };
  await keeper(db, (answers) => keep(db, answers)).submit(kept);
  return answer;
}
