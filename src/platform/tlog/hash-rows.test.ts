import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { ROW_STRIDE, rootOfTexts, ROWS_MAX, rowsMac } from './hash-rows.ts';
import { leafHash, rootOfLeafHashes } from './merkle.ts';
import { nodeHasher } from './node-hasher.ts';
import { openLanes } from './sha256-lanes.ts';
import { toHex, utf8 } from './bytes.ts';

const sha256 = (...parts: Uint8Array[]): Buffer =>
  parts.reduce((hash, part) => hash.update(part), createHash('sha256')).digest();

/** The root as RFC 9162, 2.1.1, defines it, by recursion. */
function textbookRoot(texts: readonly string[]): Buffer {
  if (texts.length === 0) return sha256();
  if (texts.length === 1) return sha256(Uint8Array.of(0), utf8(texts[0] as string));
  let split = 1;
  while (2 * split < texts.length) split *= 2;
  const sides = [textbookRoot(texts.slice(0, split)), textbookRoot(texts.slice(split))];
  return sha256(Uint8Array.of(1), ...sides);
}

const noLanes = (): null => null;

test('this engine hashes four messages at a time', () => {
  assert.notEqual(openLanes(0), null);
});

test('the root of many texts is the textbook one for every size, with the fast engine and without', () => {
  const line = (i: number): string => 'x'.repeat((i * 37) % 400) + i;
  const sizes = [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, ROWS_MAX - 1, ROWS_MAX, ROWS_MAX + 1];
  for (const size of [...sizes, 3 * ROWS_MAX + 5, 4 * ROWS_MAX]) {
    const texts = Array.from({ length: size }, (_, i) => line(i));
    const expected = toHex(textbookRoot(texts));
    assert.equal(toHex(rootOfTexts(texts)), expected, `${size} texts`);
    assert.equal(toHex(rootOfTexts(texts, nodeHasher, noLanes)), expected, `${size} texts, plain`);
  }
});

test('texts of every length around the block borders, long ones and Chinese ones have the right leaves', () => {
  const lengths = Array.from({ length: 200 }, (_, i) => i);
  for (const length of [...lengths, 1013, 1014, 1015, 1016, 70_000]) {
    for (const text of ['a'.repeat(length), `${'a'.repeat(length)}号`]) {
      const expected = textbookRoot([text, 'b', text]);
      assert.equal(toHex(rootOfTexts([text, 'b', text])), toHex(expected), `${text.length}`);
    }
  }
  const leaves = ['号', 'a'].map((text) => leafHash(utf8(text)));
  assert.deepEqual(rootOfTexts(['号', 'a']), rootOfLeafHashes(leaves));
});

test('rows of messages get the MACs of the library, under any key, with the fast engine and without', () => {
  for (const keyBytes of [0, 1, 32, 63, 64]) {
    for (const messageBytes of [0, 1, 36, 55]) {
      const key = sha256(Uint8Array.of(keyBytes)).toString('hex').slice(0, keyBytes);
      for (const open of [openLanes, noLanes]) {
        const mac = rowsMac({ key: utf8(key), messageBytes }, nodeHasher, open);
        for (const count of [1, 3, 4, ROWS_MAX, 2, 0]) {
          const messages = Array.from({ length: count }, (_, i) =>
            Buffer.concat([sha256(Uint8Array.of(i)), sha256(key ? utf8(key) : utf8(''))]).subarray(
              0,
              messageBytes,
            ),
          );
          messages.forEach((message, i) => mac.rows.set(message, i * ROW_STRIDE));
          const macs = mac.run(count);
          assert.equal(macs.length, 32 * count);
          messages.forEach((message, i) => {
            const expected = createHmac('sha256', key).update(message).digest('hex');
            assert.equal(toHex(macs.subarray(32 * i, 32 * i + 32)), expected);
          });
        }
      }
    }
  }
});
