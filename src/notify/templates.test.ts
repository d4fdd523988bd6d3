import assert from 'node:assert/strict';
import { test } from 'node:test';
import { cut, limits } from './channels/wechat.ts';
import { kinds, rules, type Kind } from './kinds.ts';
import { outgoingTemplate, wordsOf } from './templates.ts';
import type { Facts } from './words.ts';

const clinic = {
  service_date: '2026-11-27',
  period: 'morning',
  department: '心血管内科',
  doctor: '张主任',
  campus: '本部',
  place: '门诊楼2层B区 3诊室',
} as const;
const confirm_until = new Date('2026-11-25T12:00:00Z');
const starts_at = new Date('2026-11-27T00:30:00Z');
const visit = { starts_at, sequence: 7, cancel_until: starts_at };

/** What a kind is about, besides a clinic and a visit in it. */
const particular: Partial<Record<Kind, Partial<Facts>>> = {
  placed: { confirm_until },
  placed_return: { confirm_until },
  unplaced: { clinic: undefined, service_date: '2026-11-27' },
  excluded: { clinic: undefined, places: 2 },
  offer: { confirm_until },
  wish_asked: { clinic: undefined },
  wish_ended: { clinic: undefined, ended: 'expired' },
  to_pay: { confirm_until },
  near: { ahead: 3 },
  rebooked: { confirm_until },
  bill: { amount_fen: 6000 },
  refunded: { amount_fen: 6000 },
  refund_failed: { amount_fen: 6000 },
  free_return: { until: new Date('2026-11-30T00:00:00+08:00') },
  return_back: { until: new Date('2026-11-30T00:00:00+08:00') },
  restricted: { until: new Date('2026-12-31T16:00:00Z') },
};

const factsOf = (kind: Kind): Facts => ({
  kind,
  name_masked: '张*丰',
  hospital: '示例第一医院',
  hospital_phone: '028-12345678',
  clinic,
  visit,
  ...particular[kind],
});
const told = kinds.map((kind) => ({ kind, ...wordsOf(factsOf(kind)) }));

test('every sentence that patients are told stands in the snapshot', (t) => {
  const page = told.map(({ kind, title, text, sms }) => [kind, title, text, sms ?? '（只在站内）']);
  t.assert.snapshot(page.map((lines) => lines.join('\n')).join('\n\n'), {
    serializers: [(text: string) => text],
  });
});

test('every template that leaves the site, as filed with a gateway, stands in the snapshot', (t) => {
  const page = kinds.map((kind) => [kind, outgoingTemplate(factsOf(kind))].join(' '));
  t.assert.snapshot(page.filter((line) => !line.endsWith(' ')).join('\n'), {
    serializers: [(text: string) => text],
  });
});

test('where later ones count, a booking says until when giving back does not and that it still works', () => {
  const late = { ...visit, cancel_until: new Date('2026-11-26T07:00:00Z'), late_after: true };
  const { text, sms } = wordsOf({ ...factsOf('booked'), visit: late });
  assert.match(
    text,
    /11月26日（周四）15:00 前打开“我的号”退号，过后到就诊前也能退，记一次超时退号/,
  );
  assert.match(sms ?? '', /11月26日15:00前可退号/);
  assert.doesNotMatch(wordsOf(factsOf('booked')).text, /超时/);
});

test('a short message fits one part, masks the name and names neither department nor doctor', () => {
  for (const { kind, sms } of told) {
    if (sms === null) continue;
    assert.ok([...sms].length <= 70, `${kind} has ${[...sms].length} characters: ${sms}`);
    assert.match(sms, /^【正号】张\*丰：/);
    assert.match(sms, /登录/);
    assert.match(sms, /示例第一医院/);
    assert.doesNotMatch(sms, /心血管|张主任|本部|[{}]/);
  }
  const without = told.filter(({ sms }) => sms === null).map(({ kind }) => kind);
  assert.deepEqual(without, ['wish_ended', 'cancelled', 'refused_substitute', 'referral_asked']);
  for (const kind of without) {
    const { sms, email, wechat } = rules[kind];
    assert.deepEqual([sms, email, wechat], [false, false, null], `${kind} stays in the site`);
  }
});

test('of a sensitive clinic nothing is named outside the site, not even the hospital', () => {
  for (const kind of kinds) {
    const facts = factsOf(kind);
    if (!facts.clinic) continue;
    const { sms, text } = wordsOf({ ...facts, clinic: { ...facts.clinic, sensitive: true } });
    if (sms !== null) assert.doesNotMatch(sms, /示例第一医院|心血管|张主任|本部/, kind);
    assert.match(text, /示例第一医院/, 'in the site it is');
  }
});

test('titles fit a field of a WeChat message, and what is longer is cut', () => {
  for (const { kind, title } of told)
    assert.ok([...title].length <= limits.thing, `${kind}: ${title}`);
  assert.equal(cut('一二三四五六七八九十十一', limits.name), '一二三四五六七八九…');
  assert.equal([...cut('一'.repeat(30), limits.thing)].length, 20);
});

test('the hour to confirm by is said as a date and a time, with every way to confirm', () => {
  for (const { kind, text, sms } of told) {
    if (!particular[kind]?.confirm_until || kind === 'to_pay') continue;
    assert.match(sms ?? '', /请在11月25日20:00前登录查看并确认，也可打医院电话或到窗口确认/);
    assert.match(text, /11月25日（周三）20:00/);
    assert.match(text, /028-12345678，或带证件到门诊窗口确认/);
  }
});

test('[R026] who booked reads where, when, which number, how to pick it up and until when to cancel', () => {
  const { text, sms } = wordsOf(factsOf('booked'));
  for (const part of ['心血管内科', '张主任', '第 7 号', '11月27日（周五）08:30', '门诊楼2层B区'])
    assert.ok(text.includes(part), part);
  assert.match(text, /凭本人证件签到/);
  assert.match(text, /请在 11月27日（周五）08:30 前打开“我的号”退号，已付的费用全额退回/);
  assert.match(sms ?? '', /已约好，约08:30就诊.*11月27日08:30前可退号/);
});

test('nobody reads of gambling, and who got nothing reads that money buys nothing', () => {
  for (const { title, text, sms } of told)
    assert.doesNotMatch([title, text, sms].join(), /摇号|抽签|中签|抽中|幸运/);
  const unplaced = told.find(({ kind }) => kind === 'unplaced');
  for (const words of [unplaced?.text, unplaced?.sms])
    assert.match(words ?? '', /交钱给任何人都不会提高机会/);
});

test('a hospital that has given no phone is reached at its window', () => {
  const { text } = wordsOf({ ...factsOf('placed'), hospital_phone: '' });
  assert.match(text, /也可以带证件到门诊窗口确认/);
  assert.doesNotMatch(text, /拨打/);
});
