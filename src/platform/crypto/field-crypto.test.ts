import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { createFieldCrypto, FieldCryptoError } from './index.ts';
import type { FieldAlgorithm, FieldCryptoConfig } from './index.ts';

const CONTEXT = 'identity.patient.document_number';
const SAMPLE = '11010519491231002X';

function key(fill: number): Uint8Array {
  return new Uint8Array(32).fill(fill);
}

function config(algorithm: FieldAlgorithm, changes: Partial<FieldCryptoConfig> = {}) {
  const keys = [{ id: 'k1', key: key(1) }];
  return { keys, activeKeyId: 'k1', indexKey: key(9), algorithm, ...changes };
}

function refusal(reason: FieldCryptoError['reason']) {
  return (error: unknown) => error instanceof FieldCryptoError && error.reason === reason;
}

const ALGORITHMS: FieldAlgorithm[] = ['aes-256-gcm', 'sm4-ctr-hmac-sm3'];

for (const algorithm of ALGORITHMS) {
  describe(`sealing a field with ${algorithm}`, () => {
    const crypto = createFieldCrypto(config(algorithm));

    test('opens again what it sealed, rare characters and nothing included', () => {
      for (const plain of [SAMPLE, '', '𬍛㛃·阿依古丽', 'x'.repeat(10_000)]) {
        assert.equal(crypto.open(crypto.seal(plain, CONTEXT), CONTEXT), plain);
      }
    });

    test('seals one value differently every time and never in clear', () => {
      const first = Buffer.from(crypto.seal(SAMPLE, CONTEXT));
      assert.notDeepEqual(first, Buffer.from(crypto.seal(SAMPLE, CONTEXT)));
      assert.equal(first.includes(SAMPLE), false);
    });

    test('does not open a value moved to another column', () => {
      const sealed = crypto.seal(SAMPLE, CONTEXT);
      assert.throws(() => crypto.open(sealed, 'identity.patient.name'), refusal('not_authentic'));
    });

    test('does not open a value with any byte altered', () => {
      const sealed = crypto.seal(SAMPLE, CONTEXT);
      for (let at = 0; at < sealed.length; at++) {
        const altered = Uint8Array.from(sealed);
        altered[at] = (altered[at] ?? 0) ^ 0x01;
        assert.throws(() => crypto.open(altered, CONTEXT), FieldCryptoError, `byte ${at}`);
      }
    });

    test('does not open a value cut short or of no known form', () => {
      const sealed = crypto.seal(SAMPLE, CONTEXT);
      for (let length = 0; length < sealed.length; length++) {
        assert.throws(() => crypto.open(sealed.subarray(0, length), CONTEXT), FieldCryptoError);
      }
      const unknownVersion = Uint8Array.from([7, ...sealed.subarray(1)]);
      assert.throws(() => crypto.open(unknownVersion, CONTEXT), refusal('malformed'));
    });

    test('opens values of an older key after rotation and seals with the active one', () => {
      const keys = [
        { id: 'k1', key: key(1) },
        { id: 'k2', key: key(2) },
      ];
      const rotated = createFieldCrypto(config(algorithm, { keys, activeKeyId: 'k2' }));
      assert.equal(rotated.open(crypto.seal(SAMPLE, CONTEXT), CONTEXT), SAMPLE);
      const renewed = rotated.seal(SAMPLE, CONTEXT);
      assert.equal(rotated.open(renewed, CONTEXT), SAMPLE);
      assert.throws(() => crypto.open(renewed, CONTEXT), refusal('unknown_key'));
    });

    test('gives equal blind indexes for equal values of one context only', () => {
      const index = (value: string, context: string) =>
        Buffer.from(crypto.blindIndex(value, context)).toString('hex');
      assert.equal(crypto.blindIndex(SAMPLE, CONTEXT).length, 32);
      assert.equal(index(SAMPLE, CONTEXT), index(SAMPLE, CONTEXT));
      assert.notEqual(index(SAMPLE, CONTEXT), index('110105194912310038', CONTEXT));
      assert.notEqual(index(SAMPLE, CONTEXT), index(SAMPLE, 'identity.patient.phone'));
      assert.notEqual(index('bc', 'a'), index('c', 'ab'));
      const other = createFieldCrypto(config(algorithm, { indexKey: key(8) }));
      assert.notDeepEqual(crypto.blindIndex(SAMPLE, CONTEXT), other.blindIndex(SAMPLE, CONTEXT));
    });
  });
}

test('an installation that changes its algorithm still opens older fields', () => {
  const before = createFieldCrypto(config('aes-256-gcm'));
  const after = createFieldCrypto(config('sm4-ctr-hmac-sm3'));
  assert.equal(after.open(before.seal(SAMPLE, CONTEXT), CONTEXT), SAMPLE);
  assert.equal(before.open(after.seal(SAMPLE, CONTEXT), CONTEXT), SAMPLE);
});

test('a contradictory key configuration is refused at start', () => {
  const k1 = { id: 'k1', key: key(1) };
  const cases: [string, Partial<FieldCryptoConfig>][] = [
    ['short key', { keys: [{ id: 'k1', key: new Uint8Array(16) }] }],
    ['key id twice', { keys: [k1, k1] }],
    ['empty key id', { keys: [k1, { id: '', key: key(2) }] }],
    ['unknown active key', { activeKeyId: 'k2' }],
    ['short index key', { indexKey: new Uint8Array(16) }],
    ['index key among the data keys', { indexKey: key(1) }],
  ];
  for (const [label, changes] of cases) {
    assert.throws(() => createFieldCrypto(config('aes-256-gcm', changes)), RangeError, label);
  }
});
