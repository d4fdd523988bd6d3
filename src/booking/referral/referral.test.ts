import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { clinicWorld, signedIn, type ClinicWorld } from '../../../test/support/clinic.ts';
import { doctorsDay } from '../../../test/support/doctors-day.ts';
import type { App } from '../../platform/http.ts';
import { newId } from '../../platform/id.ts';
import { sql } from '../../platform/sql.ts';
import { createHospital } from '../../schedule/index.ts';
import { step } from '../step.ts';
import { claimForDraw } from '../store-draw.ts';
import { sweepInvariants } from '../store-sweep.ts';
import { decideReferral, expireReferrals, withdrawReferral } from './decide.ts';
import {
  addInstitution,
  bindReferrer,
  changeInstitution,
  listInstitutions,
  setReferralQuota,
} from './institutions.ts';
import { listSent, openReferral } from './read.ts';
import { referralReport, reportCsv } from './report.ts';
import { referralRoutes } from './routes.ts';
import { sendReferral, type BySender, type SendInput } from './send.ts';
import { referralSubscriptions } from './subscribers.ts';
import { referralTimes } from './times.ts';

let world: ClinicWorld;
let app: App;
let kept: ReturnType<typeof doctorsDay>['kept'];
before(async () => {
  world = await clinicWorld('referral');
  app = await world.app();
  referralRoutes(app, world.ctx);
  ({ kept } = doctorsDay(world, '2026-11-24'));
});
after(async () => {
  await app.close();
  await world.stop();
});

const code = (expected: string) => (error: { kind?: { code: string } }) =>
  assert.equal(error.kind?.code, expected, String(error)) ?? true;
const office = () => ({ hospital_id: world.hospital_id, actor: 'staff:office' });

let count = 0;
/** An account of a referrer in a hospital. */
async function account(hospital_id = world.hospital_id): Promise<BySender> {
  const staff_id = newId(world.ctx);
  const name = `community-${++count}`;
  // Nobody signs in with a password here, and hashing one takes its time.
  await world.ctx.db.run(sql`
    insert into identity.staff (id, hospital_id, username, display_name, password_hash, roles, created_at)
    values (${staff_id}, ${hospital_id}, ${name}, ${name}, '', '{referrer}', ${world.ctx.clock.now()})`);
  return { staff_id, hospital_id, actor: `staff:${staff_id}` };
}
/** A community centre with an account, and with a quota for the department unless told otherwise. */
async function centre(numbers: number | null = 20, per: 'week' | 'month' = 'week') {
  const { institution_id } = await addInstitution(world.ctx, {
    ...office(),
    code: `C${++count}`,
    name: `江滨社区卫生服务中心${count}`,
    phone: '0000-7654321',
  });
  const sender = await account();
  await bindReferrer(world.ctx, { ...office(), institution_id, staff_id: sender.staff_id });
  const quota = { ...office(), institution_id, department_id: world.department_id, per };
  if (numbers !== null)
    await setReferralQuota(world.ctx, { ...quota, healthcare_service_id: null, numbers });
  return { institution_id, sender, quota };
}
const paper = (one = world.stranger()) => ({
  name: one.name,
  document_type: one.documentType,
  document_number: one.documentNumber,
});
const send = (sender: BySender, session_id: string, more: Partial<SendInput> = {}) =>
  sendReferral(world.ctx, {
    ...sender,
    ...paper(),
    ...{ session_id, reason: 'beyond', urgency: 'soon', note: null },
    idempotency: world.key(),
    ...more,
  });
const decide = (referral_id: string, refusal: 'local' | null = null, actor = 'staff:office') =>
  decideReferral(world.ctx, { ...office(), actor, referral_id, refusal });
const cancel = (appointment_id: string | null) =>
  step(world.ctx, 'cancel', {
    appointment_id: appointment_id ?? '',
    actor: 'account:patient',
    before_start: true,
    idempotency: world.key(),
  });
const pool = async (session_id: string) =>
  (await world.slots(session_id))
    .filter((slot) => slot.pool === 'referral')
    .map(({ state }) => state);
const events = (name: string, referral_id: string) =>
  world.ctx.db.many<{ person_id: string; actor: string; payload: Record<string, unknown> }>(sql`
    select person_id, actor, payload from platform.event
    where name = ${name} and payload ->> 'referral_id' = ${referral_id} order by version`);
let day = 0;
/** A session on a day of its own, with numbers kept for referrals. */
const session = (numbers: number) =>
  kept(new Date(Date.UTC(2026, 10, 26 + day++)).toISOString().slice(0, 10), 'referral', numbers);

test('[R029] a referral within the quota gets a number of its own pool at once, and the patient is told', async () => {
  const { sender, institution_id } = await centre();
  const id = await session(2);
  const someone = world.stranger();
  const given = await send(sender, id, paper(someone));
  assert.equal(given.state, 'given');
  assert.deepEqual((await pool(id)).toSorted(), ['booked', 'free']);
  const [told] = await events('booking.referral.given', given.referral_id);
  assert.equal(told?.actor, sender.actor);
  assert.deepEqual(told?.payload, {
    referral_id: given.referral_id,
    ...{ institution_id, session_id: id, reason: 'beyond', urgency: 'soon' },
    appointment_id: given.appointment_id,
    within_quota: true,
  });
  const booked = await world.ctx.db.one<{ person_id: string; payload: { pool: string } }>(sql`
    select person_id, payload from platform.event where name = 'booking.visit.booked'
      and payload ->> 'appointment_id' = ${given.appointment_id}`);
  assert.equal(booked.payload.pool, 'referral');
  assert.equal(booked.person_id, told?.person_id);
  await assert.rejects(send(sender, id, paper(someone)), code('booking/session-day'));
});

test('the same press twice sends one patient, and a name that is not the number’s is refused', async () => {
  const { sender } = await centre();
  const id = await session(2);
  const input = { ...paper(), idempotency: world.key() };
  const [one, two] = await Promise.all([send(sender, id, input), send(sender, id, input)]);
  assert.deepEqual(one, two);
  assert.deepEqual((await pool(id)).toSorted(), ['booked', 'free']);
  await assert.rejects(
    send(sender, id, { ...paper(), name: '不是本人' }),
    code('identity/real-name-mismatch'),
  );
});

test('[R030] two senders at the last place of a quota: one number at once, the other asks the office', async () => {
  const { sender, institution_id } = await centre(2);
  const second = await account();
  await bindReferrer(world.ctx, { ...office(), institution_id, staff_id: second.staff_id });
  const date = '2026-12-21';
  const sessions = [
    await kept(date, 'referral', 4, { service: 'chief' }),
    await kept(date, 'referral', 4, { service: 'other' }),
  ];
  const answers = await Promise.all(
    [0, 1, 2, 3, 4, 5].map((n) => send(n % 2 ? sender : second, sessions[n % 2] ?? '')),
  );
  assert.equal(answers.filter(({ state }) => state === 'given').length, 2);
  assert.equal(answers.filter(({ state }) => state === 'asked').length, 4);
  const taken = (await Promise.all(sessions.map(pool))).flat();
  assert.equal(taken.filter((state) => state === 'booked').length, 2);
  assert.equal((await referralTimes(world.ctx, sender)).times.at(-1)?.left, 0);
  // The next week has a quota of its own.
  const later = await kept('2026-12-22', 'referral', 1);
  assert.equal((await send(sender, later)).state, 'asked', 'the same week');
});

test('cancelling gives the number and the place in the quota back', async () => {
  const { sender } = await centre(1);
  const id = await session(2);
  const first = await send(sender, id);
  assert.equal((await send(sender, id)).state, 'asked');
  await cancel(first.appointment_id);
  assert.deepEqual(await pool(id), ['free', 'free'], 'again for a referral, not for everyone');
  const next = await send(sender, id);
  assert.equal(next.state, 'given');
  await withdrawReferral(world.ctx, { ...sender, ...next, idempotency: world.key() });
  assert.equal((await send(sender, id)).state, 'given');
  const sent = await listSent(world.ctx, sender);
  const withdrawn = sent.find((one) => one.id === next.referral_id);
  assert.equal(withdrawn?.visit_status, 'cancelled');
});

test('[R029] where no kept number is left the office decides with one tap, never whoever sent, and only once', async () => {
  const { sender } = await centre();
  const id = await session(1);
  await send(sender, id);
  const asked = await send(sender, id, { urgency: 'urgent' });
  assert.equal(asked.state, 'asked');
  assert.equal((await events('booking.referral.asked', asked.referral_id)).length, 1);
  await assert.rejects(
    decide(asked.referral_id, null, sender.actor),
    code('booking/referral-not-own'),
  );
  const taps = await Promise.allSettled([
    decide(asked.referral_id),
    decide(asked.referral_id, null, 'staff:office-2'),
  ]);
  assert.deepEqual(taps.map(({ status }) => status).sort(), ['fulfilled', 'rejected']);
  assert.deepEqual(await pool(id), ['booked', 'booked'], 'one made beside the session’s own');
  const [decided] = await events('booking.referral.decided', asked.referral_id);
  assert.equal(decided?.payload.outcome, 'given');
  assert.equal((await events('booking.referral.given', asked.referral_id)).length, 1);

  const refused = await send(sender, id);
  assert.equal((await decide(refused.referral_id, 'local')).state, 'refused');
  await assert.rejects(decide(refused.referral_id), code('booking/referral-decided'));
  await assert.rejects(decide(newId(world.ctx)), code('booking/referral-unknown'));

  const back = await send(sender, id);
  await withdrawReferral(world.ctx, { ...sender, ...back, idempotency: world.key() });
  await assert.rejects(decide(back.referral_id), code('booking/referral-decided'));
});

test('a clinic’s own quota counts apart from its department’s until it is taken away', async () => {
  const { sender, quota } = await centre(1);
  const { healthcare_service_id } = world.services.chief;
  const chief = await kept('2026-12-14', 'referral', 6, { service: 'chief', period: 'afternoon' });
  const other = await kept('2026-12-14', 'referral', 6, { service: 'other', period: 'afternoon' });
  const set = (numbers: number | null) =>
    setReferralQuota(world.ctx, { ...quota, healthcare_service_id, numbers });
  await set(2);
  const states = async (id: string, times: number) => {
    const found: string[] = [];
    for (let n = 0; n < times; n++) found.push((await send(sender, id)).state);
    return found;
  };
  assert.deepEqual(await states(chief, 3), ['given', 'given', 'asked']);
  assert.deepEqual(await states(other, 2), ['given', 'asked']);
  assert.equal((await set(null)).version, 2);
  assert.deepEqual(
    await states(chief, 1),
    ['asked'],
    'under the department’s again, which is used',
  );
  await assert.rejects(
    setReferralQuota(world.ctx, { ...quota, healthcare_service_id: null, numbers: null }),
    code('booking/referral-quota-scope'),
  );
});

test('without a quota every referral asks; a closed institution and an account of none send nobody', async () => {
  const { sender, institution_id } = await centre(null);
  const id = await session(1);
  assert.equal((await send(sender, id)).state, 'asked');
  assert.deepEqual(await pool(id), ['free']);
  const change = { ...office(), institution_id, name: '江滨社区卫生服务中心', phone: '' };
  await changeInstitution(world.ctx, { ...change, closed: true });
  await assert.rejects(send(sender, id), code('booking/referrer-unknown'));
  await assert.rejects(send(await account(), id), code('booking/referrer-unknown'));
  await changeInstitution(world.ctx, { ...change, closed: false });
  assert.equal((await send(sender, id)).state, 'asked');
});

test('[R030] hospitals are apart: accounts, institutions, referrals and the rows beneath', async () => {
  const { sender, institution_id } = await centre();
  const id = await session(2);
  const asked = await send(sender, id);
  const elsewhere = await createHospital(world.ctx, { code: 'H9', name: '另一医院', actor: 'x' });
  const stranger = await account(elsewhere.hospital_id);
  await assert.rejects(
    bindReferrer(world.ctx, { ...office(), institution_id, staff_id: stranger.staff_id }),
    code('booking/not-a-referrer'),
  );
  const there = { hospital_id: elsewhere.hospital_id, actor: 'staff:there' };
  await assert.rejects(
    bindReferrer(world.ctx, { ...there, institution_id, staff_id: stranger.staff_id }),
    code('booking/institution-unknown'),
  );
  const own = await addInstitution(world.ctx, {
    ...there,
    code: 'C1',
    name: '另一中心',
    phone: '',
  });
  await bindReferrer(world.ctx, { ...there, ...own, staff_id: stranger.staff_id });
  await assert.rejects(send(stranger, id), code('booking/session-unknown'));
  const foreign = { ...there, referral_id: asked.referral_id };
  await assert.rejects(openReferral(world.ctx, foreign), code('booking/referral-unknown'));
  await assert.rejects(
    decideReferral(world.ctx, { ...foreign, refusal: null }),
    code('booking/referral-unknown'),
  );
  assert.deepEqual(await listSent(world.ctx, { ...sender, ...there, actor: sender.actor }), []);
  await assert.rejects(
    world.ctx.db.run(sql`update booking.referral set hospital_id = ${elsewhere.hospital_id}
      where id = ${asked.referral_id}`),
    (error: { constraint?: string }) => error.constraint === 'referral_institution',
  );
  const listed = await listInstitutions(world.ctx, elsewhere.hospital_id);
  assert.deepEqual(
    listed.institutions.map(({ name }) => name),
    ['另一中心'],
  );
});

test('[R030] over the pages: a referrer sees only their own, the office and the doctor read the letter, the patient sees it', async () => {
  const { sender } = await centre(0);
  const second = await account();
  const id = await session(1);
  const as = (roles: string[], staff_id: string) =>
    signedIn({ staff_id, hospital_id: world.hospital_id, roles });
  const referrer = as(['referrer'], sender.staff_id);
  const clerk = as(['referral_office'], newId(world.ctx));
  const someone = world.stranger();
  const payload = { ...paper(someone), session_id: id, reason: 'worse', urgency: 'urgent', note: '血压持续偏高' }; // prettier-ignore
  const url = '/api/staff/referrals';
  const sent = await app.inject({ method: 'POST', url, headers: referrer(), payload });
  assert.equal(sent.json().state, 'asked', sent.body);
  const { referral_id } = sent.json();
  const get = async (path: string, headers: Record<string, string>) =>
    app.inject({ url: path, headers });
  const mine = (await get(`${url}/sent`, referrer())).json().referrals;
  assert.deepEqual(
    mine.map((one: { referral_id: string }) => one.referral_id),
    [referral_id],
  );
  const others = await get(`${url}/sent`, as(['referrer'], second.staff_id)());
  assert.deepEqual(others.json(), { referrals: [] });
  for (const path of [
    `${url}/asked`,
    `${url}/${referral_id}`,
    '/api/staff/referral-report?month=2026-12',
    `/api/staff/desk?session_id=${id}`,
  ])
    // prettier-ignore
    assert.equal((await get(path, referrer())).statusCode, 403, path);

  const asked = (await get(`${url}/asked`, clerk())).json().referrals;
  assert.equal(asked[0].urgency, 'urgent', 'the urgent first');
  assert.equal(asked[0].note, undefined, 'a list tells no letters');
  const opened = (await get(`${url}/${referral_id}`, clerk())).json();
  assert.equal(opened.note, '血压持续偏高');
  assert.equal((await events('booking.referral.read', referral_id)).length, 1);
  const sealed = await world.ctx.db.one<{ sealed_note: Buffer }>(
    sql`select sealed_note from booking.referral where id = ${referral_id}`,
  );
  assert.ok(!sealed.sealed_note.includes(Buffer.from('血压')));

  const accept = { method: 'POST', url: `${url}/${referral_id}/accept`, headers: clerk() } as const;
  const { appointment_id } = (await app.inject({ ...accept, payload: {} })).json();
  const doctor = as(['doctor'], newId(world.ctx));
  const letter = await get(`/api/staff/referral-letter?appointment_id=${appointment_id}`, doctor());
  assert.equal(letter.json().note, '血压持续偏高');
  assert.equal((await events('booking.referral.read', referral_id)).length, 2);

  const [visit] = await events('booking.referral.given', referral_id);
  const patient = signedIn({ account_id: await world.account(visit?.person_id ?? '') });
  const seen = (await get('/api/referrals', patient())).json().referrals;
  assert.equal(seen[0].appointment_id, appointment_id);
  assert.equal(seen[0].institution_name, mine[0].institution_name);
  assert.equal(seen[0].note, undefined);
  const nobody = signedIn({ account_id: await world.account() });
  assert.deepEqual((await get('/api/referrals', nobody())).json(), { referrals: [] });
});

test('[R028] unused numbers kept for referrals join the draw when its manifest is published; one in use does not', async () => {
  const { sender } = await centre();
  const id = await session(3);
  const given = await send(sender, id);
  const draw_id = newId(world.ctx);
  const claimed = await world.ctx.db.tx((tx) =>
    claimForDraw(tx, { draw_id, session_ids: [id], at: world.ctx.clock.now(), actor: 'system' }),
  );
  assert.equal(claimed.length, 7, 'every number but the one that is booked');
  assert.deepEqual(await pool(id), ['booked']);
  assert.equal((await send(sender, id)).state, 'asked', 'nothing is kept any more');
  const [told] = await events('booking.referral.given', given.referral_id);
  assert.ok(told);
});

test('a referral that nobody answered ends with its session; of two records of one person it goes on once', async () => {
  const { sender } = await centre(0);
  const id = await kept('2026-11-25', 'referral', 1);
  const waits = await send(sender, id, { note: '请复核心电图' });
  const [told] = await events('booking.referral.asked', waits.referral_id);
  const into = (await world.person()).patient_id;
  const [following] = referralSubscriptions(world.ctx);
  const merged = { name: 'identity.patient.merged', payload: { from: told?.person_id, into } };
  await world.ctx.db.tx(async (tx) => following?.handle(tx, [merged as never]));
  const moved = await openReferral(world.ctx, { ...office(), referral_id: waits.referral_id });
  assert.deepEqual([moved.patient_id, moved.note], [into, '请复核心电图']);

  const now = world.ctx.clock.now();
  world.ctx.clock.set(new Date('2026-11-25T04:00:00Z'));
  assert.ok((await expireReferrals(world.ctx)) >= 1);
  assert.equal(await expireReferrals(world.ctx), 0);
  world.ctx.clock.set(now);
  const [ended] = await events('booking.referral.decided', waits.referral_id);
  assert.deepEqual([ended?.payload.outcome, ended?.person_id], ['expired', into]);
});

test('[R030] the month’s report adds up: what was given down, sent, taken and seen', async () => {
  const { sender, institution_id } = await centre(5, 'month');
  const id = await kept('2026-12-10', 'referral', 2, { service: 'other' });
  const first = await send(sender, id);
  const second = await send(sender, id);
  const third = await send(sender, id);
  await decide(third.referral_id);
  const fourth = await send(sender, id);
  await decide(fourth.referral_id, 'local');
  await cancel(second.appointment_id);
  await step(world.ctx, 'attend', {
    appointment_id: first.appointment_id ?? '',
    actor: 'staff:doctor',
    idempotency: world.key(),
  });
  const report = await referralReport(world.ctx, { ...office(), month: '2026-12' });
  const row = report.rows.find((one) => one.institution_id === institution_id);
  assert.deepEqual(row && { ...row, institution_id: '', department_id: '', institution_name: '' }, {
    ...{ institution_id: '', department_id: '', institution_name: '' },
    ...{ department_name: '心血管内科', quota: 5, sent: 4, at_once: 2, by_office: 1 },
    ...{ refused: 1, expired: 0, waiting: 0, seen: 1, missed: 0, given_back: 1 },
  });
  assert.ok((report.departments[0]?.reserved ?? 0) > (report.departments[0]?.used ?? 0));
  assert.equal(reportCsv(report).split('\r\n').length, report.rows.length + 2);
});

test('after all of it numbers, visits and events agree', async () => {
  assert.deepEqual(await sweepInvariants(world.ctx.db), []);
});
