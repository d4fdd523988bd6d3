import assert from 'node:assert/strict';
import { after, before, beforeEach, test } from 'node:test';
import { signedIn } from '../../test/support/clinic.ts';
import { notifyWorld, type NotifyWorld } from '../../test/support/notify.ts';
import type { EventName, Events } from '../events.ts';
import { can } from '../identity/index.ts';
import { book, call, checkIn, hold } from '../booking/index.ts';
import { readConfig } from '../platform/config.ts';
import { createHttp, type App, type Session } from '../platform/http.ts';
import { createOutbox } from '../platform/outbox.ts';
import { sql } from '../platform/sql.ts';
import type { Message, Messenger } from './channels/types.ts';
import { kinds } from './kinds.ts';
import { newsworthy } from './news.ts';
import { listNotices } from './notices.ts';
import { allowWechat, confirmEmail, nameEmail } from './preferences.ts';
import { remindPatients } from './remind.ts';
import { notifyRoutes } from './routes.ts';
import { sendMessages } from './send.ts';
import { notifySubscriptions } from './subscribers.ts';

let here: NotifyWorld;
let session_id = '';
let app: App;
const mails: Message[] = [];
const wechats: Message[] = [];
const keeps = (list: Message[]): Messenger => ({
  send: async (message) => void list.push(message),
});
const ways = () => ({
  ...here.ctx,
  messengers: { email: keeps(mails), wechat: keeps(wechats) },
  wechat: {
    app_id: 'wx1',
    templates: [{ template: 'visit' as const, id: 'T' }],
    openidOf: async (code: string) => `openid-${code}`,
  },
});

before(async () => {
  here = await notifyWorld('ways');
  session_id = await here.session({ numbers: 20, released: ['online'] });
  app = await createHttp({
    config: readConfig({}),
    authenticate: (request) => {
      const text = request.headers['x-test-session'];
      return typeof text === 'string' ? (JSON.parse(text) as Session) : undefined;
    },
    can: (roles, permission) => can(roles, permission),
    log: false,
  });
  notifyRoutes(app, ways());
});
after(async () => {
  await app.close();
  await here.stop();
});
beforeEach(async () => {
  await here.ctx.db.run(sql`delete from notify.message`);
  for (const list of [here.received, mails, wechats]) list.length = 0;
  delete here.gateway.before;
});

let phones = 16300000000;
const phone = (): string => String(++phones);
const wall = (text: string): void => here.ctx.clock.set(new Date(`${text}+08:00`));
const settle = async (): Promise<number> => {
  await createOutbox(here.ctx, notifySubscriptions(here.ctx)).drain();
  return sendMessages(ways());
};
const told = async (account_id: string): Promise<string[]> =>
  (await listNotices(here.ctx, { account_id })).notices.map(({ kind }) => kind);
const visit = (
  more: Partial<Events['booking.visit.booked']> = {},
): Events['booking.visit.booked'] => ({
  appointment_id: '01900000-0000-7000-8000-0000000000a1',
  session_id,
  slot_id: '01900000-0000-7000-8000-000000000051',
  status: 'booked',
  channel: 'web',
  ...more,
});
const refund = {
  order_id: session_id,
  kind: 'visit' as const,
  patient_id: session_id,
  amount_fen: 6000,
  refund_id: '01900000-0000-7000-8000-00000000cccc',
  refund_fen: 6000,
  reason: 'stopped',
  channel: 'wechat',
};

const happens: { [Name in EventName]?: [payload: Events[Name], kind: string, sms: number][] } = {
  'booking.visit.booked': [
    [visit(), 'booked', 1],
    [visit({ pool: 'added' }), 'added', 1],
    [visit({ pool: 'green_channel' }), 'green', 1],
    [visit({ pool: 'referral' }), 'referred', 1],
    [visit({ pool: 'team' }), 'team', 1],
    [visit({ pool: 'follow_up' }), 'next_visit', 1],
    [visit({ pool: 'in_clinic' }), 'next_visit', 1],
  ],
  'booking.visit.confirmed': [[visit(), 'booked', 1]],
  'booking.visit.moved': [[visit(), 'moved', 1]],
  'booking.visit.cancelled': [[visit(), 'cancelled', 0]],
  'booking.visit.missed': [[visit(), 'missed', 1]],
  'booking.visit.no-show': [[visit(), 'no_show', 1]],
  'booking.visit.substituted': [[visit(), 'substituted', 1]],
  'booking.visit.stopped': [
    [visit(), 'stopped', 1],
    [visit({ detail: { why: 'substitute-refused' } }), 'refused_substitute', 0],
  ],
  'booking.rebooking.offered': [
    [
      { rebooking_id: session_id, appointment_id: session_id, session_id: '', confirm_until: '' },
      'rebooked',
      1,
    ],
  ],
  'booking.rebooking.ended': [
    [{ rebooking_id: '', reason: 'lapsed', session_id: '' }, 'rebooking_lapsed', 1],
    [{ rebooking_id: '', reason: 'expired', session_id: '' }, 'rebooking_expired', 1],
  ],
  'booking.added.decided': [
    [{ order_id: '', session_id: '', outcome: 'refused' }, 'added_refused', 1],
  ],
  'booking.referral.asked': [
    [
      { referral_id: '', institution_id: '', session_id: '', reason: '', urgency: '' },
      'referral_asked',
      0,
    ],
  ],
  'booking.referral.decided': [
    [{ referral_id: '', session_id: '', outcome: 'refused' }, 'referral_refused', 1],
    [{ referral_id: '', session_id: '', outcome: 'expired' }, 'referral_refused', 1],
  ],
  'booking.return.opened': [
    [
      {
        ...{ return_id: '', from_appointment_id: '', department_id: '' },
        ...{ session_id, last_day: '2026-12-01' },
      },
      'free_return',
      1,
    ],
  ],
  'booking.return.given-back': [
    [{ return_id: '', appointment_id: '', session_id, last_day: '2026-12-01' }, 'return_back', 1],
  ],
  'booking.follow-up.unbooked': [[{ plan_id: '', n: 1, due: '2026-12-01' }, 'follow_up', 1]],
  'identity.delegate.acted': [[{ delegate_id: '', patient_id: '', kind: 'book' }, 'acted_for', 1]],
  'booking.restriction.made': [
    [
      {
        ...{ restriction_id: '', kind: 'no_show', scope: 'drawn_clinics_remote' },
        ...{ starts_at: '', until: '2026-12-31T16:00:00.000Z', appointment_ids: [] },
      },
      'restricted',
      1,
    ],
  ],
  'booking.restriction.lifted': [
    [{ restriction_id: '', reason: 'illness' }, 'restriction_lifted', 1],
  ],
  'booking.restriction.appeal-decided': [
    [{ appeal_id: '', restriction_id: '', upheld: true }, 'appeal_answered', 1],
  ],
  'booking.visit.payment-refused': [
    [{ appointment_id: session_id, order_id: '', patient_id: '', reason: '' }, 'pay_refused', 1],
  ],
  'payment.refund.done': [[refund, 'refunded', 1]],
  'payment.refund.failed': [[refund, 'refund_failed', 1]],
  'payment.bill.received': [[{ bill_id: '', patient_id: '', amount_fen: 100 }, 'bill', 0]],
};

test('[R026] every event is told once, to the right person, by the ways its kind travels', async () => {
  wall('2026-11-24T10:00:00');
  for (const [name, cases] of Object.entries(happens))
    for (const [payload, kind, sms] of cases) {
      const own = phone();
      const person = await here.person();
      const account_id = await here.holder(own, person.patient_id);
      const filled = {
        ...payload,
        ...('session_id' in payload ? { session_id } : {}),
        ...('appointment_id' in payload ? { appointment_id: session_id } : {}),
        ...('confirm_until' in payload ? { confirm_until: '2026-11-25T12:00:00.000Z' } : {}),
      };
      here.received.length = 0;
      await here.happen(name as EventName, person.patient_id, filled);
      await settle();
      await settle();
      const parked = await here.ctx.db.many(sql`select event_id, error from platform.parked_event`);
      assert.deepEqual(parked, []);
      assert.deepEqual(await told(account_id), [kind], name);
      assert.deepEqual(
        here.received.map(({ to }) => to),
        sms === 1 ? [own] : [],
        kind,
      );
    }
});

test('every event that is heard means something in a test', async () => {
  const elsewhere = newsworthy.filter((name) => !name.startsWith('release.') && !(name in happens));
  assert.deepEqual(elsewhere.sort(), [
    'booking.visit.called',
    'booking.visit.held',
    'booking.visit.lapsed',
    'booking.visit.restored',
  ]);
});

const booked = async (session: string, confirm = true) => {
  const to = phone();
  const person = await here.person();
  const account_id = await here.holder(to, person.patient_id);
  const take = confirm ? book : hold;
  const { appointment_id } = await take(here.ctx, {
    asker: { actor: 'test', channel: 'web', account_id, device_key_id: null, payer_reference: null, phone_index: null }, // prettier-ignore
    session_id: session,
    slot_id: null,
    patient_id: person.patient_id,
    idempotency: here.key(),
  } as never);
  return { to, person, account_id, appointment_id };
};

test('what is held is to be paid until its hour; once it is booked only that is shown', async () => {
  wall('2026-11-24T10:00:00');
  const one = await booked(session_id, false);
  await settle();
  assert.deepEqual(await told(one.account_id), ['to_pay']);
  const { notices } = await listNotices(here.ctx, one);
  assert.match(notices[0]?.text ?? '', /请在 11月24日（周二）10:10 前/);
  await here.happen('booking.visit.confirmed', one.person.patient_id, visit({ appointment_id: one.appointment_id })); // prettier-ignore
  await settle();
  assert.deepEqual(await told(one.account_id), ['booked']);
  const other = await booked(session_id, false);
  await settle();
  wall('2026-11-24T10:10:00');
  assert.deepEqual(await told(other.account_id), [], 'its hour is over');
});

test('the evening before, and an hour before their time, people are reminded once', async () => {
  wall('2026-11-24T10:00:00');
  const session = await here.session({ numbers: 4, released: ['online'], service: 'other' });
  const one = await booked(session);
  await settle();
  here.received.length = 0;
  wall('2026-11-26T17:59:00');
  assert.equal(await remindPatients(here.ctx), 0);
  wall('2026-11-26T18:00:00');
  assert.ok((await remindPatients(here.ctx)) >= 1);
  assert.equal(await remindPatients(here.ctx), 0, 'again tells nobody');
  await here.ctx.db.run(sql`delete from notify.clock_run`);
  assert.equal(await remindPatients(here.ctx), 0, 'nor after progress was lost');
  await settle();
  assert.deepEqual(here.received.filter(({ to }) => to === one.to).length, 1);
  assert.match(here.received.find(({ to }) => to === one.to)?.text ?? '', /约08:00就诊/);
  wall('2026-11-27T06:59:00');
  await remindPatients(here.ctx);
  assert.ok(!(await told(one.account_id)).includes('check_in'));
  wall('2026-11-27T07:05:00');
  await remindPatients(here.ctx);
  assert.equal((await told(one.account_id))[0], 'check_in');
});

test('候诊: those who are next but three are told once, however the queue moves', async () => {
  wall('2026-11-24T10:00:00');
  const session = await here.session({
    numbers: 8,
    released: ['online'],
    service_date: '2026-12-01',
  });
  const line: Awaited<ReturnType<typeof booked>>[] = [];
  for (let n = 0; n < 6; n++) line.push(await booked(session));
  wall('2026-12-01T08:00:00');
  const at = (appointment_id: string) => ({
    appointment_id,
    hospital_id: here.hospital_id,
    actor: 'test',
    idempotency: here.key(),
  });
  for (const { appointment_id, person } of line)
    await checkIn(here.ctx, { ...at(appointment_id), document_type: 'resident_id', document_number: person.documentNumber }); // prettier-ignore
  const near = async (): Promise<boolean[]> =>
    Promise.all(line.map(async ({ account_id }) => (await told(account_id)).includes('near')));
  await call(here.ctx, at(line[0]?.appointment_id ?? ''));
  await settle();
  assert.deepEqual(await near(), [false, true, true, true, false, false]);
  here.received.length = 0;
  await call(here.ctx, at(line[1]?.appointment_id ?? ''));
  await settle();
  assert.equal(here.received.length, 0, 'nobody is three away who was not told');
});

test('WeChat and e-mail: bound, allowed, proven, chosen; one tap is one message', async () => {
  wall('2026-11-24T10:00:00');
  const person = await here.person();
  const account_id = await here.holder(phone(), person.patient_id);
  const ctx = ways();
  await allowWechat(ctx, { account_id, code: 'wang', allowed: ['visit'] });
  await nameEmail(ctx, { account_id, address: ' Wang@Example.cn ' });
  const code = /\d{6}/.exec(mails[0]?.body.text ?? '')?.[0] ?? '';
  await assert.rejects(confirmEmail(ctx, { account_id, code: '000000' }), /验证码/);
  const shown = await confirmEmail(ctx, { account_id, code });
  assert.deepEqual(shown.email, {
    wanted: true,
    address_masked: 'w***g@example.cn',
    confirmed: true,
  });
  mails.length = 0;
  for (let n = 0; n < 2; n++) await here.happen('booking.visit.booked', person.patient_id, visit());
  await settle();
  assert.deepEqual(
    wechats.map(({ to, body }) => [to, body.kind]),
    [['openid-wang', 'booked']],
  );
  assert.deepEqual(
    mails.map(({ to }) => to),
    ['wang@example.cn', 'wang@example.cn'],
  );
  const url = '/api/notices/preferences';
  const headers = signedIn({ account_id });
  const put = await app.inject({ method: 'PUT', url, headers: headers(), payload: { email: false, sms: false } }); // prettier-ignore
  assert.deepEqual(
    [put.json().sms, put.json().email.wanted, put.json().wechat.bound],
    [false, false, true],
  );
  for (const list of [mails, here.received, wechats]) list.length = 0;
  await here.happen('booking.visit.booked', person.patient_id, visit());
  await settle();
  assert.deepEqual([mails.length, here.received.length, wechats.length], [0, 0, 0]);
  const gone = await app.inject({ method: 'DELETE', url: `${url}/email`, headers: headers() });
  assert.equal(gone.json().email.address_masked, null);
});

test('a code for an address ends after five wrong tries', async () => {
  const account_id = await here.holder(phone());
  await nameEmail(ways(), { account_id, address: 'li@example.cn' });
  const code = /\d{6}/.exec(mails[0]?.body.text ?? '')?.[0] ?? '';
  const wrong = code === '000000' ? '000001' : '000000';
  for (let n = 0; n < 5; n++)
    await assert.rejects(confirmEmail(ways(), { account_id, code: wrong }), /验证码/);
  await assert.rejects(confirmEmail(ways(), { account_id, code }), /验证码/);
  await assert.rejects(nameEmail(ways(), { account_id, address: 'li@nowhere' }), /邮箱/);
});

test('a stop of tomorrow morning’s clinic is told at night; one of next week waits for the morning', async () => {
  wall('2026-11-26T23:00:00');
  const soon = await here.withPhone(phone());
  const later = await here.withPhone(phone());
  const far = await here.session({ numbers: 1, service_date: '2026-12-04', service: 'other' });
  await here.happen('booking.visit.stopped', soon.patient_id, visit({ status: 'stopped' }));
  await here.happen('booking.visit.stopped', later.patient_id, visit({ status: 'stopped', session_id: far })); // prettier-ignore
  assert.equal(await settle(), 1);
  assert.match(here.received[0]?.text ?? '', /11月27日上午停诊/);
  wall('2026-11-27T08:00:00');
  assert.equal(await settle(), 1);
});

test('of a sensitive clinic neither phone nor e-mail tells anything; the site does', async () => {
  wall('2026-11-24T10:00:00');
  await here.ctx.db.run(sql`update schedule.department set sensitive = true where id = ${here.department_id}`); // prettier-ignore
  const person = await here.person();
  const account_id = await here.holder(phone(), person.patient_id);
  await here.happen('booking.visit.booked', person.patient_id, visit());
  await settle();
  await here.ctx.db.run(sql`update schedule.department set sensitive = null where id = ${here.department_id}`); // prettier-ignore
  assert.doesNotMatch(here.received[0]?.text ?? '示例', /示例|心血管|张主任/);
  const { notices } = await listNotices(here.ctx, { account_id });
  assert.match(notices[0]?.text ?? '', /示例医院本部 心血管内科 张主任/);
});

test('whom every way failed lands on the call list until a call settles it', async () => {
  wall('2026-11-24T10:00:00');
  await here.ctx.db.run(sql`update notify.notice set must_reach = false`);
  const alone = await here.person();
  const reached = await here.withPhone(phone());
  const reader = await here.person();
  const account_id = await here.holder(phone(), reader.patient_id);
  here.gateway.before = ({ to }) => {
    if (to !== String(phones - 1)) throw new Error('down');
  };
  for (const { patient_id } of [alone, reached, reader])
    await here.happen('booking.visit.stopped', patient_id, visit({ status: 'stopped' }));
  await settle();
  const clerk = signedIn({
    staff_id: '01900000-0000-7000-8000-0000000000c1',
    hospital_id: here.hospital_id,
    roles: ['registration_clerk'],
  });
  const url = '/api/staff/call-list';
  const list = async () =>
    (await app.inject({ url, headers: clerk() })).json().calls as { notice_id: string; calls: number }[]; // prettier-ignore
  const [first, ...rest] = await list();
  assert.ok(first);
  assert.equal(rest.length, 0, 'the others may still be reached');
  const post = (path: string, payload?: object) =>
    app.inject({ method: 'POST', url: `${url}/${first.notice_id}/${path}`, headers: clerk(), ...(payload ? { payload } : {}) }); // prettier-ignore
  const opened = (await post('phone')).json();
  assert.equal(opened.phone, null);
  assert.match(opened.text, /停诊/);
  assert.equal((await post('log', { outcome: 'no_answer' })).statusCode, 200);
  assert.deepEqual(
    (await list()).map(({ calls }) => calls),
    [1],
  );
  assert.equal((await post('log', { outcome: 'reached' })).statusCode, 200);
  assert.deepEqual(await list(), []);
  for (const time of ['24T10:01', '24T10:05', '24T11:00', '24T14:00', '24T20:00', '25T12:00']) {
    wall(`2026-11-${time}:00`);
    await settle();
  }
  wall('2026-11-26T12:00:00');
  assert.equal(
    (await list()).length,
    1,
    'every try to the account’s phone failed, and nobody read it',
  );
  const { notices } = await listNotices(here.ctx, { account_id });
  await app.inject({ method: 'POST', url: `/api/notices/${notices[0]?.notice_id ?? ''}/read`, headers: signedIn({ account_id })() }); // prettier-ignore
  assert.deepEqual(await list(), []);
  const { logged } = await here.ctx.db.one<{ logged: number }>(
    sql`select count(*) as logged from platform.event where name in ('notify.call.logged', 'identity.patient.read')`,
  );
  assert.ok(logged >= 3);
});

test('what is kept for an account ends with it', async () => {
  const account_id = await here.holder(phone());
  await allowWechat(ways(), { account_id, code: 'zhao', allowed: ['visit', 'change'] });
  await here.happen('identity.account.closed', account_id, { account_id });
  await settle();
  const { left } = await here.ctx.db.one<{ left: number }>(sql`
    select (select count(*) from notify.contact where account_id = ${account_id})
      + (select count(*) from notify.wechat_grant where account_id = ${account_id}) as left`);
  assert.equal(left, 0);
  assert.ok(kinds.length > 30);
});
