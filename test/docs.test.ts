import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import architecture from '../architecture.cjs';
import { projectFolder } from '../src/platform/project.ts';

const read = (path: string): string => readFileSync(join(projectFolder, path), 'utf8');
const documents = globSync(['*.md', 'docs/**/*.md', 'src/**/README.md'], { cwd: projectFolder });

test('the glossary has every module, every table and every event, and nothing that is gone', () => {
  const glossary = read('docs/glossary.md');
  const rows = [...glossary.matchAll(/^\| [^|]+ \| `([^`]+)` +\|/gm)].map(
    (match) => match[1] ?? '',
  );
  const relations = [...read('db/schema.sql').matchAll(/^create (?:table|view) ([a-z_.]+)/gm)];
  const events = [...read('src/events.ts').matchAll(/^ {2}'([a-z.-]+)':/gm)];
  const expected = [
    ...Object.keys(architecture.modules),
    ...[...relations, ...events].map((match) => match[1] ?? ''),
  ];
  assert.deepEqual(rows.toSorted(), expected.toSorted());
});

test('the page of architecture tells the direction that is enforced', () => {
  const page = read('docs/architecture.md');
  for (const [name, uses] of Object.entries(architecture.modules)) {
    assert.ok(page.includes(`src/${name}`), `${name} is not in the house`);
    if (uses.length === 0) continue;
    const line = page.split('\n').find((text) => {
      const [users = ''] = text.split(' use');
      return text.startsWith('- `') && users.includes(`\`${name}\``);
    });
    const told = [...(line?.split(' use')[1] ?? '').matchAll(/`([a-z]+)`/g)].map(([, use]) => use);
    assert.deepEqual(told, uses, `what ${name} uses`);
  }
});

test('links and pictures of the documents lead to files', () => {
  const broken: string[] = [];
  for (const path of documents)
    for (const [, target = ''] of read(path).matchAll(/\]\(([^)#:]+)(?:#[^)]*)?\)/g))
      if (!existsSync(join(projectFolder, dirname(path), target)))
        broken.push(`${path}: ${target}`);
  assert.deepEqual(broken, []);
});

test('decision records are numbered without a gap and have at most 40 lines', () => {
  const records = globSync('docs/decisions/*.md', { cwd: projectFolder }).sort();
  records.forEach((path, at) => {
    assert.match(path, new RegExp(`/${String(at + 1).padStart(4, '0')}-[a-z0-9-]+\\.md$`));
    assert.ok(read(path).trimEnd().split('\n').length <= 40, `${path} is too long`);
  });
  assert.ok(records.length > 0);
});

test('the README names every script and every variable of the configuration', () => {
  const readme = read('README.md') + read('CONTRIBUTING.md');
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  for (const name of Object.keys(scripts))
    assert.match(readme, new RegExp(`npm (run )?${name}\\b`), `npm run ${name}`);
  const config = read('src/platform/config.ts');
  for (const [, variable = ''] of config.matchAll(/text\('([A-Z_]+)'\)/g))
    assert.ok(readme.includes(`\`${variable}\``), variable);
});
