import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import fc from 'fast-check';
import { bookingWorld, web } from '../../../test/support/booking.ts';
import { openDb, type Queryable } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import type { Problem } from '../../platform/problem.ts';
import { sql, type Sql } from '../../platform/sql.ts';
import { createBookingHot } from '../hot.ts';
import { lapseHolds } from '../lapse.ts';
import { moveVisit } from '../move.ts';
import { step } from '../step.ts';
import { grantPlaces } from '../store-draw.ts';
import { stopStock, type StockSession } from '../store-stock.ts';
import { book, hold, type TakeContext } from '../take.ts';
import { takeNumbers } from '../store-hot.ts';
import type { Asker, TakeRequest } from '../types.ts';
import { compileLimits } from './compile.ts';
import { judge, type PastVisit } from './judge.ts';
import { plain_rules } from './presets.ts';
import type { Limit, RuleSet } from './rule-set.ts';
import { restoreWithinLimits } from './within.ts';
import { writeRules } from './write-rules.ts';

type World = Awaited<ReturnType<typeof bookingWorld>>;
let world: World;
const start = new Date('2026-11-24T01:00:00Z');
before(async () => {
  world = await bookingWorld('limits');
});
after(() => world.stop());

const channels: Limit['channels'] = ['web', 'phone'];
const day_one: Limit = { code: 'day', counts: 'active_bookings', window: 'service_day', per: 'patient', within: 'hospital', max: 1, channels }; // prettier-ignore

/** A hospital with these limits in force today, and sessions of it. */
async function hospital(change: Partial<RuleSet>) {
  world.ctx.clock.set(start);
  const hospital_id = newId(world.ctx);
  const rules = { ...plain_rules, ...change };
  await writeRules(world.ctx, {
    hospital_id,
    base_version: 0,
    effective_from: '2026-11-24',
    rules,
    reason: '测试',
    actor: 'staff:test',
  });
  const department_id = newId(world.ctx);
  return {
    hospital_id,
    department_id,
    session: (options: Partial<StockSession> = {}, numbers = 20) =>
      world.session(numbers, { hospital_id, department_id, period: 'morning', ...options }),
  };
}

type Ask = { patient_id?: string; asker?: Partial<Asker>; ctx?: TakeContext };
function ask(session: { session_id: string }, given: Ask = {}) {
  const { patient_id = world.person() } = given;
  const asker = { ...web, ...given.asker };
  const { session_id } = session;
  return { asker, session_id, slot_id: null, patient_id, idempotency: world.key() };
}
const act = (name: Parameters<typeof step>[1], appointment_id: string) =>
  step(world.ctx, name, { appointment_id, actor: 'test', idempotency: world.key() });
const limitOf = (error: unknown) => (error as Problem).detail?.limit as { code: string };
const overLimit = (code: string) => (error: Problem) =>
  assert.equal(limitOf(error)?.code, code, String(error)) ?? true;
const pass = (minutes: number) =>
  world.ctx.clock.set(new Date(world.ctx.clock.now().getTime() + minutes * 60_000));

test('[R040] of two sessions asked for at once by one person, a limit of one a day gives one', async () => {
  const at = await hospital({ limits: [day_one] });
  const sessions = [await at.session(), await at.session(), await at.session()];
  // Two servers, each with its own batches and connections.
  const other = openDb(world.url);
  const servers: TakeContext[] = [
    world.ctx,
    { ...world.ctx, db: other, bookingHot: createBookingHot(other) },
  ];
  const people = Array.from({ length: 40 }, () => world.person());
  const results = await Promise.allSettled(
    people.flatMap((patient_id) =>
      sessions.flatMap((session) => servers.map((ctx) => book(ctx, ask(session, { patient_id })))),
    ),
  );
  await other.close();
  const refused = results.filter((one) => one.status === 'rejected').map((one) => one.reason);
  const codes = new Set(refused.map((error: Problem) => error.kind?.code ?? String(error)));
  assert.ok(codes.has('booking/limit-reached'));
  const rows = await world.ctx.db.many<{ bookings: number }>(sql`
    select count(*) as bookings from booking.appointment
    where hospital_id = ${at.hospital_id} and is_active group by patient_id`);
  assert.deepEqual(
    rows,
    people.map(() => ({ bookings: 1 })),
  );
});

type Answered = Awaited<ReturnType<typeof takeNumbers>>;
const sqlText = (text: string, values: unknown[]): Sql => ({ text, values });

/** Two servers at one person: the first has counted and not committed when the second counts. */
async function meet(change: (text: string) => string): Promise<string | undefined> {
  const at = await hospital({ limits: [day_one] });
  const patient_id = world.person();
  const { db } = world.ctx;
  const request = async (): Promise<TakeRequest> => ({
    ...web,
    ...world.key(),
    ...{ patient_id, session_id: (await at.session()).session_id, slot_id: null, detail: null },
    ...{ appointment_id: newId(world.ctx), event_id: newId(world.ctx), pools: 'online' },
    ...{ at: start, hold_until: null },
  });
  const [mine, theirs] = [await request(), await request()];
  const changed = (on: Queryable): Queryable => ({
    ...on,
    many: (statement) => on.many(sqlText(change(statement.text), statement.values)),
  });
  let second: Promise<Answered> | undefined;
  await db.tx(async (tx) => {
    await takeNumbers(changed(tx), [mine]);
    second = takeNumbers(changed(db), [theirs]);
    for (let waits = 0; waits === 0;)
      ({ waits } = await db.one<{ waits: number }>(
        sql`select count(*) as waits from pg_stat_activity where wait_event_type = 'Lock'`,
      ));
  });
  return (await second)?.[0]?.answer.refusal;
}

test('[R040] who counted before another server committed asks again; without the guard both would pass', async () => {
  assert.equal(await meet((text) => text), 'retry');
  assert.equal(await meet((text) => text.replace('where version <> 1 +', 'where version < 0 *')), undefined); // prettier-ignore
});

test('[R008] limits count by phone, by account and by device, and tell which one was used up', async () => {
  for (const per of ['phone', 'account', 'device'] as const) {
    const limit: Limit = { ...day_one, code: `day-${per}`, per, max: 2 };
    const at = await hospital({ limits: [limit] });
    const [one, two, three] = [await at.session(), await at.session(), await at.session()];
    const asker = {
      account_id: world.person(),
      device_key_id: world.person(),
      phone_index: Buffer.from(world.person()).toString('hex'),
    };
    await Promise.all([one, two].map((session) => book(world.ctx, ask(session, { asker }))));
    await assert.rejects(book(world.ctx, ask(three, { asker })), overLimit(`day-${per}`));
    const nobody = { ...asker, account_id: null, device_key_id: null, phone_index: null };
    await book(world.ctx, ask(three, { asker: nobody }));
  }
});

test('[R040] half-days, departments, weeks and months are counted apart', async () => {
  const half: Limit = {
    ...day_one,
    code: 'half',
    window: 'service_half_day',
    within: 'department',
  };
  const week: Limit = { ...day_one, code: 'week', window: 'rolling_7_days', max: 4 };
  const month: Limit = { ...day_one, code: 'month', counts: 'bookings_made', window: 'calendar_month', max: 5 }; // prettier-ignore
  const at = await hospital({ limits: [half, week, month] });
  const patient_id = world.person();
  const go = (session: { session_id: string }) => book(world.ctx, ask(session, { patient_id }));
  await go(await at.session());
  await assert.rejects(go(await at.session()), overLimit('half'));
  await go(await at.session({ period: 'afternoon' }));
  await go(await at.session({ department_id: newId(world.ctx) }));
  const [last, next] = [await at.session({ service_date: '2026-11-28' }), await at.session({ service_date: '2026-11-29' })]; // prettier-ignore
  const fourth = await go(last);
  await assert.rejects(go(next), overLimit('week'));
  await act('cancel', fourth.appointment_id);
  await go(next);
  await act(
    'cancel',
    (
      await world.ctx.db.one<{ id: string }>(sql`
    select id from booking.appointment where session_id = ${next.session_id} and is_active`)
    ).id,
  );
  await assert.rejects(go(last), overLimit('month'));
  const later = { ends_at: new Date('2026-12-20T04:00:00Z'), starts_at: new Date('2026-12-20T00:00:00Z') }; // prettier-ignore
  const december = await at.session({ ...later, service_date: '2026-12-20' });
  world.ctx.clock.set(new Date('2026-12-02T01:00:00Z'));
  assert.equal((await go(december)).status, 'booked');
});

test('[R006] window, doctor, draw and emergency stay open, and use nothing of the limit but a win', async () => {
  const at = await hospital({ limits: [day_one] });
  const patient_id = world.person();
  const [one, two, three, four] = [await at.session(), await at.session(), await at.session(), await at.session({ stays_open: true })]; // prettier-ignore
  const window = { channel: 'window', actor: 'staff:1' } as const;
  await book(world.ctx, ask(one, { patient_id, asker: window }));
  await book(world.ctx, ask(two, { patient_id }));
  await assert.rejects(book(world.ctx, ask(three, { patient_id })), overLimit('day'));
  await book(world.ctx, ask(three, { patient_id, asker: window }));
  await book(world.ctx, ask(four, { patient_id }));
  const winner = world.person();
  const drawn = await at.session({}, 3);
  const [slot] = await world.ctx.db.many<{ id: string }>(sql`
    update booking.slot set state = 'unreleased' where id in (select id from booking.slot
      where session_id = ${drawn.session_id} limit 1) returning id`);
  const grant = { appointment_id: newId(world.ctx), slot_id: slot?.id ?? '', patient_id: winner, account_id: null, device_key_id: null, payer_reference: null, phone_index: null }; // prettier-ignore
  const hold_until = new Date('2026-11-25T01:00:00Z');
  await world.ctx.db.tx((tx) =>
    grantPlaces(tx, { draw_id: null, grants: [grant], hold_until, at: start, actor: 'draw' }),
  );
  await assert.rejects(book(world.ctx, ask(one, { patient_id: winner })), overLimit('day'));
});

test('[R040] a number given back, lapsed or stopped makes room; a move or an undo cannot exceed', async () => {
  const at = await hospital({ limits: [day_one] });
  const patient_id = world.person();
  const practitioner_id = newId(world.ctx);
  const one = await at.session({ practitioner_id });
  const two = await at.session({ practitioner_id });
  const other_day = await at.session({ practitioner_id, service_date: '2026-11-28' });
  const first = await book(world.ctx, ask(one, { patient_id }));
  await act('cancel', first.appointment_id);
  const second = await hold(world.ctx, ask(two, { patient_id }));
  const undo = () =>
    restoreWithinLimits(
      world.ctx,
      { appointment_id: first.appointment_id, session_id: one.session_id },
      { appointment_id: first.appointment_id, actor: 'test', idempotency: world.key() },
    );
  await assert.rejects(undo(), overLimit('day'));
  pass(10);
  await lapseHolds(world.ctx);
  assert.equal((await undo()).status, 'booked');
  assert.notEqual(second.appointment_id, first.appointment_id);
  const third = await book(world.ctx, ask(other_day, { patient_id }));
  const [target] = await world.ctx.db.many<{ id: string }>(sql`
    select id from booking.slot where session_id = ${two.session_id} and is_free limit 1`);
  const move = (channel: 'web' | 'window') =>
    moveVisit(world.ctx, {
      asker: { actor: 'test', channel, account_id: null },
      appointment_id: third.appointment_id,
      slot_id: target?.id ?? '',
      idempotency: world.key(),
    });
  await assert.rejects(move('web'), overLimit('day'));
  await world.ctx.db.tx((tx) =>
    stopStock(tx, { session_id: one.session_id, at: world.ctx.clock.now(), actor: 'test' }),
  );
  assert.equal((await move('web')).appointment_id, third.appointment_id);
});

test('[R017] after a cancellation there is a pause, and too many end remote booking for a while', async () => {
  const many: Limit = { ...day_one, code: 'returns', counts: 'cancellations', window: 'rolling_7_days', max: 2 }; // prettier-ignore
  const at = await hospital({
    limits: [many],
    cooling: { after_hold_minutes: 1, after_cancel_minutes: 120 },
  });
  const session = await at.session();
  const patient_id = world.person();
  const go = () => book(world.ctx, ask(session, { patient_id }));
  const held = await hold(world.ctx, ask(session, { patient_id }));
  await act('cancel', held.appointment_id);
  await assert.rejects(go(), overLimit('after-hold'));
  pass(1);
  await act('cancel', (await go()).appointment_id);
  pass(119);
  await assert.rejects(go(), overLimit('after-cancel'));
  pass(1);
  await act('cancel', (await go()).appointment_id);
  pass(120);
  await assert.rejects(go(), overLimit('returns'));
  await book(world.ctx, ask(session, { patient_id, asker: { channel: 'window' } }));
});

test('[R001] how far ahead and until what hour tomorrow can be booked are the hospital’s rules', async () => {
  const at = await hospital({
    booking_horizon: { advance_days: 3, next_day_stop_time: '15:00' },
  });
  const [near, far, tomorrow] = [await at.session(), await at.session({ service_date: '2026-11-28' }), await at.session({ service_date: '2026-11-25' })]; // prettier-ignore
  await book(world.ctx, ask(near));
  await assert.rejects(book(world.ctx, ask(far)), overLimit('advance-days'));
  world.ctx.clock.set(new Date('2026-11-24T06:59:00Z'));
  await book(world.ctx, ask(tomorrow));
  pass(1);
  await assert.rejects(book(world.ctx, ask(tomorrow)), overLimit('next-day'));
  await book(world.ctx, ask(tomorrow, { asker: { channel: 'window' } }));
});

test('new rules begin on their day, not before, and say in words what they refuse', async () => {
  const at = await hospital({ limits: [] });
  const write = (effective_from: string, base_version: number) =>
    writeRules(world.ctx, { hospital_id: at.hospital_id, base_version, effective_from, rules: { ...plain_rules, limits: [day_one] }, reason: '试行', actor: 'staff:test' }); // prettier-ignore
  const code = (wanted: string) => (error: Problem) => error.kind.code === wanted;
  await assert.rejects(write('2026-11-24', 1), code('booking/rules-too-soon'));
  await assert.rejects(write('2026-11-25', 0), code('booking/rules-outrun'));
  await write('2026-11-25', 1);
  const patient_id = world.person();
  const [one, two, three] = [await at.session(), await at.session(), await at.session()];
  await book(world.ctx, ask(one, { patient_id }));
  await book(world.ctx, ask(two, { patient_id }));
  world.ctx.clock.set(new Date('2026-11-25T00:00:00Z'));
  await assert.rejects(book(world.ctx, ask(three, { patient_id })), (error: Problem) => {
    assert.match(
      error.message,
      /^本院规则：同一位就诊人在本院同一就诊日最多有1个预约，现在已有2个。/,
    );
    assert.equal(
      (limitOf(error) as unknown as { hospital_id: string }).hospital_id,
      at.hospital_id,
    );
    return true;
  });
});

test('the same booking asked again answers the same, whether it was refused or not', async () => {
  const at = await hospital({ limits: [day_one] });
  const patient_id = world.person();
  const first = ask(await at.session(), { patient_id });
  const again = ask(await at.session(), { patient_id });
  const taken = await book(world.ctx, first);
  await assert.rejects(book(world.ctx, again), overLimit('day'));
  await act('cancel', taken.appointment_id);
  await assert.rejects(book(world.ctx, again), overLimit('day'));
  assert.equal((await book(world.ctx, first)).appointment_id, taken.appointment_id);
});

const limits: Limit[] = [
  { ...day_one, max: 2 },
  { ...day_one, code: 'half', window: 'service_half_day', within: 'department' },
  { ...day_one, code: 'account', per: 'account', window: 'rolling_7_days', max: 4 },
  { ...day_one, code: 'made', counts: 'bookings_made', window: 'hospital_month', max: 6 },
  { ...day_one, code: 'back', counts: 'cancellations', window: 'rolling_7_days', max: 3 },
];

test('[R040] in whatever order people book, cancel, let lapse and wait, the statement decides as a recount does', async () => {
  const rules = { ...plain_rules, limits, hospital_month_first_day: 25 };
  const compiled = compileLimits(rules);
  const command = fc.record({
    kind: fc.constantFrom('book', 'book', 'book', 'hold', 'cancel', 'wait', 'window'),
    who: fc.nat(1),
    where: fc.nat(3),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 6, maxLength: 16 }), async (commands) => {
      const at = await hospital(rules);
      const sessions = [
        await at.session(),
        await at.session({ period: 'afternoon' }),
        await at.session({ department_id: newId(world.ctx) }),
        await at.session({ service_date: '2026-11-28' }),
      ];
      const people = [world.person(), world.person()];
      const account_id = world.person();
      const past: (PastVisit & { id: string })[] = [];
      for (const { kind, who, where } of commands) {
        const now = world.ctx.clock.now();
        for (const visit of past)
          if (
            visit.gone_at === null &&
            !visit.confirmed &&
            now.getTime() >= visit.made_at.getTime() + 600_000
          )
            // prettier-ignore
            Object.assign(visit, { gone_at: now, gone_how: 'lapsed' });
        if (kind === 'wait') {
          pass(7 + 1440 * where);
          continue;
        }
        const session = sessions[where] as StockSession;
        const patient = people[who] as string;
        if (kind === 'cancel') {
          const mine = past.find((one) => one.patient === patient && one.gone_at === null);
          if (!mine || now >= new Date('2026-11-27T00:00:00Z')) continue;
          await act('cancel', mine.id);
          Object.assign(mine, { gone_at: now, gone_how: 'cancelled' });
          continue;
        }
        const channel = kind === 'window' ? 'window' : 'web';
        const visit = { patient, account: account_id, phone: null, device: null, hospital: at.hospital_id, session: session.session_id, department: session.department_id ?? null, day: session.service_date, half_day: session.period ?? '', channel, made_at: now } as const; // prettier-ignore
        const expected = judge(compiled, visit, past)?.code;
        const twice = past.some((one) => one.patient === patient && one.session === visit.session && one.gone_at === null); // prettier-ignore
        const over = now >= session.ends_at;
        const take = kind === 'hold' ? hold : book;
        const asker = { channel, account_id } as const;
        const outcome = await take(world.ctx, ask(session, { patient_id: patient, asker })).then(
          ({ appointment_id }) => ({ id: appointment_id }),
          (error: Problem) => ({ refused: limitOf(error)?.code ?? error.kind.code }),
        );
        if (over || twice) continue;
        assert.deepEqual('id' in outcome ? undefined : outcome.refused, expected);
        if ('id' in outcome)
          past.push({ ...visit, id: outcome.id, confirmed: kind !== 'hold', gone_at: null, gone_how: null }); // prettier-ignore
      }
    }),
    { numRuns: 12, seed: 11, endOnFailure: true },
  );
});
