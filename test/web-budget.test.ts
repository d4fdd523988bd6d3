import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildPages } from '../tools/pages.ts';
import { projectFolder } from '../src/platform/project.ts';

// What a phone has to fetch before the first page of the patients' site can be used.

const built = join(projectFolder, 'dist/web');
const first_load_max = 150_000;
/** No page that comes later may be heavier than this, but the verifier of draws, which is asked for. */
const page_max = 60_000;

before(buildPages);

const gzipped = (path: string): number => gzipSync(readFileSync(join(built, path))).length;

/** The files a page names in its head: scripts, what they preload, styles. */
function filesOf(page: string): string[] {
  const html = readFileSync(join(built, page), 'utf8');
  return [...html.matchAll(/(?:src|href)="(\/assets\/[^"]+\.(?:js|css))"/g)].map(
    ([, path = '']) => path,
  );
}

test('the first load of the patients’ site is at most 150 kB of scripts and styles, gzipped', () => {
  const files = filesOf('index.html');
  assert.ok(
    files.some((path) => path.endsWith('.js')) && files.some((path) => path.endsWith('.css')),
  );
  const sizes = files.map((path) => [path, gzipped(path)] as const);
  const total = sizes.reduce((sum, [, size]) => sum + size, 0);
  const told = sizes.map(([path, size]) => `${path} ${size}`).join('\n');
  assert.ok(total <= first_load_max, `${total} bytes:\n${told}`);
});

test('no later part of the patients’ site is heavy', () => {
  const first = new Set(filesOf('index.html'));
  const heavy = globSync('assets/*.js', { cwd: built })
    .map((path) => [`/${path}`, gzipped(path)] as const)
    .filter(([path, size]) => !first.has(path) && size > page_max);
  assert.deepEqual(
    heavy.filter(([path]) => !path.includes('verify-run')),
    [],
  );
});

test('pages load nothing from elsewhere: no foreign script, style, font, picture or counter', () => {
  const foreign = globSync('**/*.{html,css,webmanifest}', { cwd: built }).flatMap((path) =>
    [
      ...readFileSync(join(built, path), 'utf8').matchAll(
        /(?:src|href|url|import)\s*[=(:]?\s*["'(]?\s*((?:https?:)?\/\/[^"')\s]+)/g,
      ),
    ].map(([, address]) => `${path}: ${address}`),
  );
  assert.deepEqual(foreign, []);
});
