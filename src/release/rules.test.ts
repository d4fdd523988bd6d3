import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  default_rhythm,
  demo_rhythm,
  drawInstants,
  lintPlan,
  releaseInstants,
  releaseText,
  type ClinicFacts,
  type PlanDraft,
} from './rules.ts';

const plan: PlanDraft = {
  method: 'order',
  effective_from: '2026-11-24',
  advance_days: 7,
  release_time: '08:00',
  same_day_share: 0,
  same_day_time: '07:00',
  on_site_share: 0.1,
  on_site_time: '07:00',
  draw_group: 'EYE',
};
const clinic: ClinicFacts = {
  time_critical: null,
  undrawn_within_3_days: true,
  outside_channel_open: false,
  recent_release_times: [],
  sold_out_under_10_minutes: 0,
  specialty_name: '眼科',
  today: '2026-11-20',
  current: null,
  reason: null,
  demo: false,
};
const drawn: PlanDraft = { ...plan, method: 'draw', draw_rhythm: default_rhythm };

const found = (draft: PlanDraft, facts: Partial<ClinicFacts> = {}): string[] =>
  lintPlan(draft, { ...clinic, ...facts }).map((finding) => `${finding.severity} ${finding.code}`);

test('a sensible plan by order and one by draw have no findings', () => {
  assert.deepEqual(found(plan), []);
  assert.deepEqual(found(drawn), []);
});

test('[R019] releasing at night is refused, before seven it is flagged', () => {
  for (const time of ['22:00', '23:59', '00:00', '03:30', '05:59'])
    assert.deepEqual(found({ ...plan, release_time: time }), ['refuse night-release'], time);
  for (const time of ['06:00', '06:59'])
    assert.deepEqual(found({ ...plan, release_time: time }), ['flag early-release'], time);
  for (const time of ['07:00', '12:00', '21:59'])
    assert.deepEqual(found({ ...plan, release_time: time }), [], time);
});

test('[R019] the hour of the same-day pool is held to the same rule', () => {
  assert.deepEqual(found({ ...plan, same_day_share: 0.2, same_day_time: '05:00' }), [
    'refuse night-release',
  ]);
});

test('[R020] two releases less than half an hour apart are flagged', () => {
  assert.deepEqual(found({ ...plan, same_day_share: 0.2, same_day_time: '07:45' }), [
    'flag short-interval',
  ]);
});

test('[R021] a release pattern that can be learnt advises a draw', () => {
  const recent_release_times = ['08:00', '08:00', '08:00'];
  assert.deepEqual(found(plan, { recent_release_times }), ['advise predictable-scarce']);
  assert.deepEqual(found(plan, { recent_release_times: ['08:00', '09:10', '08:00'] }), []);
});

test('no on-site share needs a person’s reason', () => {
  assert.deepEqual(found({ ...plan, on_site_share: 0 }), ['refuse no-on-site-share']);
  assert.deepEqual(found({ ...plan, on_site_share: 0, on_site_zero_reason: '远程门诊无现场' }), [
    'flag no-on-site-share',
  ]);
});

test('what cannot wait is never drawn', () => {
  for (const time_critical of [
    'emergency',
    'fever',
    'pediatric_ordinary',
    'antenatal',
    'dialysis',
    'oncology_follow_up',
    'rabies',
    'other',
  ])
    assert.deepEqual(found(drawn, { time_critical }), ['refuse time-critical'], time_critical);
  assert.deepEqual(found(plan, { time_critical: 'emergency' }), []);
});

test('a speciality without an undrawn number within three days, or sold elsewhere, is not drawn', () => {
  assert.deepEqual(found(drawn, { undrawn_within_3_days: false }), ['refuse no-undrawn-number']);
  assert.deepEqual(found(drawn, { outside_channel_open: true }), ['refuse outside-channel-open']);
});

test('the rhythm in minutes is for the demo only, and a rhythm in days keeps the specification’s limits', () => {
  assert.deepEqual(found({ ...drawn, draw_rhythm: demo_rhythm }), ['refuse demo-rhythm']);
  assert.deepEqual(found({ ...drawn, draw_rhythm: demo_rhythm }, { demo: true }), []);
  assert.ok(default_rhythm.kind === 'days');
  const short = { ...default_rhythm, announce: { days_before: 3, time: '13:00' } };
  assert.deepEqual(found({ ...drawn, draw_rhythm: short }), ['refuse rhythm']);
  assert.deepEqual(found({ ...drawn, draw_rhythm: { ...default_rhythm, offset_s: 60 } }), [
    'refuse rhythm',
  ]);
  const hasty = { ...default_rhythm, confirm_by: { days_before: 3, time: '14:00' } };
  assert.deepEqual(found({ ...drawn, draw_rhythm: hasty }), ['refuse rhythm']);
  assert.deepEqual(found({ ...drawn, draw_rhythm: null }), ['refuse no-rhythm']);
});

test('the default rhythm of clinic day D: manifest D−4 08:00, entries to D−3 12:00, confirm by 20:00', () => {
  const instants = drawInstants(default_rhythm, '2026-12-10', new Date(0));
  assert.equal(instants.announce.toISOString(), '2026-12-06T00:00:00.000Z');
  assert.equal(instants.close.toISOString(), '2026-12-07T04:00:00.000Z');
  assert.equal(instants.seal_by.toISOString(), '2026-12-07T04:05:00.000Z');
  assert.equal(instants.confirm_until.toISOString(), '2026-12-07T12:00:00.000Z');
});

test('[R001] numbers are released so many days ahead at the plan’s hour, same-day and on-site ones on the day', () => {
  const at = releaseInstants({ ...plan, same_day_share: 0.1 }, { service_date: '2026-12-10' });
  assert.equal(at.online_at.toISOString(), '2026-12-03T00:00:00.000Z');
  assert.equal(at.same_day_at?.toISOString(), '2026-12-09T23:00:00.000Z');
  assert.equal(at.on_site_at.toISOString(), '2026-12-09T23:00:00.000Z');
  assert.equal(at.batch_until.toISOString(), '2026-12-09T12:00:00.000Z');
  assert.equal(releaseText(at.online_at, 'order'), '12-03 08:00 放号');
});
