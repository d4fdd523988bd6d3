import assert from 'node:assert/strict';
import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  sign,
  verify,
  type KeyObject,
} from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { sm2 } from 'sm-crypto-v2';
import { createSm2KeyPair, openSm2Key, sm2Sign, sm2Verify } from './index.ts';

// GB/T 32918.5-2017, annex A: the example on the recommended curve.
const known = {
  message: new TextEncoder().encode('message digest'),
  private_key: '3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8',
  public_key:
    '0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020' +
    'ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13',
  e: 'f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640',
  signature:
    'f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3' +
    'b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa',
};

test('the known answer of GB/T 32918.5 verifies under the signer id 1234567812345678', () => {
  assert.equal(sm2.getPublicKeyFromPrivateKey(known.private_key), known.public_key);
  assert.equal(
    sm2.getHash(known.message, known.public_key, '1234567812345678'),
    known.e,
    'Z ‖ M through SM3',
  );
  assert.equal(sm2Verify(known.message, known.signature, known.public_key), true);
});

test('another message, key, signer id or bit of the signature is refused', () => {
  const { message, signature, public_key } = known;
  const other = createSm2KeyPair();
  assert.equal(sm2Verify(new TextEncoder().encode('another'), signature, public_key), false);
  assert.equal(sm2Verify(message, signature, other.public_key), false);
  assert.equal(sm2Verify(message, signature, public_key, ''), false);
  const flipped = `${signature.slice(0, -1)}${signature.endsWith('a') ? 'b' : 'a'}`;
  assert.equal(sm2Verify(message, flipped, public_key), false);
  const n = 'fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123';
  for (const bad of ['', 'zz', '0'.repeat(128), n + n, `${signature}00`])
    assert.equal(sm2Verify(message, bad, public_key), false, bad);
  assert.equal(sm2Verify(message, signature, `04${'1'.repeat(128)}`), false, 'off the curve');
});

test('what is signed verifies, each time with another signature', () => {
  const key = createSm2KeyPair();
  const message = new TextEncoder().encode('移交材料 第 1 号');
  const signatures = Array.from({ length: 3 }, () => sm2Sign(message, key));
  for (const one of signatures) assert.equal(sm2Verify(message, one, key.public_key), true);
  assert.equal(new Set(signatures).size, 3);
  assert.throws(() => sm2Sign(message, { ...key, private_key: '12' }), RangeError);
});

/** Node's SM2 key, imported anew: only then does OpenSSL take it for SM2, with an empty signer id. */
function opensslKeys(): { private_key: KeyObject; public_key: KeyObject; hex: string } {
  const made = generateKeyPairSync('ec', { namedCurve: 'SM2' });
  const pkcs8 = made.privateKey.export({ type: 'pkcs8', format: 'der' });
  const spki = made.publicKey.export({ type: 'spki', format: 'der' });
  return {
    private_key: createPrivateKey({ key: pkcs8, format: 'der', type: 'pkcs8' }),
    public_key: createPublicKey({ key: spki, format: 'der', type: 'spki' }),
    hex: spki.subarray(-65).toString('hex'),
  };
}

test('OpenSSL agrees at the only signer id it knows here, the empty one', () => {
  const keys = opensslKeys();
  const message = Buffer.from('interop');
  const der = sign('sm3', message, keys.private_key);
  assert.equal(verify('sm3', message, keys.public_key, der), true);
  assert.equal(
    sm2.doVerifySignature(message, der.toString('hex'), keys.hex, {
      hash: true,
      der: true,
      userId: '',
    }),
    true,
  );
  // Control: at the standard's signer id the same signature is none, so the id counts.
  assert.equal(
    sm2.doVerifySignature(message, der.toString('hex'), keys.hex, {
      hash: true,
      der: true,
      userId: '1234567812345678',
    }),
    false,
  );
});

test('the signing key is made once, for its owner alone, and a damaged one is refused', () => {
  const folder = mkdtempSync(join(tmpdir(), 'zhenghao-sm2-'));
  const file = join(folder, 'sm2-key');
  try {
    const key = openSm2Key(file);
    assert.deepEqual(openSm2Key(file), key);
    assert.equal(statSync(file).mode & 0o777, 0o600);
    const other = createSm2KeyPair();
    const mixed = { ...key, public_key: other.public_key };
    for (const text of ['', '{}', JSON.stringify(mixed), readFileSync(file, 'utf8').slice(1)]) {
      writeFileSync(file, text);
      assert.throws(() => openSm2Key(file), /damaged/);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
