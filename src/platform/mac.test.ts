import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { installationMac, textMac } from './mac.ts';
import { secretsFrom } from './secrets.ts';

test('a MAC is HMAC-SHA-256, whatever the length of key and text', () => {
  for (const bytes of [0, 1, 32, 64, 65, 200])
    for (const text of ['', '号', 'a'.repeat(55), '长'.repeat(300), 'b']) {
      const key = new Uint8Array(bytes).fill(7);
      const mac = textMac(key);
      const expected = createHmac('sha256', key).update(text).digest();
      assert.deepEqual(mac(text), expected);
      assert.deepEqual(mac(text), expected, 'again under the same schedule');
    }
});

test('two MACs of one key do not share their result', () => {
  const mac = textMac(new Uint8Array(32));
  const first = mac('one');
  mac('two');
  assert.deepEqual(first, mac('one'));
});

test('an installation has a MAC of its own for each label', () => {
  const [one, other] = [secretsFrom(new Uint8Array(32)), secretsFrom(new Uint8Array(32).fill(1))];
  assert.equal(installationMac(one, 'a'), installationMac(one, 'a'));
  assert.notDeepEqual(installationMac(one, 'a')('x'), installationMac(one, 'b')('x'));
  assert.notDeepEqual(installationMac(one, 'a')('x'), installationMac(other, 'a')('x'));
});
