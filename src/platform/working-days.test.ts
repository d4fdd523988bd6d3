import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isWorkingDay, missingYears, oneWorkingDayAfter } from './working-days.ts';

const after = (from: string): string => oneWorkingDayAfter(new Date(from)).toISOString();

test('within one working day means a day on which people work: weekends and holidays are passed over, worked Saturdays are not', () => {
  assert.equal(after('2026-11-24T01:00:00Z'), '2026-11-25T01:00:00.000Z');
  assert.equal(after('2026-11-27T01:00:00Z'), '2026-11-30T01:00:00.000Z', 'a Friday');
  assert.equal(after('2026-09-30T02:30:00Z'), '2026-10-08T02:30:00.000Z', 'National Day');
  assert.equal(after('2026-10-09T02:30:00Z'), '2026-10-10T02:30:00.000Z', 'a worked Saturday');
  assert.equal(after('2026-02-13T16:30:00Z'), '2026-02-23T16:30:00.000Z', 'Spring Festival');
});

test('a year nobody has told the holidays of goes by its weekends, and is named', () => {
  assert.equal(isWorkingDay('2031-10-01'), true);
  assert.equal(isWorkingDay('2031-01-01'), false);
  assert.deepEqual(missingYears(new Date('2026-11-30T00:00:00Z')), []);
  assert.deepEqual(missingYears(new Date('2026-12-01T00:00:00Z')), ['2027']);
  assert.deepEqual(missingYears(new Date('2031-05-01T00:00:00Z')), ['2031']);
});
