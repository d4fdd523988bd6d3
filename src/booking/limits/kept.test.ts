import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { bookingWorld } from '../../../test/support/booking.ts';
import { newId } from '../../platform/id.ts';
import { climb } from '../restrictions/rules.ts';
import { queueOrder, type InQueue } from '../rules.ts';
import { arrivalOf } from './arrival.ts';
import { compileLimits } from './compile.ts';
import { cancelTerms } from './deadline.ts';
import { forgetHoldMinutes, holdMinutes } from './hold-minutes.ts';
import { rulesInWords } from './in-words.ts';
import { judge, sinceOf, type JudgedVisit, type PastVisit } from './judge.ts';
import { plain_rules } from './presets.ts';
import { RuleSet } from './rule-set.ts';
import { writeRules } from './write-rules.ts';

/* Nothing is told that is not kept: each field of a rule set is held against what it decides. */

type World = Awaited<ReturnType<typeof bookingWorld>>;
let world: World;
before(async () => {
  world = await bookingWorld('kept-rules');
});
after(() => world.stop());

const at = (text: string) => new Date(`2026-11-${text}:00+08:00`);
const asked: JudgedVisit = { patient: 'p', account: 'a', phone: 'f', device: 'd', hospital: 'h', session: 's', department: 'k', day: '2026-11-27', half_day: 'morning', channel: 'web', made_at: at('24T09:00') }; // prettier-ignore
const past: PastVisit = { ...asked, session: 's2', day: '2026-11-26', made_at: at('24T08:30'), confirmed: true, gone_at: null, gone_how: null }; // prettier-ignore
const gone: PastVisit = { ...past, gone_at: at('24T08:50'), gone_how: 'cancelled' };
const channels: RuleSet['limits'][number]['channels'] = ['web'];
const limit: RuleSet['limits'][number] = { code: 'one', counts: 'active_bookings', window: 'rolling_7_days', per: 'patient', within: 'hospital', max: 1, channels }; // prettier-ignore
const rung = { count: 2, within_days: 90, restrict_days: 30 } as const;

const judged = (rules: RuleSet, visits: PastVisit[], visit: JudgedVisit = asked) =>
  judge(compileLimits(rules), visit, visits)?.code ?? null;
const limits = (change: object): RuleSet => ({ ...plain_rules, limits: [{ ...limit, ...change }] });
const ladders = (change: object): RuleSet => ({
  ...plain_rules,
  ladders: { ...plain_rules.ladders, ...change },
});
const climbed = (kind: 'no_show' | 'late_cancel' | 'unconfirmed_win', { ladders: own }: RuleSet) =>
  climb(
    ['01T09:00', '05T09:00', '20T09:00'].map((day, n) => ({ appointment_id: `v${n}`, kind, happened_at: at(day), ladders: own })), // prettier-ignore
  ).reached.map(({ reached_by, ends_at }) => `${reached_by} ${ends_at.toISOString()}`);
const deadline = (change: object): string => {
  const line = { levels: [], days_before: 1, time: '15:00', minutes_before: null, after: 'counts_as_late' as const, ...change }; // prettier-ignore
  const cancel_deadlines = [line];
  return JSON.stringify(
    cancelTerms({ starts_at: at('27T09:00'), level: 'chief', cancel_deadlines }),
  );
};
const arriving = (change: object) =>
  JSON.stringify(
    (['morning', 'afternoon', 'evening'] as const).map(
      (period) =>
      arrivalOf({ ends_at: at('27T09:00'), period, check_in: { ...plain_rules.check_in, ...change } }, at('27T20:00')), // prettier-ignore
    ),
  );

/** A line of numbers 1, 2, 3…: those with a priority rule `one_in` above zero have priority. */
const inLine =
  (rule: number, since: number) =>
  (priority: boolean, n: number): InQueue => ({
    appointment_id: `${n}`,
    status: 'checked_in',
    starts_at: at('27T09:00').toISOString(),
    sequence: n + 1,
    checked_in_at: at('27T08:50').toISOString(),
    called_at: null,
    missed: false,
    called_since: 0,
    ...(priority ? { priority: 'elder' as const, one_in: rule, others_since: since } : {}),
  });
const sequences = (people: readonly InQueue[]) =>
  queueOrder(people).map(({ sequence }) => sequence);
const ordered = ([rule = 2]: number[]) =>
  sequences([false, false, false, true, false].map(inLine(rule, 0)));

/** For each field: what it decides, for two values of it. They must differ. */
const decisions: Record<string, () => [unknown, unknown]> = {
  'limits.code': () => [judged(limits({}), [past]), judged(limits({ code: 'two' }), [past])],
  'limits.counts': () => [judged(limits({}), [gone]), judged(limits({ counts: 'bookings_made' }), [gone])], // prettier-ignore
  'limits.window': () => [judged(limits({}), [past]), judged(limits({ window: 'service_day' }), [past])], // prettier-ignore
  'limits.per': () => [
    judged(limits({}), [{ ...past, patient: 'q' }]),
    judged(limits({ per: 'account' }), [{ ...past, patient: 'q' }]),
  ],
  'limits.within': () => [
    judged(limits({}), [{ ...past, department: 'z' }]),
    judged(limits({ within: 'department' }), [{ ...past, department: 'z' }]),
  ],
  'limits.max': () => [judged(limits({}), [past]), judged(limits({ max: 2 }), [past])],
  'limits.channels': () => [judged(limits({}), [past]), judged(limits({ channels: ['phone'] }), [past])], // prettier-ignore
  'booking_horizon.advance_days': () =>
    [2, 30].map((advance_days) => judged({ ...plain_rules, booking_horizon: { advance_days, next_day_stop_time: null } }, [])) as [unknown, unknown], // prettier-ignore
  'booking_horizon.next_day_stop_time': () =>
    ['08:00', null].map((next_day_stop_time) => judged({ ...plain_rules, booking_horizon: { advance_days: 9, next_day_stop_time } }, [], { ...asked, day: '2026-11-25' })) as [unknown, unknown], // prettier-ignore
  'cancel_deadlines.levels': () => [deadline({}), deadline({ levels: ['team'] })],
  'cancel_deadlines.days_before': () => [deadline({}), deadline({ days_before: 2 })],
  'cancel_deadlines.time': () => [deadline({}), deadline({ time: null })],
  'cancel_deadlines.minutes_before': () => [deadline({}), deadline({ minutes_before: 30 })],
  'cancel_deadlines.after': () => [deadline({}), deadline({ after: 'window_only' })],
  'cooling.after_hold_minutes': () =>
    [0, 30].map((after_hold_minutes) => judged({ ...plain_rules, cooling: { after_hold_minutes, after_cancel_minutes: 0 } }, [{ ...gone, confirmed: false }])) as [unknown, unknown], // prettier-ignore
  'cooling.after_cancel_minutes': () =>
    [0, 30].map((after_cancel_minutes) => judged({ ...plain_rules, cooling: { after_hold_minutes: 0, after_cancel_minutes } }, [gone])) as [unknown, unknown], // prettier-ignore
  'check_in.morning': () => [arriving({}), arriving({ morning: '11:30' })],
  'check_in.afternoon': () => [arriving({}), arriving({ afternoon: '15:30' })],
  'check_in.evening': () => [arriving({}), arriving({ evening: '19:30' })],
  'check_in.late': () => [arriving({}), arriving({ late: 'end_of_half_day' })],
  'priority.one_in': () => [ordered([2, 2, 0]), ordered([5, 5, 0])],
  'ladders.no_show.count': () => [climbed('no_show', ladders({ no_show: [rung] })), climbed('no_show', ladders({ no_show: [{ ...rung, count: 3 }] }))], // prettier-ignore
  'ladders.no_show.within_days': () => [climbed('no_show', ladders({ no_show: [rung] })), climbed('no_show', ladders({ no_show: [{ ...rung, within_days: 1 }] }))], // prettier-ignore
  'ladders.no_show.restrict_days': () => [climbed('no_show', ladders({ no_show: [rung] })), climbed('no_show', ladders({ no_show: [{ ...rung, restrict_days: 60 }] }))], // prettier-ignore
  'ladders.late_cancel': () => [climbed('late_cancel', ladders({ late_cancel: [rung] })), climbed('late_cancel', ladders({}))], // prettier-ignore
  'ladders.unconfirmed_win': () => [climbed('unconfirmed_win', ladders({ unconfirmed_win: [rung] })), climbed('unconfirmed_win', ladders({}))], // prettier-ignore
  'ladders.first_free_in_days': () => [climbed('no_show', ladders({ no_show: [rung] })), climbed('no_show', ladders({ no_show: [rung], first_free_in_days: 0 }))], // prettier-ignore
  hospital_month_first_day: () =>
    [1, 20].map((day) => {
      const rules = { ...limits({ window: 'hospital_month' }), hospital_month_first_day: day };
      const made = compileLimits(rules).find(({ told }) => told.code === 'one');
      return made && sinceOf(made, asked.made_at);
    }) as [unknown, unknown],
};
/** Decided where rows are: each is proved by a test of that name. */
const elsewhere: Record<string, string> = {
  hold_minutes: 'a number is held for as long as the hospital says',
  'free_return.opens': 'returns/returns.test.ts',
  'free_return.days': 'returns/returns.test.ts',
  internet_prior_days: 'internet.test.ts',
  'priority.elder_age': 'waiting/waiting.test.ts',
  'priority.military': 'waiting/waiting.test.ts',
  'priority.disabled': 'waiting/waiting.test.ts',
  // Words of the hospital, told as they are.
  appeal: 'the way to appeal is told in the hospital’s own words',
};

type Shape = { type?: unknown; properties?: Record<string, Shape>; items?: Shape };
function leaves(shape: Shape, path = ''): string[] {
  if (shape.items?.properties) return leaves(shape.items, path);
  if (!shape.properties) return [path];
  return Object.entries(shape.properties).flatMap(([name, one]) =>
    leaves(one, path === '' ? name : `${path}.${name}`),
  );
}

test('every field of a rule set decides something, or it is not there to be told', () => {
  const known = [...Object.keys(decisions), ...Object.keys(elsewhere)];
  // The two other ladders are the same shape as the first.
  const fields = leaves(RuleSet as Shape).map((path) =>
    path.replace(/^ladders\.(late_cancel|unconfirmed_win)\..*/, 'ladders.$1'),
  );
  assert.deepEqual([...new Set(fields)].sort(), known.sort());
  for (const [field, decide] of Object.entries(decisions)) {
    const [one, other] = decide();
    assert.notDeepEqual(one, other, field);
  }
});

test('the way to appeal is told in the hospital’s own words; accounts by the installation’s limits', () => {
  const told = (...given: Parameters<typeof rulesInWords>) =>
    rulesInWords(...given).flatMap(({ lines }) => lines).join('\n'); // prettier-ignore
  assert.match(told({ ...plain_rules, appeal: '请到三楼服务台。' }), /请到三楼服务台。/);
  assert.match(told(plain_rules), /最多添加5位就诊人，一位就诊人最多由4个账号代办/);
  const other = { patients_account_max: 3, accounts_patient_max: 2 };
  assert.match(told(plain_rules, other as never), /最多添加3位就诊人，一位就诊人最多由2个账号代办/);
  assert.match(told(limits({ channels: ['phone'] })), /（电话预约）/);
  assert.match(told({ ...plain_rules, hold_minutes: 25 }), /占号后25分钟内/);
});

const write = (hospital_id: string, base_version: number, change: Partial<RuleSet>) =>
  writeRules(world.ctx, {
    hospital_id,
    base_version,
    effective_from: base_version === 0 ? '2026-11-24' : '2026-11-25',
    rules: { ...plain_rules, ...change },
    reason: '测试占号时限',
    actor: 'staff:test',
  });

test('a number is held for as long as the hospital says, from the day it says so', async () => {
  const { ctx } = world;
  const { session_id, hospital_id } = await world.session(2);
  assert.equal(await holdMinutes(ctx, newId(ctx)), 10, 'a session nobody knows yet');
  assert.equal(await holdMinutes(ctx, session_id), 10);
  await write(hospital_id, 0, { hold_minutes: 30 });
  assert.equal(await holdMinutes(ctx, session_id), 30, 'first rules may begin at once');
  await write(hospital_id, 1, { hold_minutes: 15 });
  assert.equal(await holdMinutes(ctx, session_id), 30, 'the next ones tomorrow');
  const now = ctx.clock.now();
  ctx.clock.set(at('25T00:00'));
  assert.equal(await holdMinutes(ctx, session_id), 15);
  ctx.clock.set(now);
  forgetHoldMinutes(ctx.db, hospital_id);
  const crowd = await Promise.all(Array.from({ length: 50 }, () => holdMinutes(ctx, session_id)));
  assert.deepEqual(new Set(crowd), new Set([30]));
});

test('a deadline that had passed when the number was booked binds nobody', () => {
  const starts_at = at('27T09:00');
  const cancel_deadlines = [{ levels: [], days_before: 1, time: '15:00', minutes_before: null, after: 'counts_as_late' as const }]; // prettier-ignore
  const terms = (booked_at: Date) => cancelTerms({ starts_at, cancel_deadlines, booked_at });
  assert.deepEqual(terms(at('25T10:00')), { until: starts_at, late_from: at('26T15:00') });
  assert.deepEqual(terms(at('26T16:00')), { until: starts_at, late_from: null });
});

test('who comes late under such a rule follows all who came in time, in the order of coming', () => {
  const person = (id: string, more: Partial<InQueue>): InQueue => ({
    appointment_id: id,
    status: 'checked_in',
    starts_at: at('27T09:00').toISOString(),
    sequence: 1,
    checked_in_at: at('27T08:50').toISOString(),
    called_at: null,
    missed: false,
    called_since: 0,
    ...more,
  });
  const late = (hour: string) => ({ late_at: at(`27T${hour}`).toISOString() });
  const line = [
    person('late-2', late('10:20')),
    person('last-number', { starts_at: at('27T11:00').toISOString() }),
    person('late-1', late('10:10')),
    person('first', {}),
  ];
  assert.deepEqual(
    queueOrder(line).map((one) => one.appointment_id),
    ['first', 'last-number', 'late-1', 'late-2'],
  );
});

test('[R004] of every N people called one at most goes first, and what was told is kept', () => {
  assert.deepEqual(ordered([2]), [1, 4, 2, 3, 5]);
  assert.deepEqual(ordered([4]), [1, 2, 3, 4, 5]);
  let seed = 7;
  const roll = (n: number): number => (seed = (seed * 48_271) % 2_147_483_647) % n;
  for (let round = 0; round < 500; round++) {
    const rule = 2 + roll(6);
    const since = roll(9);
    let line = Array.from({ length: roll(30) }, () => roll(3) === 0).map(inLine(rule, since));
    const order = sequences(line);
    const has = new Set(line.filter((one) => one.priority).map(({ sequence }) => sequence));
    assert.deepEqual(order.toSorted((a, b) => a - b), line.map(({ sequence }) => sequence)); // prettier-ignore
    // Among themselves both kinds keep their turn.
    for (const kind of [order.filter((n) => has.has(n)), order.filter((n) => !has.has(n))])
      assert.deepEqual(
        kind,
        kind.toSorted((a, b) => a - b),
      );
    // Whoever is called out of turn comes after `rule - 1` others at least, since the last one.
    let others = since;
    for (const [n, one] of order.entries()) {
      const isOutOfTurn = order.slice(n + 1).some((later) => later < one);
      if (isOutOfTurn) assert.ok(has.has(one) && others >= rule - 1);
      // And while one with priority waits, no more others than that go before.
      if (!has.has(one) && order.slice(n + 1).some((later) => has.has(later)))
        assert.ok(others < rule - 1);
      others = has.has(one) ? 0 : others + 1;
    }
    // Calling one after the other gives the order that was told in the beginning.
    let count = since;
    for (const told of order) {
      const [next] = queueOrder(line.map((one) => (one.priority ? { ...one, others_since: count } : one))); // prettier-ignore
      assert.equal(next?.sequence, told);
      count = next?.priority ? 0 : count + 1;
      line = line.filter(({ sequence }) => sequence !== told);
    }
  }
});
