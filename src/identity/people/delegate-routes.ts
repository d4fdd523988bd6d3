import { Type } from 'typebox';
import { accountOf, actorOf, hospitalOf, type App } from '../../platform/http.ts';
import type { IdentityContext } from '../types.ts';
import { readDelegateActs, stopHelping } from './delegate-acts.ts';
import * as schema from './schema.ts';

const tags = ['identity'];
const Id = Type.String({ format: 'uuid' });

const Acts = Type.Object({
  acts: Type.Array(
    Type.Object({
      act_id: Id,
      kind: Type.Enum(['added', 'booked']),
      name_masked: Type.String(),
      document_masked: Type.String(),
      acted_at: Type.String({ format: 'date-time' }),
    }),
  ),
});

/** A helper stops by themselves. */
export function helperEndRoutes(app: App, ctx: IdentityContext): void {
  app.post(
    '/api/delegate/end',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: 'Stop helping, or withdraw the application; bookings stay with the patients',
        response: { 200: schema.Done },
      },
    },
    async (request) => {
      await stopHelping(ctx, accountOf(request).account_id);
      return { done: true };
    },
  );
}

/** What a helper did, for the office. */
export function delegateActRoutes(app: App, ctx: IdentityContext): void {
  app.get(
    '/api/staff/delegates/:delegate_id/acts',
    {
      config: { permission: 'delegate.approve' },
      schema: {
        tags,
        summary: 'What this helper did: whom they added and booked for, and when; recorded',
        params: Type.Object({ delegate_id: Id }),
        response: { 200: Acts },
      },
    },
    async (request) => {
      const acts = await readDelegateActs(ctx, {
        ...request.params,
        ...{ hospital_id: hospitalOf(request), actor: actorOf(request) },
      });
      return { acts: acts.map((act) => ({ ...act, acted_at: act.acted_at.toISOString() })) };
    },
  );
}
