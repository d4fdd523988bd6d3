import { getServices } from '../schedule/index.ts';
import { type Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import { databaseError, type Db } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { oneWorkingDayAfter } from '../platform/working-days.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { reviewNeedsOther, reviewOpen, reviewUnknown } from './errors.ts';
import {
  appealReview,
  decideReview,
  insertReview,
  openReviews,
  reviewById,
  reviewsOfPatients,
  type ReviewRow,
} from './store-review.ts';

export type ReviewContext = { db: Db; clock: Clock; random: Random; fields: FieldCrypto };

const purpose = { record: 'release.review.record', appeal: 'release.review.appeal' };

/** By when a clinician has read a record. */
export const oneWorkingDay = oneWorkingDayAfter;

/**
 * Hands in a record (资料预审) for a group whose draws ask for one; a clinician answers within one
 * working day. The text is sealed.
 * @throws Problem release/review-open.
 */
export async function submitReview(
  ctx: ReviewContext,
  input: {
    hospital_id: string;
    draw_group: string;
    patient_id: string;
    record: string;
    actor: string;
  },
): Promise<{ review_id: string; due_at: Date }> {
  const at = ctx.clock.now();
  const id = newId(ctx);
  const due_at = oneWorkingDayAfter(at);
  const { record, actor, ...kept } = input;
  await ctx.db.tx(async (tx) => {
    const stored = await insertReview(tx, {
      ...kept,
      id,
      submitted_by: actor,
      submitted_at: at,
      due_at,
      sealed_record: Buffer.from(
        ctx.fields.sealFor(input.patient_id, record, purpose.record),
      ).toString('hex'),
    });
    if (!stored) throw new Problem(reviewOpen);
    await tell(tx, ctx, { ...kept, id, version: 1 }, { state: 'waiting', actor });
  });
  return { review_id: id, due_at };
}

type Told = { id: string; hospital_id: string; patient_id: string; version: number };

function tell(
  tx: Parameters<typeof appendEvents>[0],
  ctx: ReviewContext,
  row: Told,
  what: { state: string; actor: string },
): Promise<unknown> {
  return appendEvents(tx, ctx, [
    {
      name: 'release.review.changed',
      hospital_id: row.hospital_id,
      subject: `review:${row.id}`,
      version: row.version,
      person_id: row.patient_id,
      actor: what.actor,
      payload: { review_id: row.id, state: what.state },
    },
  ]);
}

/**
 * A clinician's answer. A refusal gives a reason and names another clinic; an appeal is decided by
 * somebody else than who refused.
 * @throws Problem release/review-unknown, review-needs-other.
 */
export async function answerReview(
  ctx: ReviewContext,
  input: {
    review_id: string;
    hospital_id: string;
    accept: boolean;
    reason: string | null;
    other_service_id: string | null;
    actor: string;
  },
): Promise<void> {
  const { accept, reason, other_service_id, actor } = input;
  if (!accept) {
    const known = other_service_id ? await getServices(ctx.db, [other_service_id]) : [];
    if ((reason ?? '').trim().length < 2 || known.length === 0) throw new Problem(reviewNeedsOther);
  }
  const state = accept ? 'accepted' : 'refused';
  await ctx.db.tx(async (tx) => {
    const row = await decideReview(tx, {
      id: input.review_id,
      hospital_id: input.hospital_id,
      state,
      decided_by: actor,
      at: ctx.clock.now(),
      reason,
      other_service_id,
    });
    if (!row) throw new Problem(reviewUnknown);
    await tell(tx, ctx, row, { state, actor });
  });
}

/** The patient disagrees with a refusal, once. @throws Problem release/review-unknown, review-open. */
export async function appeal(
  ctx: ReviewContext,
  input: {
    review_id: string;
    text: string;
    actor: string;
    mine: (row: ReviewRow) => Promise<boolean>;
  },
): Promise<void> {
  const known = await reviewById(ctx.db, input.review_id);
  if (!known || !(await input.mine(known))) throw new Problem(reviewUnknown);
  try {
    await ctx.db.tx(async (tx) => {
      const row = await appealReview(tx, {
        id: input.review_id,
        sealed_appeal: Buffer.from(
          ctx.fields.sealFor(known.patient_id, input.text, purpose.appeal),
        ).toString('hex'),
        due_at: oneWorkingDayAfter(ctx.clock.now()),
      });
      if (!row) throw new Problem(reviewUnknown);
      await tell(tx, ctx, row, { state: 'appealed', actor: input.actor });
    });
  } catch (error) {
    if (databaseError(error)?.constraint === 'pre_review_open') throw new Problem(reviewOpen);
    throw error;
  }
}

function view(ctx: ReviewContext, row: ReviewRow) {
  return {
    review_id: row.id,
    patient_id: row.patient_id,
    draw_group: row.draw_group,
    state: row.state,
    submitted_at: row.submitted_at,
    due_at: row.due_at,
    decided_at: row.decided_at,
    reason: row.reason,
    other_service_id: row.other_service_id,
    record: ctx.fields.open(row.sealed_record, purpose.record),
    appeal: row.sealed_appeal && ctx.fields.open(row.sealed_appeal, purpose.appeal),
  };
}

export type ReviewView = ReturnType<typeof view>;

/** The records of some patients with their answers, newest first. */
export async function reviewsOf(ctx: ReviewContext, patient_ids: string[]): Promise<ReviewView[]> {
  return (await reviewsOfPatients(ctx.db, patient_ids)).map((row) => view(ctx, row));
}

/** What waits for a clinician of a hospital, the most urgent first. */
export async function reviewsToAnswer(
  ctx: ReviewContext,
  hospital_id: string,
): Promise<ReviewView[]> {
  return (await openReviews(ctx.db, hospital_id)).map((row) => view(ctx, row));
}
