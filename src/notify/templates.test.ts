import assert from 'node:assert/strict';
import { test } from 'node:test';
import { kinds, wordsOf, type Facts, type Kind } from './templates.ts';

const clinic = {
  service_date: '2026-11-27',
  period: 'morning',
  department: '心血管内科',
  doctor: '张主任',
  campus: '本部',
} as const;
const confirm_until = new Date('2026-11-25T12:00:00Z');

const particular: Record<Kind, Partial<Facts>> = {
  placed: { clinic, confirm_until },
  placed_return: { clinic, confirm_until },
  unplaced: { service_date: '2026-11-27' },
  excluded: { places: 2 },
  displaced: { clinic },
  offer: { clinic, confirm_until },
  wish_asked: {},
  wish_ended: { ended: 'expired' },
  lapsed: { clinic },
  stopped: { clinic },
};

const told = kinds.map((kind) => ({
  kind,
  ...wordsOf({
    kind,
    name_masked: '张*丰',
    hospital: '示例第一医院',
    hospital_phone: '028-12345678',
    ...particular[kind],
  }),
}));

test('every sentence that patients are told stands in the snapshot', (t) => {
  const page = told.map(({ kind, title, text, sms }) => [kind, title, text, sms ?? '（无短信）']);
  t.assert.snapshot(page.map((lines) => lines.join('\n')).join('\n\n'), {
    serializers: [(text: string) => text],
  });
});

test('a short message fits one part, masks the name and names neither department nor doctor', () => {
  for (const { kind, sms } of told) {
    if (sms === null) continue;
    assert.ok([...sms].length <= 70, `${kind} has ${[...sms].length} characters`);
    assert.match(sms, /^【正号】张\*丰：/);
    assert.match(sms, /登录/);
    assert.match(sms, /示例第一医院/);
    assert.doesNotMatch(sms, /心血管|张主任|本部/);
  }
  const without = told.filter(({ sms }) => sms === null).map(({ kind }) => kind);
  assert.deepEqual(without, ['wish_ended']);
});

test('the hour to confirm by is said as a date and a time, with every way to confirm', () => {
  for (const { kind, text, sms } of told) {
    if (!particular[kind].confirm_until) continue;
    assert.match(sms ?? '', /请在11月25日20:00前登录查看并确认，也可打医院电话或到窗口确认/);
    assert.match(text, /11月25日（周三）20:00/);
    assert.match(text, /028-12345678，或带证件到门诊窗口确认/);
  }
});

test('nobody reads of gambling, and who got nothing reads that money buys nothing', () => {
  for (const { title, text, sms } of told)
    assert.doesNotMatch([title, text, sms].join(), /摇号|抽签|中签|抽中|幸运/);
  const unplaced = told.find(({ kind }) => kind === 'unplaced');
  for (const words of [unplaced?.text, unplaced?.sms])
    assert.match(words ?? '', /交钱给任何人都不会提高机会/);
});

test('a hospital that has given no phone is reached at its window', () => {
  const { text } = wordsOf({
    kind: 'placed',
    name_masked: '张*',
    hospital: '示例第一医院',
    hospital_phone: '',
    clinic,
    confirm_until,
  });
  assert.match(text, /也可以带证件到门诊窗口确认/);
  assert.doesNotMatch(text, /拨打/);
});
