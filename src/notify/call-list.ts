import { maskedPatients, readPatient } from '../identity/index.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import { noticeUnknown } from './errors.ts';
import type { Kind } from './kinds.ts';
import { insertCall, noticeOfHospital, unreached, type CallOutcome } from './store-calls.ts';
import { sealedAs, type NotifyContext } from './types.ts';

/** Somebody who has an account gets so long to see the notice there before they are called. */
export const unread_minutes = 60;
const list_max = 200;

/** Somebody whom no message reached; `until` as ISO 8601, after which it is too late to help. */
export type ToCall = {
  notice_id: string;
  kind: Kind;
  title: string;
  name_masked: string;
  age: number | null;
  at: string;
  until: string | null;
  calls: number;
  last_outcome: CallOutcome | null;
};

/** Who must hear of something and did not: every way failed, or there is none. The most urgent first. */
export async function listToCall(ctx: NotifyContext, hospital_id: string): Promise<ToCall[]> {
  const at = ctx.clock.now();
  const unread_since = new Date(at.getTime() - unread_minutes * 60_000);
  const rows = await unreached(ctx.db, { hospital_id, at, unread_since, limit: list_max });
  const people = await maskedPatients(
    ctx,
    rows.map((row) => row.patient_id),
  );
  return rows.map((row) => ({
    notice_id: row.id,
    kind: row.kind,
    title: ctx.fields.open(row.sealed_title, sealedAs.title),
    name_masked: people.get(row.patient_id)?.name_masked ?? '',
    age: people.get(row.patient_id)?.age ?? null,
    at: row.created_at.toISOString(),
    until: row.expires_at?.toISOString() ?? null,
    calls: row.calls,
    last_outcome: row.last_outcome,
  }));
}

/**
 * The phone to call and what to say; that it was read is recorded.
 * @throws Problem notify/notice-unknown when it is not a notice of this hospital.
 */
export async function openCall(
  ctx: NotifyContext,
  input: { notice_id: string; hospital_id: string; actor: string },
): Promise<{ phone: string | null; text: string }> {
  const { notice_id, hospital_id, actor } = input;
  const row = await noticeOfHospital(ctx.db, { notice_id, hospital_id });
  if (!row) throw new Problem(noticeUnknown);
  const { phone } = await readPatient(ctx, row.patient_id, { actor, purpose: 'call', hospital_id });
  return { phone, text: ctx.fields.open(row.sealed_text, sealedAs.text) };
}

/**
 * Notes a call and what came of it. `reached`, `no_phone` and `wrong_number` end the row.
 * @throws Problem notify/notice-unknown.
 */
export async function logCall(
  ctx: NotifyContext,
  input: { notice_id: string; hospital_id: string; actor: string; outcome: CallOutcome },
): Promise<{ outcome: CallOutcome }> {
  const { hospital_id, actor, outcome, notice_id } = input;
  await ctx.db.tx(async (tx) => {
    const call = await insertCall(tx, { ...input, id: newId(ctx), at: ctx.clock.now() });
    if (!call) throw new Problem(noticeUnknown);
    await appendEvents(tx, ctx, [
      {
        name: 'notify.call.logged',
        hospital_id,
        subject: `notice:${notice_id}`,
        version: call.nth,
        person_id: call.patient_id,
        actor,
        payload: { notice_id, outcome },
      },
    ]);
  });
  return { outcome };
}
