import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { hantTable } from './hant-table.ts';
import { toTraditional } from './hant.ts';

const written = (text: string): string => toTraditional(text, hantTable);

test('a character is written as its word asks', () => {
  assert.equal(written('复诊的号已经恢复'), '複診的號已經恢復');
  assert.equal(written('请在三天后到医院后面的挂号处'), '請在三天後到醫院後面的掛號處');
  assert.equal(written('干眼门诊，头发，出发，每周一'), '乾眼門診，頭髮，出發，每週一');
});

test('what is no Chinese stays as it is, and so does what is traditional already', () => {
  assert.equal(written('{n} 张 · ¥50 · 08:00'), '{n} 張 · ¥50 · 08:00');
  assert.equal(written('複診的號已經恢復'), '複診的號已經恢復');
});

test('dark colours are one list, asked for by the device or chosen by the person', () => {
  const css = readFileSync(join(import.meta.dirname, 'base.css'), 'utf8');
  const listOf = (start: string): string[] => {
    const from = css.indexOf(start);
    assert.ok(from > 0, start);
    const inside = css.slice(from + start.length, css.indexOf('}', from));
    return [...inside.matchAll(/[\w-]+: [^;]+/g)].map(([rule]) => rule);
  };
  const asked = listOf(":root:not([data-theme='light']) {");
  assert.ok(asked.length > 20);
  assert.deepEqual(listOf(":root[data-theme='dark'] {"), asked);
});
