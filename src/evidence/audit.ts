import type { Db } from '../platform/db.ts';
import { readAudit, type AuditRow } from './store.ts';

/**
 * One page of what happened, newest first: ids, names and leaf numbers, no payloads. Staff of one
 * hospital see its events only; `hospital_id` null sees all.
 */
export async function auditPage(
  ctx: { db: Db },
  input: {
    hospital_id: string | null;
    subject?: string | undefined;
    before?: string | undefined;
    limit?: number | undefined;
  },
): Promise<{ events: AuditRow[]; next: string | null }> {
  const limit = input.limit ?? 50;
  const events = await readAudit(ctx.db, {
    hospital_id: input.hospital_id,
    subject: input.subject ?? null,
    before: input.before ?? null,
    limit,
  });
  return { events, next: events.length < limit ? null : (events.at(-1)?.id ?? null) };
}
