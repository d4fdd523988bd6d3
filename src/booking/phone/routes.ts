import { Type } from 'typebox';
import { actorOf, hospitalOf, idempotencyOf, type App } from '../../platform/http.ts';
import type { BookingContext } from '../for-account.ts';
import { Visit } from '../schema.ts';
import { readVisit } from '../visits.ts';
import { listCallers, readNotes, takeCall } from './take-call.ts';

const tags = ['booking'];
const Id = Type.String({ format: 'uuid' });
const config = { permission: 'booking.window' };

const CallRequest = Type.Object({
  session_id: Id,
  slot_id: Type.Optional(Type.Union([Id, Type.Null()])),
  patient_id: Id,
  /** The number somebody calls from; kept as a keyed index only. */
  caller: Type.String({ minLength: 5, maxLength: 20 }),
  note: Type.Optional(Type.String({ maxLength: 200 })),
});
const CallReply = Type.Object({
  visit: Visit,
  caller_people: Type.Integer(),
  sign: Type.Boolean(),
});
const Callers = Type.Object({
  callers: Type.Array(
    Type.Object({
      caller: Type.String(),
      people: Type.Integer(),
      calls: Type.Integer(),
      last_at: Type.String({ format: 'date-time' }),
    }),
  ),
});
const Notes = Type.Object({
  notes: Type.Array(
    Type.Object({
      appointment_id: Id,
      taken_at: Type.String({ format: 'date-time' }),
      note: Type.String(),
    }),
  ),
});

/** 电话预约: a clerk books for a caller. */
export function phoneRoutes(app: App, ctx: BookingContext): void {
  app.post(
    '/api/staff/phone-bookings',
    {
      config,
      schema: {
        tags,
        summary: '电话预约（登记来电号码；同一号码为多人预约只作提示，不拒绝）',
        body: CallRequest,
        response: { 200: CallReply },
      },
    },
    async (request) => {
      const by = { hospital_id: hospitalOf(request), actor: actorOf(request) };
      const { slot_id = null, ...body } = request.body;
      const idempotency = idempotencyOf(request);
      const taken = await takeCall(ctx, { ...by, ...body, slot_id, idempotency });
      return { ...taken, visit: await readVisit(ctx, { ...by, ...taken }) };
    },
  );
  app.get(
    '/api/staff/phone-callers',
    {
      config,
      schema: { tags, summary: '近 30 天为多人预约的来电', response: { 200: Callers } },
    },
    async (request) => ({ callers: await listCallers(ctx, hospitalOf(request)) }),
  );
  app.get(
    '/api/staff/patients/:patient_id/phone-notes',
    {
      config,
      schema: {
        tags,
        summary: '电话预约时的备注（查阅留记录）',
        params: Type.Object({ patient_id: Id }),
        response: { 200: Notes },
      },
    },
    async (request) => {
      const by = { hospital_id: hospitalOf(request), actor: actorOf(request) };
      return { notes: await readNotes(ctx, { ...by, ...request.params }) };
    },
  );
}
