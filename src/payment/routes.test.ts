import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { scriptedChannel, type ScriptedChannel } from '../../test/support/scripted-channel.ts';
import { patientAt, staffAt, world, type Visitor } from '../../test/support/world.ts';
import { sql } from '../platform/sql.ts';
import { createPayment } from './payment.ts';
import { receiveBill } from './bills.ts';
import { tickPayment } from './tick.ts';

let clinic: Awaited<ReturnType<typeof world>>;
let wechat: ScriptedChannel;
let patient: Visitor;
let stranger: Visitor;
let patient_id: string;
let session_id: string;

before(async () => {
  clinic = await world('payment over HTTP', undefined, {}, (ctx) => {
    wechat = scriptedChannel('wechat', ctx.clock);
    ctx.payment = createPayment(ctx, { channels: [wechat.channel] });
  });
  const { population, db } = clinic.ctx;
  const person = population.syntheticPerson(7_000);
  patient = await patientAt(clinic.app, person.phone);
  ({ patient_id } = await patient.post('/api/patients', {
    name: person.name,
    document_type: 'resident_id',
    document_number: person.documentNumber,
    relation: 'self',
  }));
  stranger = await patientAt(clinic.app, population.syntheticPerson(7_001).phone);
  ({ session_id } = await db.one<{ session_id: string }>(sql`
    select s.session_id from booking.slot s join booking.session_stock t using (session_id)
    where s.state = 'free' and s.pool = 'online' and t.method = 'order'
      and s.starts_at > ${new Date(clinic.clock.now().getTime() + 86_400_000)}
    order by s.starts_at, s.session_id limit 1`));
});
after(() => clinic.stop());

const settle = async (): Promise<void> => {
  await clinic.ctx.outbox.drain();
  await tickPayment(clinic.ctx);
  await clinic.ctx.outbox.drain();
};

test('[R015] a patient holds, pays by code, and reads a booked visit and what was paid', async () => {
  const visit = await patient.post('/api/appointments', { session_id, patient_id });
  const path = `/api/appointments/${visit.appointment_id}`;
  const before_paying = await patient.get(`${path}/payment`);
  assert.deepEqual([before_paying.state, before_paying.order_id], ['none', null]);
  assert.equal(before_paying.due_fen, visit.fee_fen);
  const paying = await patient.post(`${path}/pay`, { channel: 'wechat' });
  assert.equal(paying.way.kind, 'qr');
  const refused = await patient.send('POST', `${path}/pay`, { channel: 'alipay' });
  assert.deepEqual([refused.status, refused.body.code], [422, 'payment/channel-unknown']);
  const order_number = wechat.pays(paying.way);
  const { body, headers } = wechat.callback({ about: 'payment', order_number });
  const url = '/api/payments/wechat/callback';
  const forged = await clinic.app.inject({ method: 'POST', url, payload: body });
  assert.equal(forged.statusCode, 401);
  for (const type of ['application/json', 'application/x-www-form-urlencoded']) {
    const all = { ...headers, 'content-type': type };
    const reply = await clinic.app.inject({ method: 'POST', url, payload: body, headers: all });
    assert.deepEqual([reply.statusCode, reply.body], [200, 'success']);
  }
  await settle();
  assert.equal((await patient.get(path)).status, 'booked');
  const money = await patient.get(`${path}/payment`);
  assert.deepEqual([money.state, money.paid_fen], ['paid', visit.fee_fen]);
  // Another person's visit is not found, to pay or to look at.
  assert.equal((await stranger.send('GET', `${path}/payment`)).status, 404);
  assert.equal((await stranger.send('POST', `${path}/pay`, { channel: 'wechat' })).status, 404);
  const changed = await patient.post(`${path}/fee-category`, { category: 'insured' });
  assert.deepEqual([changed.category, changed.state], ['insured', 'paid']);
});

test('[R004] a bill of the hospital system is listed, paid and shown as paid', async () => {
  const { hospitals } = await patient.get('/api/hospitals');
  const { bill_id } = await receiveBill(clinic.ctx, {
    hospital_id: hospitals[0].id,
    his_id: 'MZ-77',
    patient_id,
    lines: [{ code: 'lab', name: '检验费', amount_fen: 3200 }],
    issued_at: clinic.ctx.clock.now(),
  });
  const { bills } = await patient.get('/api/bills');
  assert.deepEqual([bills[0].bill_id, bills[0].state, bills[0].amount_fen], [bill_id, 'unpaid', 3200]); // prettier-ignore
  assert.equal((await patient.get(`/api/bills/${bill_id}/payment`)).state, 'none');
  const paying = await patient.post(`/api/bills/${bill_id}/pay`, { channel: 'wechat' });
  wechat.pays(paying.way);
  clinic.clock.set(new Date(clinic.clock.now().getTime() + 5_000));
  assert.equal((await patient.get(`/api/bills/${bill_id}/payment`)).state, 'paid');
  assert.equal((await patient.get('/api/bills')).bills[0].state, 'paid');
});

test('[R018] whoever says at the window that a number is not taken back has the cash at once, and for good', async () => {
  const clerk = await staffAt(clinic.app, 'clerk');
  const found = await clinic.ctx.db.one<{ id: string }>(sql`
    select s.session_id as id from booking.slot s join booking.session_stock t using (session_id)
    where s.state = 'free' and s.pool = 'online' and t.method = 'order' and s.session_id <> ${session_id}
      and s.starts_at > ${new Date(clinic.clock.now().getTime() + 2 * 86_400_000)}
    order by s.starts_at, s.session_id limit 1`);
  const asked = { session_id: found.id, patient_id, confirm: true };
  const visit = await patient.post('/api/appointments', asked);
  const path = `/api/staff/appointments/${visit.appointment_id}`;
  const mine = `/api/appointments/${visit.appointment_id}`;
  await clerk.post(`${path}/pay-cash`, { receipt_number: 'B-1' });
  const early = await clerk.send('POST', `${path}/close-undo`, { said_by: 'patient' });
  assert.equal(early.body.code, 'booking/not-now'); // not cancelled
  await clerk.post(`${path}/cancel`);
  await settle();
  assert.ok((await clerk.get(`${path}/payment`)).refund_from);
  const waits = await clerk.send('POST', `${path}/refund-cash`, { receipt_number: 'B-2' });
  assert.equal(waits.body.code, 'payment/no-cash-refund');
  assert.equal((await patient.send('POST', `${path}/close-undo`, { said_by: 'patient' })).status, 403); // prettier-ignore
  // Closing races with the patient's own undoing on the phone: one of them happens, never both.
  const [closed, restored] = await Promise.all([
    clerk.send('POST', `${path}/close-undo`, { said_by: 'patient' }),
    patient.send('POST', `${mine}/restore`),
  ]);
  assert.equal([closed, restored].filter(({ status }) => status === 200).length, 1, JSON.stringify([closed.body, restored.body])); // prettier-ignore
  if (restored.status === 200) {
    await clerk.post(`${path}/cancel`);
    await clerk.post(`${path}/close-undo`, { said_by: 'patient' });
  } else assert.equal(restored.body.code, 'booking/undo-over');
  await clerk.post(`${path}/close-undo`, { said_by: 'patient' }); // twice changes nothing
  assert.equal((await patient.get(mine)).undo_until, null);
  assert.equal((await patient.send('POST', `${mine}/restore`)).body.code, 'booking/undo-over');
  const { refund_fen } = await clerk.post(`${path}/refund-cash`, { receipt_number: 'B-2' });
  assert.equal(refund_fen, visit.fee_fen);
  await settle();
  const events = await clinic.ctx.db.many<{ said_by: string; actor: string }>(sql`
    select payload ->> 'said_by' as said_by, actor from platform.event
    where name = 'booking.undo.closed' and payload ->> 'appointment_id' = ${visit.appointment_id}`);
  assert.deepEqual(events.map(({ said_by }) => said_by), ['patient']); // prettier-ignore
  assert.match(events[0]?.actor ?? '', /^staff:/);
});

test('the window takes cash and the office reconciles; neither may do the other’s work', async () => {
  const clerk = await staffAt(clinic.app, 'clerk');
  const office = await staffAt(clinic.app, 'manager');
  const { appointments } = await patient.get('/api/appointments');
  const visit = appointments.find(({ status }: { status: string }) => status === 'booked');
  const path = `/api/staff/appointments/${visit.appointment_id}`;
  assert.equal((await clerk.get(`${path}/payment`)).state, 'paid');
  const again = await clerk.send('POST', `${path}/pay-cash`, { receipt_number: 'A-1' });
  assert.equal(again.body.code, 'payment/nothing-due');
  const handed = await clerk.send('POST', `${path}/refund-cash`, { receipt_number: 'A-1' });
  assert.equal(handed.body.code, 'payment/no-cash-refund');
  assert.equal((await office.send('GET', `${path}/payment`)).status, 403);
  assert.equal((await clerk.send('GET', '/api/staff/reconciliations')).status, 403);
  const { items } = await office.post('/api/staff/reconciliations', { date: '2026-11-24' });
  assert.equal(items, 0);
  const { runs } = await office.get('/api/staff/reconciliations');
  assert.equal(runs[0].ours_fen, runs[0].theirs_fen);
  const rule = { kept_percent: 10, minutes_before: 60, document_number: '示例价字〔2026〕1号', scan_sha256: null, effective_from: '2026-12-01' }; // prettier-ignore
  const refused = await office.send('POST', '/api/staff/price-rules', rule);
  assert.equal(refused.body.code, 'payment/forfeit-needs-document');
  await office.post('/api/staff/price-rules', { ...rule, kept_percent: 0, document_number: null });
  const { rules } = await office.get('/api/staff/prices');
  assert.equal(rules.length, 1);
});
