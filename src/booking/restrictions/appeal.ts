import { mayActFor } from '../../identity/index.ts';
import type { FieldCrypto } from '../../platform/crypto/index.ts';
import type { Db } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import { clearRestriction } from './clear.ts';
import {
  appealDecided,
  appealNotOwn,
  appealOpen,
  appealUnknown,
  restrictionUnknown,
} from './errors.ts';
import type { RecountContext } from './recount.ts';
import { answerDue } from './rules.ts';
import { restrictionById } from './store.ts';
import {
  decideAppealRow,
  hadPart,
  insertAppeal,
  lockAppeal,
  type AppealRow,
} from './store-appeal.ts';

export type AppealContext = RecountContext & { db: Db; fields: FieldCrypto };

const purpose = { text: 'booking.appeal.text', answer: 'booking.appeal.answer' };

/** What a patient wrote: what happened, and which paper shows it. */
export type AppealText = { text: string; document: string | null };

/**
 * Objects to a running restriction of a patient the account may act for; somebody answers within one
 * working day. Words are sealed under the person's key.
 * @throws Problem booking/restriction-unknown, appeal-open.
 */
export async function appeal(
  ctx: AppealContext,
  input: AppealText & { restriction_id: string; account_id: string },
): Promise<{ appeal_id: string; due_at: Date }> {
  const at = ctx.clock.now();
  const found = await restrictionById(ctx.db, input.restriction_id);
  const runs = found && found.lifted_at === null && found.ends_at > at;
  if (!runs || !(await mayActFor(ctx.db, input.account_id, found.patient_id)))
    throw new Problem(restrictionUnknown);
  const { hospital_id, patient_id, id: restriction_id } = found;
  const [id, due_at, actor] = [newId(ctx), answerDue(at), `account:${input.account_id}`];
  const words = JSON.stringify({ text: input.text, document: input.document });
  await ctx.db.tx(async (tx) => {
    const written = await insertAppeal(tx, {
      ...{ id, hospital_id, restriction_id, patient_id, appealed_at: at, due_at },
      sealed_text: ctx.fields.sealFor(patient_id, words, purpose.text),
      appealed_by: actor,
    });
    if (!written) throw new Problem(appealOpen);
    await appendEvents(tx, ctx, [
      {
        name: 'booking.restriction.appealed',
        hospital_id,
        subject: `appeal:${id}`,
        version: 1,
        person_id: patient_id,
        actor,
        payload: { appeal_id: id, restriction_id, due_at: due_at.toISOString() },
      },
    ]);
  });
  return { appeal_id: id, due_at };
}

/**
 * Answers an appeal. Upheld, the visits it was about are forgiven and the restriction falls; the
 * patient reads the answer either way. Nobody decides twice: who recorded what is counted, or answered
 * an earlier appeal against it, leaves it to a colleague.
 * @throws Problem booking/appeal-unknown, appeal-decided, appeal-not-own.
 */
export async function decideAppeal(
  ctx: AppealContext,
  input: {
    appeal_id: string;
    hospital_id: string;
    uphold: boolean;
    answer: string;
    actor: string;
  },
): Promise<void> {
  const { hospital_id, uphold: upheld, answer, actor } = input;
  await ctx.db.tx(async (tx) => {
    const row = await lockAppeal(tx, { id: input.appeal_id, hospital_id });
    if (!row) throw new Problem(appealUnknown);
    if (row.state !== 'open') throw new Problem(appealDecided);
    const { id, patient_id, restriction_id } = row;
    const sealed_answer = ctx.fields.sealFor(patient_id, answer, purpose.answer);
    const before = { appeal_id: id, restriction_id, actor };
    if (await hadPart(tx, before)) throw new Problem(appealNotOwn);
    const at = ctx.clock.now();
    const { version } = await decideAppealRow(tx, { id, upheld, sealed_answer, actor, at });
    const restriction = upheld ? await restrictionById(tx, restriction_id) : undefined;
    if (restriction) await clearRestriction(tx, ctx, restriction, { reason: 'appeal', actor });
    await appendEvents(tx, ctx, [
      {
        name: 'booking.restriction.appeal-decided',
        hospital_id,
        subject: `appeal:${id}`,
        version,
        person_id: patient_id,
        actor,
        payload: { appeal_id: id, restriction_id, upheld },
      },
    ]);
  });
}

/** The words of an appeal, as patients and staff read them. */
export function openAppeal(
  ctx: { fields: FieldCrypto },
  row: AppealRow,
): AppealText & { answer: string | null } {
  const words = JSON.parse(ctx.fields.open(row.sealed_text, purpose.text)) as AppealText;
  const answer = row.sealed_answer && ctx.fields.open(row.sealed_answer, purpose.answer);
  return { ...words, answer };
}
