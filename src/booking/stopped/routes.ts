import { Type } from 'typebox';
import { accountOf, idempotencyOf, type App } from '../../platform/http.ts';
import type { BookingContext } from '../for-account.ts';
import { declineRebooking, listMyRebookings, listMySubstitutes, refuseSubstitute } from './mine.ts';

const tags = ['booking'];
const Id = Type.String({ format: 'uuid' });
const Nullable = Type.Union([Type.String(), Type.Null()]);

const Rebookings = Type.Object({
  rebookings: Type.Array(
    Type.Object({
      rebooking_id: Id,
      patient_name_masked: Type.String(),
      service_name: Type.String(),
      service_date: Type.String(),
      state: Type.Enum(['waiting', 'offered', 'taken', 'ended']),
      offer: Type.Union([
        Type.Object({
          appointment_id: Id,
          service_name: Type.String(),
          practitioner_name: Nullable,
          service_date: Type.String(),
          starts_at: Type.String(),
          until: Type.String(),
        }),
        Type.Null(),
      ]),
    }),
  ),
});

const Substitutes = Type.Object({
  substitutes: Type.Array(
    Type.Object({
      appointment_id: Id,
      patient_name_masked: Type.String(),
      service_name: Type.String(),
      service_date: Type.String(),
      starts_at: Type.String(),
      practitioner_name: Nullable,
      practitioner_title: Nullable,
    }),
  ),
});

/** What people whose clinic was stopped (停诊) or changed hands (替诊) can choose. */
export function stoppedRoutes(app: App, ctx: BookingContext): void {
  const config = { permission: 'account' };
  app.get(
    '/api/rebookings',
    {
      config,
      schema: { tags, summary: '停诊后优先为我留的号', response: { 200: Rebookings } },
    },
    async (request) => ({
      rebookings: await listMyRebookings(ctx, accountOf(request).account_id),
    }),
  );
  app.post(
    '/api/rebookings/:rebooking_id/decline',
    {
      config,
      schema: {
        tags,
        summary: '停诊后不再要号（不计入任何记录）',
        params: Type.Object({ rebooking_id: Id }),
        response: { 200: Rebookings },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      const idempotency = idempotencyOf(request);
      await declineRebooking(ctx, { account_id, ...request.params, idempotency });
      return { rebookings: await listMyRebookings(ctx, account_id) };
    },
  );
  app.get(
    '/api/substitutes',
    {
      config,
      schema: { tags, summary: '换了医生（替诊）的预约', response: { 200: Substitutes } },
    },
    async (request) => ({
      substitutes: await listMySubstitutes(ctx, accountOf(request).account_id),
    }),
  );
  app.post(
    '/api/appointments/:appointment_id/refuse-substitute',
    {
      config,
      schema: {
        tags,
        summary: '不接受替诊：全额退费，不算退号',
        params: Type.Object({ appointment_id: Id }),
        response: { 200: Substitutes },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      await refuseSubstitute(ctx, { account_id, ...request.params });
      return { substitutes: await listMySubstitutes(ctx, account_id) };
    },
  );
}
