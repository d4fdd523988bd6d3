import assert from 'node:assert/strict';
import { argon2Sync } from 'node:crypto';
import { test } from 'node:test';
import { hashPassword, needsRehash, verifyPassword } from './index.ts';

const PASSWORD = '挂号-Correct-Horse-9';

test('a password verifies against its own hash and no other password does', async () => {
  const phc = await hashPassword(PASSWORD);
  assert.match(phc, /^\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43}$/);
  assert.equal(await verifyPassword(PASSWORD, phc), true);
  assert.equal(await verifyPassword(`${PASSWORD} `, phc), false);
  assert.equal(await verifyPassword('', phc), false);
});

test('two hashes of one password differ by their salts', async () => {
  assert.notEqual(await hashPassword(PASSWORD), await hashPassword(PASSWORD));
});

test('a composed and a decomposed spelling are one password', async () => {
  const phc = await hashPassword('cafe\u0301');
  assert.equal(await verifyPassword('caf\u00e9', phc), true);
});

test('a hash of weaker costs verifies and asks to be replaced', async () => {
  const salt = Buffer.alloc(16, 3);
  const hash = argon2Sync('argon2id', {
    message: PASSWORD,
    nonce: salt,
    parallelism: 1,
    tagLength: 32,
    memory: 8192,
    passes: 1,
  });
  const unpadded = (bytes: Buffer) => bytes.toString('base64').replace(/=+$/, '');
  const weak = `$argon2id$v=19$m=8192,t=1,p=1$${unpadded(salt)}$${unpadded(hash)}`;
  assert.equal(await verifyPassword(PASSWORD, weak), true);
  assert.equal(needsRehash(weak), true);
  assert.equal(needsRehash(await hashPassword(PASSWORD)), false);
});

test('a damaged, foreign or absurdly costly stored hash is an error, not a wrong password', async () => {
  const good = await hashPassword(PASSWORD);
  const stored = [
    '',
    'plain text',
    good.replace('argon2id', 'argon2i'),
    good.replace('v=19', 'v=16'),
    good.replace('m=19456', 'm=99999999'),
    good.replace('t=2', 't=0'),
    good.slice(0, -30),
  ];
  for (const phc of stored) {
    await assert.rejects(verifyPassword(PASSWORD, phc), TypeError, phc);
    assert.equal(needsRehash(phc), true);
  }
});
