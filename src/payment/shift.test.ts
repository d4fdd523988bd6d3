import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { payVisitCash, refundVisitCash } from '../booking/pay-visit.ts';
import { step } from '../booking/step.ts';
import { paymentWorld } from '../../test/support/payments.ts';
import { Problem } from '../platform/problem.ts';
import { sql } from '../platform/sql.ts';
import { endShift, listShifts, openShift } from './shift.ts';

let world: Awaited<ReturnType<typeof paymentWorld>>;
before(async () => {
  world = await paymentWorld('shift');
});
after(() => world.stop());

const clerk = (actor = 'staff:test') => ({ hospital_id: world.hospital_id, actor });
const cash = (appointment_id: string, receipt_number: string) =>
  payVisitCash(world.ctx, { ...world.by, appointment_id, receipt_number });

test('a clerk’s drawer is counted against what went through it; a difference needs a word and stays written', async () => {
  const { ctx } = world;
  const [kept, given] = [await world.visit('booked'), await world.visit('booked')];
  await cash(kept.appointment_id, 'A1');
  await cash(given.appointment_id, 'A2');
  const cancel = { actor: 'staff:test', idempotency: world.key() };
  await step(ctx, 'cancel', { ...cancel, appointment_id: given.appointment_id });
  await world.pass(700);
  const { appointment_id } = given;
  await refundVisitCash(ctx, { ...world.by, appointment_id, receipt_number: 'R1' });
  const { began_at: _, ...open } = await openShift(ctx, clerk());
  assert.deepEqual(open, { received: 2, received_fen: 12000, refunded: 1, refunded_fen: 6000 });
  assert.equal((await openShift(ctx, clerk('staff:other'))).received, 0);
  const wrong = endShift(ctx, { ...clerk(), float_fen: 20000, counted_fen: 25000, note: ' ' });
  await assert.rejects(
    wrong,
    (error) => error instanceof Problem && error.kind.code === 'payment/shift-needs-note',
  );
  const note = '少收 10 元，已报班长';
  const ended = await endShift(ctx, { ...clerk(), float_fen: 20000, counted_fen: 25000, note });
  assert.deepEqual([ended.expected_fen, ended.difference_fen], [26000, -1000]);
  world.later(60);
  assert.equal((await openShift(ctx, clerk())).received, 0, 'the next shift begins at nothing');
  await cash((await world.visit('booked')).appointment_id, 'A3');
  const counted = { ...clerk(), float_fen: 0, counted_fen: 6000, note: null };
  const [one, two] = await Promise.allSettled([endShift(ctx, counted), endShift(ctx, counted)]);
  assert.deepEqual([one.status, two.status].sort(), ['fulfilled', 'rejected']);
  assert.equal((await listShifts(ctx, { ...clerk(), actor: null })).length, 2);
  await assert.rejects(ctx.db.run(sql`update payment.cash_shift set counted_fen = 0`));
  assert.deepEqual(await world.swept(), []);
});
