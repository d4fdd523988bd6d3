import assert from 'node:assert/strict';
import { test } from 'node:test';
import { retryAt, sendableFrom } from './rules.ts';

const at = (wall: string): Date => new Date(`${wall}+08:00`);

test('short messages go out from eight in the morning until nine at night', () => {
  const cases: [string, string][] = [
    ['2026-11-24T08:00:00', '2026-11-24T08:00:00'],
    ['2026-11-24T20:59:59', '2026-11-24T20:59:59'],
    ['2026-11-24T21:00:00', '2026-11-25T08:00:00'],
    ['2026-11-24T23:30:00', '2026-11-25T08:00:00'],
    ['2026-11-25T00:10:00', '2026-11-25T08:00:00'],
    ['2026-11-25T07:59:59', '2026-11-25T08:00:00'],
    ['2026-12-31T22:00:00', '2027-01-01T08:00:00'],
  ];
  for (const [from, to] of cases) assert.deepEqual(sendableFrom(at(from)), at(to), from);
});

test('tries are repeated after ever longer pauses, and never at night', () => {
  const noon = at('2026-11-24T12:00:00');
  const pauses = [1, 2, 3, 4].map((tries) => retryAt(noon, tries).getTime() - noon.getTime());
  assert.deepEqual(pauses, [30_000, 120_000, 480_000, 1_920_000]);
  assert.deepEqual(retryAt(at('2026-11-24T20:50:00'), 4), at('2026-11-25T08:00:00'));
});
