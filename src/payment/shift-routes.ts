import { Type } from 'typebox';
import { actorOf, hospitalOf, idempotencyOf, type App } from '../platform/http.ts';
import { once } from '../platform/once.ts';
import type { PaymentContext } from './model.ts';
import { endShift, listShifts, openShift } from './shift.ts';
import type { ShiftRow } from './store-shift.ts';

const tags = ['payment'];
const Instant = Type.String({ format: 'date-time' });
const Fen = Type.Integer({ minimum: 0, maximum: 100_000_000 });
const moved = {
  received: Type.Integer(),
  received_fen: Type.Integer(),
  refunded: Type.Integer(),
  refunded_fen: Type.Integer(),
};
const Shift = Type.Object({
  ...moved,
  shift_id: Type.String(),
  actor: Type.String(),
  began_at: Instant,
  ended_at: Instant,
  float_fen: Type.Integer(),
  counted_fen: Type.Integer(),
  difference_fen: Type.Integer(),
  note: Type.Union([Type.String(), Type.Null()]),
});
const Open = Type.Object({
  open: Type.Object({ ...moved, began_at: Instant }),
  shifts: Type.Array(Shift),
});
const EndRequest = Type.Object({
  /** 备用金: what was in the drawer when the shift began. */
  float_fen: Fen,
  counted_fen: Fen,
  note: Type.Optional(Type.Union([Type.String({ maxLength: 200 }), Type.Null()])),
});
const Ended = Type.Object({
  shift_id: Type.String(),
  expected_fen: Type.Integer(),
  difference_fen: Type.Integer(),
});

const replied = (row: ShiftRow) => ({
  ...row,
  began_at: row.began_at.toISOString(),
  ended_at: row.ended_at.toISOString(),
});

/** 交班: a clerk counts the drawer; whoever reconciles sees every count. */
export function shiftRoutes(app: App, ctx: PaymentContext): void {
  app.get(
    '/api/staff/cash-shift',
    {
      config: { permission: 'payment.cash' },
      schema: { tags, summary: '我这一班的现金收退，与以往交班', response: { 200: Open } },
    },
    async (request) => {
      const by = { hospital_id: hospitalOf(request), actor: actorOf(request) };
      const [open, shifts] = await Promise.all([openShift(ctx, by), listShifts(ctx, by)]);
      const began_at = open.began_at.toISOString();
      return { open: { ...open, began_at }, shifts: shifts.map(replied) };
    },
  );
  app.post(
    '/api/staff/cash-shift',
    {
      config: { permission: 'payment.cash' },
      schema: { tags, summary: '清点交班', body: EndRequest, response: { 200: Ended } },
    },
    (request) => {
      const by = { hospital_id: hospitalOf(request), actor: actorOf(request) };
      const { note = null, ...counted } = request.body;
      return once(ctx, idempotencyOf(request), () => endShift(ctx, { ...by, ...counted, note }));
    },
  );
  app.get(
    '/api/staff/cash-shifts',
    {
      config: { permission: 'payment.reconcile' },
      schema: {
        tags,
        summary: '全院窗口交班清点',
        response: { 200: Type.Object({ shifts: Type.Array(Shift) }) },
      },
    },
    async (request) => {
      const all = await listShifts(ctx, { hospital_id: hospitalOf(request), actor: null });
      return { shifts: all.map(replied) };
    },
  );
}
