import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { test } from 'node:test';
import architecture from '../architecture.cjs';
import { projectFolder } from '../src/platform/project.ts';
import { sealedColumns } from '../src/platform/sealed-columns.ts';

/** House rules that no tool checks. Each names the files that break it. */
const { modules } = architecture;
const read = (path: string): string => readFileSync(join(projectFolder, path), 'utf8');
const find = (...patterns: string[]): string[] =>
  globSync(patterns, { cwd: projectFolder, exclude: ['**/node_modules/**'] }).sort();

const isTest = (path: string): boolean => path.endsWith('.test.ts');
const sources = find('src/**/*.ts');
const code = sources.filter((path) => !isTest(path));
const tests = find('{src,test,tools,web,lab,bench}/**/*.test.ts');

/** The text without comments, roughly: enough for words that comments may use freely. */
const bare = (path: string): string =>
  read(path)
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/(^|\s)\/\/.*$/gm, '$1');

const breakers = (paths: string[], pattern: RegExp): string[] =>
  paths.filter((path) => pattern.test(bare(path)));

test('SQL stands in store files only; the platform has its own short list', () => {
  const platform = /^src\/platform\/[a-z-]+\.ts$/;
  const store = /(^|[/-])store(-[a-z-]+)?\.ts$/;
  const found = breakers(code, /\bsql`|\b(?:db|pool|client|tx|on)\.query\(/);
  assert.deepEqual(
    found.filter((path) => !platform.test(path) && !store.test(path)),
    [],
  );
});

test('a word of the pages has one place: merged files would silently take each other’s words', () => {
  for (const face of ['patient', 'console', 'shared'])
    for (const lang of ['zh', 'en']) {
      const keys = find(`web/${face}/${lang}*.ts`).flatMap((path) =>
        [...read(path).matchAll(/^ {2}'([\w.-]+)':/gm)].map((found) => found[1]),
      );
      const twice = keys.filter((key, at) => keys.indexOf(key) !== at);
      assert.deepEqual(twice, [], `${face} ${lang}`);
    }
});

test("a module's SQL names its own schema and the platform's only", () => {
  const relations = [
    ...read('db/schema.sql').matchAll(/^create (?:table|view) ([a-z_]+\.[a-z_]+)/gm),
  ];
  assert.ok(relations.length > 30);
  const wrong: string[] = [];
  for (const path of code) {
    const module = path.split('/')[1] ?? '';
    const text = bare(path);
    for (const [, relation = ''] of relations) {
      const schema = relation.split('.')[0] ?? '';
      if (schema === module || schema === 'platform' || schema === 'public') continue;
      if (new RegExp(`\\b(from|join|into|update|only)\\s+${relation}\\b`).test(text))
        wrong.push(`${path} names ${relation}`);
    }
  }
  assert.deepEqual(wrong, []);
});

test('every module is a known one with a README of at most 40 lines and an index by name', () => {
  const folders = find('src/*/').map((path) => basename(path));
  assert.deepEqual(folders.sort(), Object.keys(modules).sort());
  const faults: string[] = [];
  for (const name of folders) {
    const readme = `src/${name}/README.md`;
    if (!existsSync(join(projectFolder, readme))) faults.push(`${readme} is missing`);
    else if (read(readme).trimEnd().split('\n').length > 40) faults.push(`${readme} is too long`);
    if (name !== 'platform' && !existsSync(join(projectFolder, `src/${name}/index.ts`)))
      faults.push(`src/${name}/index.ts is missing`);
  }
  assert.deepEqual(faults, []);
  assert.deepEqual(breakers(find('src/**/index.ts'), /export \*/), []);
});

test('file names are kebab-case', () => {
  const named = find('{src,web,test,tools}/**/*.{ts,tsx,css,cjs}').map((path) => basename(path));
  assert.deepEqual(
    named.filter((name) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9]+)+$/.test(name)),
    [],
  );
});

test('the environment is read by the entry points only', () => {
  const entries = new Set(['src/server.ts', 'src/worker.ts']);
  const found = breakers(code, /\bprocess\.env\b/);
  assert.deepEqual(
    found.filter((path) => !entries.has(path)),
    [],
  );
});

test('time and chance come from the clock and the random source', () => {
  // Supervising a process waits by the machine's own clock; no rule of the product depends on it.
  const machine = /^src\/platform\/(clock|random|database-server[a-z-]*)\.ts$/;
  const found = breakers(code, /\bDate\.now\(\)|new Date\(\)|\bMath\.random\b/);
  assert.deepEqual(
    found.filter((path) => !machine.test(path)),
    [],
  );
});

test('the draw is never called a lottery', () => {
  const said = [...find('web/**/*.{ts,tsx,html}'), ...sources.filter((path) => !isTest(path))];
  assert.deepEqual(
    said.filter((path) => /摇号|抽签|中签/.test(read(path))),
    [],
  );
});

test('no test is skipped or left to do', () => {
  const skipping = /\b(test|it|describe|suite|t)\.(skip|todo|only)\(|\{\s*(skip|todo): true/;
  assert.deepEqual(breakers(tests, skipping), []);
});

test('the requirements that tests name are numbers of the list', () => {
  const wrong: string[] = [];
  for (const path of tests)
    for (const [tag, digits] of read(path).matchAll(/\[R(\d+)\]/g))
      if (digits?.length !== 3 || Number(digits) < 1 || Number(digits) > 243)
        wrong.push(`${path} ${tag}`);
  assert.deepEqual(wrong, []);
});

test('every event of the catalogue is written by its module, and no other event is', () => {
  const catalogue = new Set(
    [...read('src/events.ts').matchAll(/^ {2}'([a-z.-]+)':/gm)].map((match) => match[1] ?? ''),
  );
  assert.ok(catalogue.size > 40);
  const names = new RegExp(
    `['"\`]((?:${Object.keys(modules).join('|')})(?:\\.[a-z-]+){2})['"\`]`,
    'g',
  );
  // What field encryption calls the places of sealed values.
  const sealedPlaces = new Set(sealedColumns.map(({ context }) => context));
  const written = new Set<string>();
  const unknown: string[] = [];
  for (const path of code.filter((file) => file !== 'src/events.ts'))
    for (const [, name = ''] of bare(path).matchAll(names)) {
      if (!catalogue.has(name) && !sealedPlaces.has(name)) unknown.push(`${path}: ${name}`);
      // Hearing an event is no proof that it is written; its own module must name it.
      if (path.startsWith(`src/${name.split('.')[0]}/`)) written.add(name);
    }
  assert.deepEqual(unknown, []);
  assert.deepEqual(
    [...catalogue].filter((name) => !written.has(name)),
    [],
  );
});
