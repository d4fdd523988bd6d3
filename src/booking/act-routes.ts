import { Type } from 'typebox';
import { accountOf, type App } from '../platform/http.ts';
import { dispute, listActs } from './acts.ts';
import type { BookingContext } from './for-account.ts';
import { Visit } from './schema.ts';

const tags = ['booking'];
const Id = Type.String({ format: 'uuid' });

const Acts = Type.Object({
  acts: Type.Array(
    Type.Object({
      visit: Visit,
      made_at: Type.String({ format: 'date-time' }),
      by: Type.Object({ kind: Type.String(), text: Type.String() }),
      dispute: Type.Union([Type.String(), Type.Null()]),
    }),
  ),
});

/** What was booked in a patient's name, and by whom. */
export function actRoutes(app: App, ctx: BookingContext): void {
  app.get(
    '/api/patients/:patient_id/acts',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '以这位就诊人的名义约过的号，以及是谁约的',
        params: Type.Object({ patient_id: Id }),
        response: { 200: Acts },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      return { acts: await listActs(ctx, { account_id, ...request.params }) };
    },
  );
  app.post(
    '/api/patients/:patient_id/acts/:appointment_id/dispute',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '「不是我约的」：请医院核查，不会自动取消这个号',
        params: Type.Object({ patient_id: Id, appointment_id: Id }),
        body: Type.Object({ note: Type.Optional(Type.String({ maxLength: 500 })) }),
        response: { 200: Type.Object({ case_id: Id }) },
      },
    },
    (request) => {
      const { account_id } = accountOf(request);
      return dispute(ctx, { account_id, ...request.params, ...request.body });
    },
  );
}
