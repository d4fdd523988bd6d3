import assert from 'node:assert/strict';
import { beforeEach, mock, test } from 'node:test';
import { forgetAnswers, keepAnswer, keptAnswer } from './kept.ts';

const store = new Map<string, string>();
Object.defineProperty(globalThis, 'localStorage', {
  value: {
    getItem: (key: string) => store.get(key) ?? null,
    setItem: (key: string, value: string) => store.set(key, value),
  },
});

const list = '/api/appointments';
const visit = (appointment_id: string, status: string): object => ({
  appointment_id,
  status,
  queue: { place: 3, ahead: 2 },
});
const visits = {
  appointments: [visit('a', 'booked'), visit('b', 'fulfilled'), visit('c', 'held')],
};

beforeEach(() => store.clear());

test('only coming numbers are kept, one can be opened, and a place in line is not kept', () => {
  keepAnswer(list, visits, true);
  assert.deepEqual(keptAnswer(list), {
    appointments: [
      { appointment_id: 'a', status: 'booked', queue: null },
      { appointment_id: 'c', status: 'held', queue: null },
    ],
  });
  assert.deepEqual(keptAnswer(`${list}/a`), { appointment_id: 'a', status: 'booked', queue: null });
  assert.equal(keptAnswer(`${list}/b`), undefined);
});

test('the page about a number is kept as long as the number is to come', () => {
  const guide = { visit: visit('a', 'booked'), hospital_phone: '0000' };
  keepAnswer(`${list}/a/guide`, guide, true);
  keepAnswer(`${list}/b/guide`, { visit: visit('b', 'fulfilled') }, true);
  assert.deepEqual(keptAnswer(`${list}/a/guide`), {
    visit: { appointment_id: 'a', status: 'booked', queue: null },
    hospital_phone: '0000',
  });
  assert.equal(keptAnswer(`${list}/b/guide`), undefined);
  keepAnswer(list, { appointments: [visit('a', 'cancelled')] }, true);
  assert.equal(keptAnswer(`${list}/a/guide`), undefined);
});

test('nothing else is kept, and nothing of a person who is not signed in', () => {
  keepAnswer('/api/patients', { patients: [] }, true);
  keepAnswer(`${list}/a`, visit('a', 'booked'), true);
  keepAnswer(list, visits, false);
  assert.deepEqual([...store.values()].join(''), '');
});

test('the sign-out leaves the telephone numbers of hospitals and nothing of the person', () => {
  keepAnswer('/api/hospitals', { hospitals: [] }, true);
  keepAnswer('/api/me', { phone_masked: '138****0000' }, true);
  keepAnswer(list, visits, true);
  forgetAnswers();
  assert.deepEqual(keptAnswer('/api/hospitals'), { hospitals: [] });
  assert.equal(keptAnswer('/api/me'), undefined);
  assert.equal(keptAnswer(list), undefined);
});

test('what is older than fourteen days is not shown', () => {
  mock.timers.enable({ apis: ['Date'], now: Date.parse('2026-11-01T00:00:00Z') });
  try {
    keepAnswer(list, visits, true);
    mock.timers.setTime(Date.parse('2026-11-14T23:00:00Z'));
    assert.ok(keptAnswer(list));
    mock.timers.setTime(Date.parse('2026-11-15T00:00:01Z'));
    assert.equal(keptAnswer(list), undefined);
  } finally {
    mock.timers.reset();
  }
});
