import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { addDays } from '../../platform/clock.ts';
import { addedQuota, addMonths, followUpDays, isFollowUpMissed, monthSpan } from './rules.ts';

test('[R031] every three months counts from the first date, whatever the months between are like', () => {
  const turns = [1, 2, 3, 4, 5].map((n) => addMonths('2026-11-30', 3 * n));
  assert.deepEqual(turns, ['2027-02-28', '2027-05-30', '2027-08-30', '2027-11-30', '2028-02-29']);
  assert.equal(addMonths('2027-01-31', 1), '2027-02-28');
  assert.equal(addMonths('2027-01-31', 2), '2027-03-31');
  assert.equal(addMonths('2026-12-31', 12), '2027-12-31');
});

test('a turn keeps the day of the month or is the last day of a shorter month', () => {
  const date = fc.date({
    min: new Date('2024-01-01'),
    max: new Date('2040-12-31'),
    noInvalidDate: true,
  });
  fc.assert(
    fc.property(date, fc.integer({ min: 0, max: 48 }), (day, months) => {
      const anchor = day.toISOString().slice(0, 10);
      const turn = addMonths(anchor, months);
      const kept = turn.slice(8) === anchor.slice(8);
      const isLast = addDays(turn, 1).endsWith('-01');
      assert.ok(
        kept || (isLast && turn.slice(8) < anchor.slice(8)),
        `${anchor} + ${months} = ${turn}`,
      );
      const [y0, m0] = anchor.split('-').map(Number) as [number, number];
      const [y1, m1] = turn.split('-').map(Number) as [number, number];
      assert.equal((y1 - y0) * 12 + m1 - m0, months);
    }),
    { numRuns: 300 },
  );
});

const days = (...dates: string[]) =>
  dates.map((service_date) => ({ session_id: service_date, service_date }));
const picked = (due: string, open: string[], today: string, planned_until: string) =>
  followUpDays(due, days(...open), { today, planned_until }).map((one) => one.service_date);

test('[R031] a follow-up goes to the day nearest to its date; a holiday has no session and is passed over', () => {
  // The week of the National Day holiday holds no clinics.
  const open = ['2026-09-28', '2026-09-30', '2026-10-08', '2026-10-12'];
  assert.deepEqual(picked('2026-10-01', open, '2026-09-01', '2026-10-20'), [
    '2026-09-30',
    '2026-09-28',
    '2026-10-08',
    '2026-10-12',
  ]);
  // Before later sessions are planned an earlier day waits; near the date it waits no longer.
  assert.deepEqual(picked('2026-10-01', ['2026-09-28'], '2026-09-20', '2026-09-28'), []);
  assert.deepEqual(picked('2026-09-30', ['2026-09-29'], '2026-09-28', '2026-09-29'), [
    '2026-09-29',
  ]);
  // Of two days equally near the later one, which gives the patient more time.
  assert.deepEqual(picked('2026-10-10', ['2026-10-09', '2026-10-11'], '2026-09-01', '2026-10-11'), [
    '2026-10-11',
    '2026-10-09',
  ]);
  // Never today, never outside its time.
  assert.deepEqual(
    picked('2026-10-10', ['2026-10-02', '2026-11-01'], '2026-09-01', '2026-12-01'),
    [],
  );
  assert.equal(isFollowUpMissed('2026-10-01', '2026-10-21'), false);
  assert.equal(isFollowUpMissed('2026-10-01', '2026-10-22'), true);
});

test('[R033] a fifth of a session may be added to it, one number at least, and none where the share is nought', () => {
  assert.deepEqual(
    [30, 12, 9, 4, 1].map((numbers) => addedQuota(numbers, 0.2)),
    [6, 2, 1, 1, 1],
  );
  assert.equal(addedQuota(30, 0), 0);
});

test('a month of the report is a month of Shanghai', () => {
  const { from, to } = monthSpan('2026-12');
  assert.equal(from.toISOString(), '2026-11-30T16:00:00.000Z');
  assert.equal(to.toISOString(), '2026-12-31T16:00:00.000Z');
});
