import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clinicWorld, signedIn, type ClinicWorld } from '../../../test/support/clinic.ts';
import { doctorsDay } from '../../../test/support/doctors-day.ts';
import type { App } from '../../platform/http.ts';
import { sql } from '../../platform/sql.ts';
import { checkIn, see } from '../check-in.ts';
import { plain_rules } from '../limits/presets.ts';
import type { RuleSet } from '../limits/rule-set.ts';
import { writeRules } from '../limits/write-rules.ts';
import { conductSubscriptions } from '../restrictions/index.ts';
import { step } from '../step.ts';
import { stopStock } from '../store-stock.ts';
import { sweepInvariants } from '../store-sweep.ts';
import { readVisit } from '../visits.ts';
import { joinByReturn } from './join-return.ts';
import { listMyReturns } from './mine.ts';
import { openReturn } from './open-return.ts';

let world: ClinicWorld;
/** Who was registered last. */
let last: Awaited<ReturnType<ClinicWorld['person']>>;
let app: App;
let present: ReturnType<typeof doctorsDay>['present'];
before(async () => {
  world = await clinicWorld('returns');
  const register = world.person;
  world.person = async () => (last = await register());
  ({ present } = doctorsDay(world, '2026-11-24'));
  app = await world.app();
});
after(async () => {
  await app.close();
  await world.stop();
});

const code = (expected: string) => (error: { kind?: { code: string } }) =>
  assert.equal(error.kind?.code, expected, String(error)) ?? true;
const by = () => ({ hospital_id: world.hospital_id, actor: 'staff:doctor' });
const nurse = { actor: 'staff:nurse' };
const at = (instant: string) => world.ctx.clock.set(new Date(`${instant}:00+08:00`));

/** Somebody who was seen today, and their document. */
async function seen() {
  const visit = await present();
  const { appointment_id, patient_id } = visit;
  const document_number = last.documentNumber;
  const shown = { document_type: 'resident_id', document_number };
  await checkIn(world.ctx, { ...by(), ...shown, appointment_id, idempotency: world.key() });
  const input = () => ({ appointment_id, actor: 'staff:doctor', idempotency: world.key() });
  await step(world.ctx, 'call', input());
  await see(world.ctx, { ...by(), appointment_id, idempotency: world.key() });
  return { ...visit, patient_id, document_number };
}
type Seen = Awaited<ReturnType<typeof seen>>;
const come = (one: Seen, session_id: string, more: object = {}) =>
  joinByReturn(world.ctx, {
    hospital_id: world.hospital_id,
    ...nurse,
    session_id,
    document_type: 'resident_id',
    document_number: one.document_number,
    idempotency: world.key(),
    ...more,
  });
const open = ({ appointment_id }: { appointment_id: string }) =>
  openReturn(world.ctx, { ...by(), appointment_id });
const rules = async (change: Partial<RuleSet>) => {
  const { version } = await world.ctx.db.one<{ version: number }>(sql`
    select coalesce(max(version), 0) as version from booking.rule_set where hospital_id = ${world.hospital_id}`);
  await writeRules(world.ctx, {
    hospital_id: world.hospital_id,
    base_version: version,
    effective_from: version === 0 ? '2026-11-24' : '2026-11-25',
    rules: { ...plain_rules, ...change },
    reason: '测试回诊规则',
    actor: 'staff:office',
  });
};

test('a visit that was seen opens one free return, which joins the line the same day and uses no number', async () => {
  at('2026-11-24T09:00');
  const waiting = await present();
  await assert.rejects(open(waiting), code('booking/return-not-seen'));
  const one = await seen();
  const [first, second] = await Promise.all([open(one), open(one)]);
  assert.equal(first.last_day, '2026-11-27');
  assert.equal(second.id, first.id, 'a second tap gives the same');
  const before_it = await world.slots(one.session_id);
  at('2026-11-24T10:00');
  const joined = await come(one, one.session_id);
  const visit = await readVisit(world.ctx, { ...joined, hospital_id: world.hospital_id });
  assert.equal(visit.status, 'checked_in');
  assert.equal(visit.fee_fen, 0);
  assert.deepEqual(visit.queue, { place: 1, ahead: 0 });
  const now = await world.slots(one.session_id);
  assert.deepEqual(now.slice(0, before_it.length), before_it, 'the plan’s own numbers stay');
  assert.equal(now.at(-1)?.pool, 'free_return');
  // It costs nothing, and it opens no other one.
  const nurses = signedIn({ staff_id: 'n', hospital_id: world.hospital_id, roles: ['registration_clerk'] }); // prettier-ignore
  const url = `/api/staff/appointments/${joined.appointment_id}/payment`;
  const bill = await app.inject({ url, headers: nurses() });
  assert.equal(bill.json().due_fen, 0, bill.body);
  const call = { appointment_id: joined.appointment_id, actor: 'staff:doctor' };
  await step(world.ctx, 'call', { ...call, idempotency: world.key() });
  await see(world.ctx, { ...by(), ...joined, idempotency: world.key() });
  await assert.rejects(open(joined), code('booking/return-of-return'));
  await assert.rejects(come(one, one.session_id), code('booking/return-none'));
  // Whoever came back may still book a number of their own there.
  const left = await world.ctx.db.one<{ ordinals: number[] }>(sql`
    select array_agg(ordinal order by ordinal) as ordinals from booking.appointment
    where session_id = ${one.session_id} and patient_id = ${one.patient_id}`);
  assert.deepEqual(left.ordinals, [1, 1001]);
  assert.deepEqual(await sweepInvariants(world.ctx.db), []);
});

test('two desks at once let a return in once; a repeat gets the same place', async () => {
  at('2026-11-24T10:10');
  const one = await seen();
  await open(one);
  const afternoon = await world.session({ numbers: 3, service_date: '2026-11-24', period: 'afternoon', service: 'other' }); // prettier-ignore
  const results = await Promise.allSettled([
    come(one, one.session_id),
    come(one, afternoon),
    come(one, one.session_id),
    come(one, afternoon),
  ]);
  assert.equal(results.filter((result) => result.status === 'fulfilled').length, 1);
  for (const result of results)
    if (result.status === 'rejected') code('booking/return-none')(result.reason);
  const other = await seen();
  await open(other);
  const idempotency = world.key();
  const twice = await Promise.all([
    come(other, afternoon, { idempotency }),
    come(other, afternoon, { idempotency }),
  ]);
  assert.deepEqual(twice[0], twice[1]);
  assert.deepEqual(await sweepInvariants(world.ctx.db), []);
});

test('a return ends with its last day by itself, belongs to its department, and its patient reads all of it', async () => {
  at('2026-11-24T10:20');
  const one = await seen();
  const { id } = await open(one);
  const mother = await world.account(one.patient_id);
  const [mine] = await listMyReturns(world.ctx, mother);
  assert.equal(mine?.return_id, id);
  assert.deepEqual([mine?.state, mine?.last_day, mine?.department_name], ['open', '2026-11-27', '心血管内科']); // prettier-ignore
  assert.deepEqual(await listMyReturns(world.ctx, await world.account()), []);
  const friday = await world.session({ numbers: 3, service_date: '2026-11-28' });
  at('2026-11-28T08:30');
  await assert.rejects(come(one, friday), code('booking/return-none'));
  assert.equal((await listMyReturns(world.ctx, mother))[0]?.state, 'over');
  const headers = signedIn({ account_id: mother });
  const listed = await app.inject({ url: '/api/free-returns', headers: headers() });
  assert.equal(listed.json().returns[0].state, 'over', listed.body);
  at('2026-11-24T10:25');
});

test('leaving a return counts nothing, and a stop gives it back with its days anew', async () => {
  at('2026-11-24T10:30');
  const one = await seen();
  await open(one);
  const later = await world.session({ numbers: 3, service_date: '2026-11-27', service: 'other' });
  at('2026-11-27T09:00');
  const { appointment_id } = await come(one, later);
  await world.ctx.db.tx((tx) =>
    stopStock(tx, { session_id: later, at: world.ctx.clock.now(), actor: 'staff:office' }),
  );
  await world.follow();
  const again = await world.ctx.db.one<{ appointment_id: string | null; last_day: string }>(sql`
    select appointment_id, last_day from booking.free_return where patient_id = ${one.patient_id}`);
  assert.deepEqual(again, { appointment_id: null, last_day: '2026-11-30' });
  const offered = await world.ctx.db.many(sql`
    select from booking.rebooking where appointment_id = ${appointment_id}`);
  assert.equal(offered.length, 0, 'a return needs no other number');
  const monday = await world.session({ numbers: 3, service_date: '2026-11-30' });
  at('2026-11-30T09:00');
  const back = await come(one, monday);
  await step(world.ctx, 'noShow', { ...back, actor: 'staff:nurse', idempotency: world.key() });
  await world.follow(conductSubscriptions(world.ctx));
  const counted = await world.ctx.db.many(sql`
    select from booking.conduct where patient_id = ${one.patient_id}`);
  assert.equal(counted.length, 0);
  assert.deepEqual(await sweepInvariants(world.ctx.db), []);
});

test('where the rules say so every visit opens a return, or none does', async () => {
  at('2026-11-24T10:40');
  await rules({ free_return: { opens: 'every_visit', days: 5 } });
  const one = await seen();
  await world.follow();
  await world.follow();
  const opened = await world.ctx.db.many<{ last_day: string; opened_by: string }>(sql`
    select last_day, opened_by from booking.free_return where patient_id = ${one.patient_id}`);
  assert.deepEqual(opened, [{ last_day: '2026-11-29', opened_by: 'system:booking' }]);
  const other = await seen();
  await rules({ free_return: { opens: 'never', days: 5 } });
  at('2026-11-25T09:00');
  await assert.rejects(open(other), code('booking/return-never'));
});
