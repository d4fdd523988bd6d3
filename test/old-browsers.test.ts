import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { gzipSync } from 'node:zlib';
import { buildPages } from '../tools/pages.ts';

// What a phone of 2021 (Chrome 87, Safari 14, the browser inside WeChat) does not have. The build
// rewrites syntax; functions and selectors it leaves alone, so the built files are searched for them.

const assets = join(import.meta.dirname, '..', 'dist', 'web', 'assets');

/** Functions that are missing and that nothing of ours stands in for. */
const missing = [
  /\.(findLastIndex|toSpliced)\(/,
  /\b(structuredClone|Object\.groupBy|Map\.groupBy|Array\.fromAsync|Promise\.withResolvers)\(/,
  /\bAbortSignal\.(timeout|any)\(/,
  /\bcrypto\.randomUUID\(/,
  /\bIntl\.Segmenter\(/,
  /\bURL\.canParse\(/,
  /\brequestIdleCallback\(/,
  /\.(replaceWith|checkVisibility|togglePopover|showPopover|startViewTransition)\(\)/,
  /\(\?<[=!]/, // a look back within a pattern
];

/** Syntax the build must have rewritten: class blocks, `??=`, private `#x in`, top-level await. */
const syntax = [/\bstatic\{/, /[\w)\]](\?\?|\|\||&&)=[^=]/, /#\w+ in /, /^await /m, /\d_\d{3}\b/];

/** Verifying a draw brings its own arithmetic, which asks first whether a function is there. */
const asks_first = /^verify-run-/;

/** A rule with such a selector or value is dropped whole, so it may only decorate. */
const decorations = /:has\((input:checked|\.slip|\.spinner)\)/g;
const css_missing = [
  /:has\(/,
  /@(layer|container|scope|starting-style|property)\b/,
  /\b(color-mix|oklch|lab|lch|light-dark)\(/,
  /\d(dvh|svh|lvh|cqw)\b/,
  /(^|[;{])inset:/,
  /(^|[;{}])\s*&/,
  /\baspect-ratio:/,
];

let files: string[] = [];

before(async () => {
  await buildPages();
  files = readdirSync(assets);
});

test('scripts of the pages call nothing that a phone of 2021 lacks', () => {
  const found: string[] = [];
  for (const name of files.filter((one) => one.endsWith('.js') && !asks_first.test(one))) {
    const code = readFileSync(join(assets, name), 'utf8');
    for (const pattern of [...missing, ...syntax]) {
      const at = code.search(pattern);
      if (at >= 0) found.push(`${name} ${pattern}: ${code.slice(Math.max(0, at - 30), at + 40)}`);
    }
  }
  assert.ok(files.length > 20);
  assert.deepEqual(found, []);
});

test('styles of the pages use nothing that a phone of 2021 lacks, but to decorate', () => {
  const found: string[] = [];
  for (const name of files.filter((one) => one.endsWith('.css'))) {
    const css = readFileSync(join(assets, name), 'utf8').replace(decorations, '');
    for (const pattern of css_missing) {
      const at = css.search(pattern);
      if (at >= 0) found.push(`${name} ${pattern}: ${css.slice(Math.max(0, at - 40), at + 40)}`);
    }
  }
  assert.deepEqual(found, []);
});

test('the worker for times without a network names files that there are', () => {
  const worker = readFileSync(join(assets, '..', 'sw.js'), 'utf8');
  const named = [...worker.matchAll(/"\/assets\/([^"]+)"/g)].map(([, name = '']) => name);
  assert.ok(named.length > 10, 'the build has filled them in');
  assert.doesNotMatch(worker, /SHELL_/);
  assert.deepEqual(
    named.filter((name) => !files.includes(name)),
    [],
  );
  const bytes = named.map((name) => gzipSync(readFileSync(join(assets, name))).length);
  const all = bytes.reduce((sum, one) => sum + one, 0);
  assert.ok(all < 250_000, `a phone is asked for ${all} bytes`);
});
