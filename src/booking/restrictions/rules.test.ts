import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Ladders } from '../limits/rule-set.ts';
import { answerDue, climb, conductKinds, isRemote, keyOf, toldBy, type Step } from './rules.ts';

const day_ms = 86_400_000;
const start = Date.parse('2026-01-05T02:00:00Z');
const ladders: Ladders = {
  no_show: [
    { count: 2, within_days: 90, restrict_days: 30 },
    { count: 4, within_days: 180, restrict_days: 90 },
  ],
  late_cancel: [{ count: 2, within_days: 30, restrict_days: 30 }],
  unconfirmed_win: [{ count: 2, within_days: 90, restrict_days: 60 }],
  first_free_in_days: 365,
};
const step = (day: number, kind: Step['kind'] = 'no_show', nth = 0): Step => ({
  appointment_id: `${kind} ${day} ${nth}`,
  kind,
  happened_at: new Date(start + day * day_ms),
  ladders,
});
const lengths = (steps: Step[]): number[] =>
  climb(steps).reached.map((one) => (one.ends_at.getTime() - one.starts_at.getTime()) / day_ms);

const steps = fc
  .array(fc.record({ day: fc.nat(500), kind: fc.constantFrom(...conductKinds) }), { maxLength: 14 })
  .map((list) => list.map(({ day, kind }, nth) => step(day, kind, nth)));
/** The same visits in two orders. */
const twice = steps.chain((list) =>
  fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length })),
);

test('the first no-show and the first unconfirmed win in a year cost only a message', () => {
  for (const kind of ['no_show', 'unconfirmed_win'] as const) {
    assert.deepEqual([...climb([step(0, kind)]).free], [keyOf(step(0, kind))]);
    assert.deepEqual(lengths([step(0, kind), step(10, kind)]), [], 'two are one that counts');
    assert.equal(lengths([step(0, kind), step(10, kind), step(20, kind)]).length, 1);
    assert.equal(
      climb([step(0, kind), step(365, kind)]).free.size,
      2,
      'a year later it is a first',
    );
  }
});

test('a ladder goes up: the next step is longer, and a step is not paid for twice', () => {
  const days = [0, 10, 20, 30, 40];
  assert.deepEqual(lengths(days.map((day) => step(day))), [30, 90]);
  assert.deepEqual(lengths(days.slice(0, 4).map((day) => step(day))), [30], 'the third pays nothing again'); // prettier-ignore
});

test('visits far apart reach no step, and kinds are counted apart', () => {
  assert.deepEqual(lengths([0, 10, 110, 210].map((day) => step(day))), []);
  assert.deepEqual(lengths([step(0), step(5, 'late_cancel'), step(9, 'unconfirmed_win'), step(12)]), []); // prettier-ignore
});

test('whatever the order in which visits become known, the restrictions are the same', () => {
  fc.assert(
    fc.property(twice, ([list, shuffled]) => {
      assert.deepEqual(climb(shuffled), climb(list));
    }),
  );
});

test('a visit makes one restriction at most, is paid for once a rung, and every restriction ends', () => {
  fc.assert(
    fc.property(steps, (list) => {
      const { free, reached } = climb(list);
      const made = reached.map((one) => `${one.kind} ${one.reached_by}`);
      assert.equal(new Set(made).size, made.length);
      for (const kind of conductKinds)
        for (const { count } of ladders[kind]) {
          const paid = reached.filter((one) => one.kind === kind && one.counted.length === count);
          const names = paid.flatMap((one) => one.counted);
          assert.equal(new Set(names).size, names.length, 'no double penalty');
        }
      for (const one of reached) {
        const days = (one.ends_at.getTime() - one.starts_at.getTime()) / day_ms;
        assert.ok([30, 60, 90].includes(days));
        const paid = one.counted.map((appointment_id) => ({ appointment_id, kind: one.kind }));
        assert.ok(
          paid.every((visit) => !free.has(keyOf(visit))),
          'what is free is never counted',
        );
      }
    }),
  );
});

test('no more than one restriction for every two visits, however they lie', () => {
  fc.assert(
    fc.property(steps, (list) => {
      for (const kind of conductKinds) {
        const mine = list.filter((one) => one.kind === kind).length;
        const made = climb(list).reached.filter((one) => one.kind === kind).length;
        assert.ok(made <= Math.max(0, Math.floor(mine / 2)));
      }
    }),
  );
});

test('nothing proves that a person knew unless they acted themselves or were spoken to', () => {
  const known = { channel: 'web', booked_by: 'account:1', confirmed_at: null, spoken: false };
  assert.equal(toldBy(known), 'own_act');
  assert.equal(toldBy({ ...known, channel: 'window', booked_by: 'staff:1' }), 'own_act');
  const won = { ...known, channel: 'draw', booked_by: 'account:1' };
  assert.equal(toldBy(won), null, 'a win nobody confirmed');
  assert.equal(toldBy({ ...won, spoken: true }), 'call');
  assert.equal(toldBy({ ...won, confirmed_at: new Date() }), 'own_act');
  assert.equal(toldBy({ ...known, channel: 'in_clinic', booked_by: 'staff:1' }), null);
  assert.equal(toldBy({ ...known, channel: 'his', booked_by: 'his:1' }), null);
  assert.equal(toldBy({ ...known, channel: 'window', booked_by: 'system:booking' }), null);
});

test('an appeal is answered within one working day, and weekends are none', () => {
  const due = (text: string): string => answerDue(new Date(`${text}+08:00`)).toISOString();
  assert.equal(due('2026-11-25T10:00:00'), '2026-11-26T02:00:00.000Z');
  assert.equal(due('2026-11-27T10:00:00'), '2026-11-30T02:00:00.000Z', 'Friday leads to Monday');
  assert.equal(due('2026-11-29T23:30:00'), '2026-11-30T15:30:00.000Z');
});

test('only what comes from afar is closed: window, room and kiosk are open', () => {
  assert.deepEqual(['web', 'wechat', 'phone', 'kiosk', 'window', 'in_clinic'].map(isRemote), [
    true,
    true,
    true,
    false,
    false,
    false,
  ]);
});
