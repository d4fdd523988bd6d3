import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { Value } from 'typebox/value';
import { clinicWorld, signedIn, type ClinicWorld } from '../../../test/support/clinic.ts';
import type { App } from '../../platform/http.ts';
import { compileLimits } from './compile.ts';
import { cancelDeadline, isLateCancel } from './deadline.ts';
import { dryRun, reaches, type HistoryVisit } from './dry-run.ts';
import { rulesInWords } from './in-words.ts';
import { sinceOf } from './judge.ts';
import { lintRules } from './lint.ts';
import { plain_rules, presets } from './presets.ts';
import { RuleSet, type CancelDeadline, type Limit } from './rule-set.ts';
import { limitRule } from './words.ts';

let world: ClinicWorld;
let app: App;
before(async () => {
  world = await clinicWorld('rules');
  app = await world.app();
});
after(async () => {
  await app.close();
  await world.stop();
});

const channels: Limit['channels'] = ['web'];
const limit: Limit = { code: 'day', counts: 'active_bookings', window: 'service_day', per: 'patient', within: 'hospital', max: 1, channels }; // prettier-ignore
const at = (text: string) => new Date(`2026-11-${text}:00+08:00`);

test('every preset is a valid rule set without contradictions, and reads as whole sentences', () => {
  for (const { code, rules } of [...presets, { code: 'plain', rules: plain_rules }]) {
    assert.ok(Value.Check(RuleSet, rules), code);
    assert.deepEqual(lintRules(rules), [], code);
    for (const { lines } of rulesInWords(rules))
      for (const line of lines) assert.match(line, /。$/, `${code}: ${line}`);
  }
  assert.equal(Value.Check(RuleSet, { ...plain_rules, limits: [{ ...limit, max: 0 }] }), false);
});

test('contradictions of a rule set are told to its writer', () => {
  const faulty = (change: Partial<RuleSet>) => lintRules({ ...plain_rules, ...change }).length;
  const [line] = plain_rules.cancel_deadlines;
  assert.ok(line);
  assert.equal(faulty({ limits: [limit, limit] }), 1);
  assert.equal(faulty({ limits: [{ ...limit, window: 'session' }] }), 1);
  assert.equal(faulty({ limits: [{ ...limit, counts: 'cancellations', max: 1 }] }), 2);
  assert.equal(faulty({ cancel_deadlines: [line, line] }), 1);
  assert.equal(faulty({ cancel_deadlines: [{ ...line, days_before: 1 }] }), 1);
  const rung = { count: 3, within_days: 90, restrict_days: 30 } as const;
  assert.equal(faulty({ ladders: { ...plain_rules.ladders, no_show: [rung, rung] } }), 1);
});

test('until when a number can be given back, by 号别, hour, minutes and day', () => {
  const starts_at = at('27T08:00');
  const base: CancelDeadline = { levels: [], days_before: 0, time: null, minutes_before: null, after: 'counts_as_late' }; // prettier-ignore
  const cases: [Partial<RuleSet['cancel_deadlines'][number]>, string][] = [
    [{ minutes_before: 30 }, '27T07:30'],
    [{ days_before: 1, time: '15:00' }, '26T15:00'],
    [{ days_before: 2 }, '26T00:00'],
    // Never after the number's time.
    [{ days_before: 0, time: '23:59' }, '27T08:00'],
  ];
  for (const [change, until] of cases) {
    const cancel_deadlines = [{ ...base, ...change }];
    assert.deepEqual(cancelDeadline({ starts_at, cancel_deadlines }).until, at(until));
  }
  const chief: CancelDeadline = { ...base, levels: ['chief'], minutes_before: 240 };
  const number = { starts_at, level: 'chief', cancel_deadlines: [{ ...base, minutes_before: 30 }, chief] }; // prettier-ignore
  assert.deepEqual(cancelDeadline(number).until, at('27T04:00'));
  assert.equal(isLateCancel({ ...number, status: 'booked' }, at('27T05:00')), true);
  assert.equal(isLateCancel({ ...number, status: 'held' }, at('27T05:00')), false);
  assert.deepEqual(cancelDeadline({ starts_at }).until, starts_at);
});

test('months and spans begin where PostgreSQL lets them begin', async () => {
  for (const moment of ['2026-05-31T02:00:00Z', '2026-03-01T15:59:00Z', '2026-03-01T16:00:00Z'])
    for (const rule of [
      { span: '3 months', month_day: null },
      { span: '7 days', month_day: null },
      { span: null, month_day: 1 },
      { span: null, month_day: 25 },
    ]) {
      const { since } = await world.ctx.db.one<{ since: Date }>({
        text: 'select booking.limit_since($1, $2::interval, $3::int) as since',
        values: [moment, rule.span, rule.month_day],
      });
      assert.deepEqual(sinceOf(rule, new Date(moment)), since, `${moment} ${JSON.stringify(rule)}`);
    }
});

function visit(change: Partial<HistoryVisit>): HistoryVisit {
  return { patient: 'p', account: null, phone: null, device: null, hospital: 'h', session: 's', department: 'd', day: '2026-11-27', half_day: 'morning', channel: 'web', made_at: at('20T09:00'), confirmed: true, gone_at: null, gone_how: null, age: 30, no_show_at: null, ...change }; // prettier-ignore
}

test('a dry run counts whom each rule would have hit by age, and never names anyone', () => {
  const rules = { ...plain_rules, limits: [limit], ladders: { ...plain_rules.ladders, no_show: [{ count: 2, within_days: 90, restrict_days: 30 as const }] } }; // prettier-ignore
  const history = [
    visit({ patient: 'child', age: 7 }),
    visit({ patient: 'child', age: 7, session: 't', made_at: at('20T10:00') }),
    visit({ patient: 'old', age: 71, no_show_at: at('01T09:00') }),
    visit({ patient: 'old', age: 71, session: 'u', day: '2026-11-28', no_show_at: at('02T09:00') }),
    visit({ patient: 'old', age: 71, session: 'v', day: '2026-11-29', no_show_at: at('03T09:00') }),
    visit({ patient: 'clerk', channel: 'window' }),
    visit({ patient: 'clerk', channel: 'window', session: 't' }),
  ];
  const report = dryRun(rules, history);
  assert.equal(report.refused, 1);
  assert.deepEqual(report.rules, [
    { code: 'day', bookings: 1, persons: 1, ages: { '0-13': 1, '14-59': 0, '60+': 0, unknown: 0 } },
  ]);
  assert.equal(report.ladders[0]?.persons, 1);
  assert.doesNotMatch(JSON.stringify(report), /child|old|clerk/);
});

test('the first no-show of a year costs only a message', () => {
  const rung = { count: 2, within_days: 90, restrict_days: 30 } as const;
  assert.equal(reaches([at('01T09:00'), at('02T09:00')], rung, 365), false);
  assert.equal(reaches([at('01T09:00'), at('02T09:00'), at('03T09:00')], rung, 365), true);
  assert.equal(reaches([at('01T09:00'), at('02T09:00')], rung, 0), true);
});

test('everyone reads the rules before signing in; one manager writes them with a reason for a day to come', async () => {
  const url = `/api/hospitals/${world.hospital_id}/rules`;
  const read = async () => (await app.inject({ method: 'GET', url })).json();
  assert.equal((await read()).version, 0);
  const manager = signedIn({ staff_id: '01a00000-0000-7000-8000-000000000001', hospital_id: world.hospital_id, roles: ['registration_manager'] }); // prettier-ignore
  const clerk = signedIn({ staff_id: '01a00000-0000-7000-8000-000000000002', hospital_id: world.hospital_id, roles: ['registration_clerk'] }); // prettier-ignore
  const rules = { ...plain_rules, limits: [limit], cancel_deadlines: [{ levels: [], days_before: 1, time: '15:00', minutes_before: null, after: 'window_only' }] }; // prettier-ignore
  const write = (headers: Record<string, string>, payload: object) =>
    app.inject({ method: 'POST', url: '/api/staff/rule-sets', headers, payload });
  const wish = { base_version: 0, effective_from: '2026-11-24', reason: '试行限约', rules };
  assert.equal((await write(clerk(), wish)).statusCode, 403);
  assert.equal((await write(manager(), { ...wish, reason: '' })).statusCode, 400);
  assert.equal((await write(manager(), { ...wish, rules: { ...rules, limits: [limit, limit] } })).json().code, 'booking/rules-faulty'); // prettier-ignore
  const first = await write(manager(), wish);
  assert.equal(first.json().version, 1, first.body);
  assert.equal((await write(manager(), wish)).json().code, 'booking/rules-outrun');
  const shown = await read();
  assert.ok(shown.sections[0].lines.includes(`${limitRule(compileLimits(rules as RuleSet).at(-1)?.told as never)}（网站预约）。`)); // prettier-ignore
  assert.equal((await write(manager(), { ...wish, base_version: 1, effective_from: '2026-12-01' })).statusCode, 200); // prettier-ignore
  assert.equal((await read()).next.effective_from, '2026-12-01');
  const listed = await app.inject({ method: 'GET', url: '/api/staff/rule-sets', headers: clerk() });
  assert.deepEqual(listed.json().versions.map((one: { version: number; in_force: boolean }) => [one.version, one.in_force]), [[2, false], [1, true]]); // prettier-ignore
  await deadlineHolds();
  const dry = await app.inject({ method: 'POST', url: '/api/staff/rule-sets/dry-run', headers: manager(), payload: { rules, days: 30 } }); // prettier-ignore
  assert.equal(dry.statusCode, 200, dry.body);
  assert.equal(dry.json().bookings, 1);
});

/** The route cannot give back after the hospital's hour, and says until when it could. */
async function deadlineHolds(): Promise<void> {
  const { patient_id } = await world.person();
  const account = signedIn({ account_id: await world.account(patient_id) });
  const session_id = await world.session({ numbers: 3, released: ['online'] });
  const post = (url: string, payload: object) =>
    app.inject({ method: 'POST', url, headers: account(), payload });
  const booked = (await post('/api/appointments', { session_id, patient_id, confirm: true })).json(); // prettier-ignore
  assert.equal(booked.cancel_until, '2026-11-26T07:00:00.000Z');
  world.ctx.clock.set(new Date('2026-11-26T07:01:00Z'));
  const late = await post(`/api/appointments/${booked.appointment_id}/cancel`, {});
  assert.equal(late.json().code, 'booking/cancel-deadline', late.body);
}
