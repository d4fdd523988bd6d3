import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { projectFolder } from '../src/platform/project.ts';
import { sentencesPage } from './sentences.ts';

const file = join(projectFolder, 'docs/sentences.md');
const page = await sentencesPage();
const lines = page.split('\n');

test('the page of all sentences is current: run npm run gen after changing one', () => {
  assert.ok(existsSync(file));
  assert.equal(readFileSync(file, 'utf8'), page);
});

test('no sentence calls the draw a lottery, promises better odds for money or blames the reader', () => {
  const wrong = /摇号|抽签|中签|秒杀|拼手速|手慢无|您必须|请勿违规|严禁|后果自负|违者/;
  assert.deepEqual(
    lines.filter((line) => wrong.test(line)),
    [],
  );
});

test('people are addressed one way: 您, never 你', () => {
  assert.deepEqual(
    lines.filter((line) => /你(?!好)/.test(line)),
    [],
  );
});

test('a refusal is a whole sentence', () => {
  const from = lines.indexOf('## 办不成时说的话');
  const refusals = lines.slice(from + 1).slice(
    0,
    lines.slice(from + 1).findIndex((line) => line.startsWith('## ')),
  );
  const told = refusals.filter((line) => line.startsWith('- '));
  assert.ok(told.length > 100);
  assert.deepEqual(
    told.filter((line) => !/[。？！]$/.test(line)),
    [],
  );
});
