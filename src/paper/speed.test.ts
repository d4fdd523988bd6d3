import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDrawer } from './draw.ts';
import { writeCsv } from './csv.ts';
import { csvRows, sheetOf, textOf, totalsOf } from './sheet.ts';
import { pdfText } from '../../test/support/pdf-text.ts';
import type { DepartmentList, EditionFacts, ListedNumber } from './types.ts';

const facts: EditionFacts = {
  hospital_code: 'H1',
  hospital_name: '江州市第一人民医院',
  service_date: '2026-11-25',
  kind: 'morning',
  printed_at: new Date('2026-11-24T22:00:05Z'),
  checkpoint: { size: 18_204, root: 'ab'.repeat(32) },
};
const surnames = '赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜';
const givens = '国伟秀英敏静丽强磊洋艳勇军杰娟涛明超兰霞平刚桂丰浩宇轩涵梓怡';
const department = (n: number): DepartmentList => ({
  department_id: `d${n}`,
  department_code: `D${n}`,
  department_name: `第${n}内科`,
  place: '门诊楼2层B区',
  campus_code: 'E',
  campus_name: '东院区',
  sessions: Array.from({ length: 5 }, (_, session) => ({
    session_id: `${n}-${session}`,
    service_code: `D${n}-${session}`,
    service_name: '主任医师门诊',
    practitioner: '林知远 主任医师',
    room: `20${session}诊室`,
    period: '上午',
    hours: '08:00-12:00',
    stopped: null,
    numbers: Array.from({ length: 40 }, (__, at): ListedNumber => {
      const blank = at >= 34;
      const seed = n * 200 + session * 40 + at;
      return {
        sequence: at + 1,
        time: '08:00-08:06',
        pool: blank ? '现场' : '线上',
        status: blank ? '空号' : '已约',
        name_masked: blank ? '' : `${surnames[seed % 32]}*${givens[(seed * 7) % 30]}`,
        document_masked: blank ? '' : `110105********${1000 + (seed % 9000)}`,
        place: blank ? 'blank' : 'visit',
      };
    }),
  })),
});

test('forty sessions of forty numbers are drawn in seconds, and the server goes on meanwhile', async (t) => {
  const drawer = createDrawer();
  const started = performance.now();
  let waited = 0;
  let before = performance.now();
  const pulse = setInterval(() => {
    waited = Math.max(waited, performance.now() - before - 20);
    before = performance.now();
  }, 20);
  let bytes = 0;
  let rows = 0;
  for (let n = 1; n <= 8; n++) {
    const list = department(n);
    bytes += (await drawer.draw(sheetOf(facts, list))).length;
    rows += csvRows(facts, list).length - 1;
    writeCsv(csvRows(facts, list));
  }
  clearInterval(pulse);
  await drawer.close();
  const seconds = (performance.now() - started) / 1000;
  t.diagnostic(
    `8 PDFs, ${rows} rows: ${seconds.toFixed(1)} s, ${(bytes / 1024).toFixed(0)} KB, longest stop of the server ${waited.toFixed(0)} ms`,
  );
  assert.equal(rows, 1600);
  assert.ok(seconds < 60, `${seconds} s`);
});

test('a sheet draws exactly the strings it is made of, and its totals are those of its rows', async () => {
  const list = department(1);
  const sheet = sheetOf(facts, list);
  assert.deepEqual(totalsOf(list), { sessions: 5, numbers: 200, booked: 170, on_site_free: 30 });
  const drawer = createDrawer();
  const pdf = await drawer.draw(sheet);
  await drawer.close();
  const drawn = new Set(pdfText(pdf));
  for (const text of textOf(sheet))
    if (!sheet.cover.includes(text)) assert.ok(drawn.has(text), text);
  const [stopped] = list.sessions;
  const with_stop = {
    ...list,
    sessions: [{ ...(stopped as object), stopped: '医生出差' } as (typeof list.sessions)[number]],
  };
  assert.equal(totalsOf(with_stop).on_site_free, 0);
  assert.equal(csvRows(facts, with_stop).length, 1 + 34);
  assert.ok(textOf(sheetOf(facts, with_stop)).some((text) => text.includes('已停诊（医生出差）')));
});
