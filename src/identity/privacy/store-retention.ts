import type { Queryable } from '../../platform/db.ts';
import { sql } from '../../platform/sql.ts';

/** Days each kind of row of identity and platform is kept. */
const retainedFor = {
  sign_in_code: 7,
  real_name_attempt: 30,
  outbox_message: 7,
  session: 180,
  idempotent_answer: 7,
  data_request: 1095,
} as const;

/** Deletes what is older than its time. @returns rows by what they were. */
export async function sweepIdentity(db: Queryable, at: Date): Promise<Record<string, number>> {
  const before = (days: number): Date => new Date(at.getTime() - days * 86_400_000);
  return {
    'identity.sign_in_code': await db.run(sql`delete from identity.sign_in_code
      where created_at < ${before(retainedFor.sign_in_code)}`),
    'identity.real_name_attempt': await db.run(sql`delete from identity.real_name_attempt
      where created_at < ${before(retainedFor.real_name_attempt)}`),
    'identity.outbox_message': await db.run(sql`delete from identity.outbox_message
      where created_at < ${before(retainedFor.outbox_message)}`),
    // Who signed in when is a log: kept for six months after the session ended.
    'identity.session': await db.run(sql`delete from identity.session
      where coalesce(ended_at, expires_at) < ${before(retainedFor.session)}`),
    'identity.data_request': await db.run(sql`delete from identity.data_request
      where answered_at < ${before(retainedFor.data_request)}`),
    'platform.idempotent_answer': await db.run(sql`delete from platform.idempotency
      where created_at < ${before(retainedFor.idempotent_answer)}`),
  };
}
