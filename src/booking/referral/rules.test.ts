import assert from 'node:assert/strict';
import { test } from 'node:test';
import { quotaFor, quotaInMonth, spanOf } from './rules.ts';

test('a week runs from Monday to Sunday and a month by the calendar, also over the year', () => {
  const cases = [
    ['week', '2026-11-29', '2026-11-23', '2026-11-30'],
    ['week', '2026-11-30', '2026-11-30', '2026-12-07'],
    ['week', '2027-01-01', '2026-12-28', '2027-01-04'],
    ['month', '2026-12-31', '2026-12-01', '2027-01-01'],
    ['month', '2028-02-29', '2028-02-01', '2028-03-01'],
  ] as const;
  for (const [per, date, from, to] of cases) assert.deepEqual(spanOf(per, date), { from, to });
});

test('a clinic’s own quota comes before its department’s, and one without numbers is none', () => {
  const session = { department_id: 'D', healthcare_service_id: 'S' };
  const quota = (scope_id: string, numbers: number | null) => ({
    ...{ scope_id, department_id: 'D', version: 1, per: 'week' as const, numbers },
    healthcare_service_id: scope_id === 'S' ? 'S' : null,
  });
  const week = (numbers: number) => ({ per: 'week', numbers });
  assert.deepEqual(quotaFor([], session), { scope_id: 'D', quota: null });
  assert.deepEqual(quotaFor([quota('D', 3)], session), { scope_id: 'D', quota: week(3) });
  const both = [quota('D', 3), quota('S', 1)];
  assert.deepEqual(quotaFor(both, session), { scope_id: 'S', quota: week(1) });
  const gone = [quota('D', 3), quota('S', null)];
  assert.deepEqual(quotaFor(gone, session), { scope_id: 'D', quota: week(3) });
  assert.deepEqual(quotaFor([quota('S', 0)], session), { scope_id: 'S', quota: week(0) });
});

test('a weekly quota gives a month as many weeks as Mondays', () => {
  assert.equal(quotaInMonth({ per: 'week', numbers: 5 }, '2026-11'), 25);
  assert.equal(quotaInMonth({ per: 'week', numbers: 5 }, '2026-12'), 20);
  assert.equal(quotaInMonth({ per: 'month', numbers: 7 }, '2026-12'), 7);
});
