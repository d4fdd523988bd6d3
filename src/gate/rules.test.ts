import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { seededRandom } from '../platform/random.ts';
import { secretsFrom } from '../platform/secrets.ts';
import { decideLane, slow_lag_s } from './lane.ts';
import * as rules from './rules.ts';
import { createSketch, pages } from './sketch.ts';
import { readTicket, signTicket } from './token.ts';
import type { Progress, Ticket } from './types.ts';

const key = seededRandom('release key').bytes(32);
const fresh: Progress = {
  early_up_to: rules.value_min,
  late_up_to: 0,
  early_count: 0,
  late_issued: 0,
};

test('[R052] whoever comes first before opening is no nearer to the front', () => {
  const n = 5000;
  const places = Array.from({ length: n }, (_, arrival) => {
    const value = rules.earlyValue(rules.earlyMac(key, 'room', `patient ${arrival}`));
    return rules.earlyPlace(value, n);
  });
  const mean = (n - 1) / 2;
  const [cross, square] = places.reduce(
    ([a, b], place, arrival) => [a + (arrival - mean) * (place - mean), b + (place - mean) ** 2],
    [0, 0],
  );
  const spread = (n * (n * n - 1)) / 12;
  const correlation = cross / Math.sqrt(square * spread);
  // Four standard deviations of what chance alone gives: 4 / sqrt(5000).
  assert.ok(Math.abs(correlation) < 0.057, `correlation ${correlation}`);
});

test('an early place can be computed by anybody who knows the revealed key', () => {
  const mine = rules.earlyValue(rules.earlyMac(key, 'r-1', 'p-1'));
  const theirs = createHmac('sha256', key)
    .update('zhenghao early place v1\nr-1\np-1\n')
    .digest('hex')
    .slice(0, 16);
  assert.equal(mine, theirs);
});

test('the early go in by value, then the late by number, and nobody twice or never', () => {
  const values = Array.from({ length: 1000 }, (_, n) =>
    rules.earlyValue(rules.earlyMac(key, 'room', `p${n}`)),
  );
  let progress: Progress = { ...fresh, early_count: 1000, late_issued: 300 };
  const inside = new Set<string>();
  for (let second = 0; second < 26; second++) {
    assert.ok(rules.hasQueue(progress));
    progress = rules.advance(progress, 50);
    const due = values.filter((value) => rules.isDue({ kind: 'early', value }, progress));
    for (const value of inside) assert.ok(due.includes(value), 'a mark never goes back');
    due.forEach((value) => inside.add(value));
    const expected = Math.min(1000, 50 * (second + 1));
    assert.ok(Math.abs(due.length - expected) < 80, `${due.length} let in, ${expected} expected`);
    const isLateDue = rules.isDue({ kind: 'late', value: '1' }, progress);
    assert.ok(!isLateDue || due.length === 1000, 'no late one before the last early one');
  }
  assert.equal(inside.size, 1000);
  assert.equal(progress.late_up_to, 300);
  assert.ok(!rules.hasQueue(progress));
});

test('the gate lets more in while writes are quick and halves when they wait', () => {
  assert.equal(rules.nextRate(200, rules.waiting_max + 1), 100);
  assert.ok(rules.nextRate(200, 0) > 200);
  assert.equal(rules.nextRate(rules.rate_min, 1e6), rules.rate_min);
  assert.equal(rules.nextRate(rules.rate_max, 0), rules.rate_max);
});

test('[R055] the slow lane lags by less than a minute and never refuses', () => {
  const quiet = {
    limit_refusals: 0,
    sustained: false,
    patients_on_device: 5,
    failed_documents: 2,
    replayed_steps: 0,
    skipped_steps: 0,
  };
  assert.deepEqual(decideLane(quiet), { lane: 'normal', extra_s: 0 });
  for (const worse of [
    { sustained: true },
    { patients_on_device: 20 },
    { failed_documents: 1e9 },
    { replayed_steps: 9 },
    { limit_refusals: 172_500 },
  ]) {
    const decision = decideLane({ ...quiet, ...worse });
    assert.equal(decision.lane, 'slow');
    assert.ok(decision.extra_s <= 60 && slow_lag_s <= 60);
  }
  // What was let in normally at second 10 is let in slowly at most a minute later, after a restart too.
  const marks = [10, 11, 12].map((at) => ({ at: at * 1000, early_up_to: rules.value_max, late_up_to: at })); // prettier-ignore
  assert.equal(rules.markAt(marks, (11 + 60 - 60) * 1000).late_up_to, 11);
  assert.equal(rules.markAt(marks, 0).late_up_to, 10);
});

test('the sketch counts distinct patients in a fixed memory and knows them again', () => {
  const sketch = createSketch();
  const mac = (n: number): Buffer => rules.earlyMac(key, 'room', String(n));
  for (let round = 0; round < 2; round++) for (let n = 0; n < 20_000; n++) sketch.add(mac(n));
  assert.ok(Math.abs(sketch.count() - 20_000) < 200, `counted ${sketch.count()}`);
  let strangers = 0;
  for (let n = 0; n < 20_000; n++) {
    assert.ok(sketch.has(mac(n)));
    if (sketch.has(mac(1_000_000 + n))) strangers++;
  }
  assert.ok(strangers <= 2, `${strangers} strangers taken for early`);
  const other = createSketch();
  const list = sketch.takeChanged().map(({ page }) => page);
  assert.equal(list.length, pages);
  for (const { page, bits } of sketch.read(list)) other.merge(page, bits);
  assert.equal(other.count(), sketch.count());
});

test('a ticket altered by one letter is worth nothing', () => {
  const secrets = secretsFrom(seededRandom('root').bytes(32));
  const ticket: Ticket = {
    room_id: 'r',
    account_id: 'a',
    patient_id: 'p',
    device_key_id: 'k',
    kind: 'late',
    value: '1234',
    lane: 'normal',
    extra_s: 0,
    case_id: null,
  };
  const text = signTicket(secrets, ticket);
  assert.deepEqual(readTicket(secrets, text), ticket);
  for (const at of [0, 10, text.length - 2])
    assert.equal(readTicket(secrets, `${text.slice(0, at)}~${text.slice(at + 1)}`), undefined);
});
