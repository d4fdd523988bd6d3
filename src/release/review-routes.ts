import { listPatients, maskedPatients, mayActFor } from '../identity/index.ts';
import { accountOf, actorOf, hospitalOf, idempotencyOf, type App } from '../platform/http.ts';
import { once } from '../platform/once.ts';
import { Problem } from '../platform/problem.ts';
import type { ReleaseContext } from './announce.ts';
import { notYourPatient } from './errors.ts';
import {
  answerReview,
  appeal,
  reviewsOf,
  reviewsToAnswer,
  submitReview,
  type ReviewView,
} from './pre-review.ts';
import { State } from './schema.ts';
import * as schema from './wish-schema.ts';

const tags = ['release'];

async function named(ctx: ReleaseContext, reviews: ReviewView[]) {
  const people = await maskedPatients(
    ctx,
    reviews.map((review) => review.patient_id),
  );
  return reviews.map((review) => ({
    ...review,
    patient_name_masked: people.get(review.patient_id)?.name_masked ?? '',
  }));
}

/** 资料预审: hand a record in, see the answer, appeal; clinicians answer. */
export function reviewRoutes(app: App, ctx: ReleaseContext): void {
  patientRoutes(app, ctx);
  clinicianRoutes(app, ctx);
}

function patientRoutes(app: App, ctx: ReleaseContext): void {
  app.post(
    '/api/reviews',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'Hand in a record for a clinic that reviews before it draws',
        body: schema.ReviewBody,
        response: { 200: schema.ReviewMade },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      if (!(await mayActFor(ctx.db, account_id, request.body.patient_id)))
        throw new Problem(notYourPatient);
      const actor = actorOf(request);
      return once(ctx, idempotencyOf(request), () => submitReview(ctx, { ...request.body, actor }));
    },
  );
  app.get(
    '/api/reviews',
    {
      config: { permission: 'account' },
      schema: { tags, summary: 'Records I handed in', response: { 200: schema.Reviews } },
    },
    async (request) => {
      const patients = await listPatients(ctx, accountOf(request).account_id);
      const ids = patients.map((patient) => patient.patient_id);
      return { reviews: await named(ctx, await reviewsOf(ctx, ids)) };
    },
  );
  app.post(
    '/api/reviews/:review_id/appeal',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'Disagree with a refusal, once; another clinician decides',
        params: schema.ReviewParams,
        body: schema.AppealBody,
        response: { 200: State },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      await appeal(ctx, {
        ...request.params,
        ...request.body,
        actor: actorOf(request),
        mine: (row) => mayActFor(ctx.db, account_id, row.patient_id),
      });
      return { state: 'appealed' };
    },
  );
}

function clinicianRoutes(app: App, ctx: ReleaseContext): void {
  app.get(
    '/api/staff/reviews',
    {
      config: { permission: 'review.answer' },
      schema: {
        tags,
        summary: 'Records that wait for an answer',
        response: { 200: schema.Reviews },
      },
    },
    async (request) => ({
      reviews: await named(ctx, await reviewsToAnswer(ctx, hospitalOf(request))),
    }),
  );
  app.post(
    '/api/staff/reviews/:review_id',
    {
      config: { permission: 'review.answer' },
      schema: {
        tags,
        summary: 'Accept a record, or refuse it with a reason and another clinic',
        params: schema.ReviewParams,
        body: schema.AnswerBody,
        response: { 200: State },
      },
    },
    async (request) => {
      const { accept, reason = null, other_service_id = null } = request.body;
      await answerReview(ctx, {
        ...request.params,
        accept,
        reason,
        other_service_id,
        hospital_id: hospitalOf(request),
        actor: actorOf(request),
      });
      return { state: accept ? 'accepted' : 'refused' };
    },
  );
}
