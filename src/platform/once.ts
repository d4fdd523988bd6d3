import type { Clock } from './clock.ts';
import { databaseError, type Db } from './db.ts';
import { keyReused, type Idempotency } from './idempotency.ts';
import { Problem } from './problem.ts';
import { sql } from './sql.ts';

type Stored = { fingerprint: string; answer: unknown };

async function find(db: Db, { scope, key }: Idempotency): Promise<Stored | undefined> {
  return db.maybe<Stored>(
    sql`select fingerprint, answer from platform.idempotency where scope = ${scope} and key = ${key}`,
  );
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
  const known = await find(ctx.db, idempotency);
  if (known) {
    if (known.fingerprint !== idempotency.fingerprint) throw new Problem(keyReused);
    return known.answer as Answer;
  }
  const answer = await work();
  await ctx.db
    .run(
      sql`insert into platform.idempotency (scope, key, fingerprint, answer, created_at)
        values (${idempotency.scope}, ${idempotency.key}, ${idempotency.fingerprint},
          ${JSON.stringify(answer)}::jsonb, ${ctx.clock.now()})`,
    )
    .catch((error: unknown) => {
      // The same request raced itself; both did the work its constraints allow.
      if (databaseError(error)?.code !== '23505') throw error;
    });
  return answer;
}
