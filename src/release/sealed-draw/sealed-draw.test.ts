import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fromHex, toHex, utf8 } from '../../platform/tlog/index.ts';
import { nobleHasher } from '../../platform/tlog/index.ts';
import { nodeHasher } from '../../platform/tlog/node-hasher.ts';
import {
  allocate,
  beaconPublicKey,
  beaconSecretKey,
  chainHash,
  diceRandomness,
  DrawError,
  drawSeed,
  entryId,
  manifestHash,
  personTag,
  poolLineText,
  poolRoot,
  QUICKNET,
  randomnessOf,
  rankEntries,
  roundAt,
  roundTime,
  sealOf,
  shortCode,
  signRound,
  sortPool,
  verifyRound,
  wishNonce,
} from './index.ts';

type Vector = {
  manifest: string;
  manifestHash: string;
  entrants: { name: string; weight: number; preferences: string[] }[];
  pool: string[];
  root: string;
  seal: string;
  beaconRound: number;
  beaconSignature: string;
  randomness: string;
  seed: string;
  ranking: { name: string; key: string; slot: string | null }[];
};

const vectorFile = new URL('../../../test/fixtures/sealed-draw-kat.json', import.meta.url);
const vector = JSON.parse(readFileSync(vectorFile, 'utf8')) as Vector;

test('the known-answer vector comes out byte for byte, with either hasher', () => {
  for (const hasher of [nobleHasher, nodeHasher]) {
    const manifest = JSON.parse(vector.manifest) as { slots: string[] };
    const hash = manifestHash(manifest, hasher);
    assert.equal(hash, vector.manifestHash);
    const names = new Map<string, string>();
    const pool = sortPool(
      vector.entrants.map(({ name, weight, preferences }) => {
        const personTag = hasher.sha256(utf8(`demo-tag:${name}`));
        const nonce = hasher.sha256(utf8(`demo-nonce:${name}`));
        const e = entryId({ manifestHash: hash, personTag, nonce }, hasher);
        names.set(e, name);
        return { c: 0, e, p: preferences, w: weight };
      }),
    );
    const texts = pool.map(poolLineText);
    assert.deepEqual(texts, vector.pool);
    const root = poolRoot(texts, hasher);
    assert.equal(root, vector.root);
    const seal = sealOf({ manifestHash: hash, root, entries: pool.length }, hasher);
    assert.equal(seal, vector.seal);
    const randomness = randomnessOf(vector.beaconSignature, hasher);
    assert.equal(randomness, vector.randomness);
    const seed = drawSeed(seal, randomness, hasher);
    assert.equal(seed, vector.seed);
    const ranking = rankEntries(seed, pool, hasher);
    const byId = new Map(pool.map((line) => [line.e, line]));
    const applicants = ranking.map(({ e }) => byId.get(e) ?? assert.fail());
    const places = { slots: manifest.slots, precedence: [0, 1, 2], reserves: [] };
    const slots = allocate(applicants, places).map(({ slot }) => slot);
    assert.deepEqual(
      ranking.map(({ e, key }, i) => ({ name: names.get(e), key, slot: slots[i] })),
      vector.ranking,
    );
  }
});

test('round 1000 of quicknet verifies, and any flipped bit or other round fails', () => {
  const { beaconSignature: signature } = vector;
  assert.equal(verifyRound(QUICKNET.publicKey, 1000, signature), true);
  assert.equal(verifyRound(QUICKNET.publicKey, 1001, signature), false);
  for (const byte of [0, 1, 20, 47]) {
    const flipped = fromHex(signature);
    flipped[byte] = (flipped[byte] ?? 0) ^ 1;
    assert.equal(verifyRound(QUICKNET.publicKey, 1000, toHex(flipped)), false);
  }
  assert.equal(verifyRound(QUICKNET.publicKey, 1000, ''), false);
  assert.equal(verifyRound('', 1000, signature), false);
  assert.equal(verifyRound(QUICKNET.publicKey, 1000, `c0${'00'.repeat(47)}`), false);
});

test('a one-key beacon signs rounds that verify under its own key only', () => {
  const secret = beaconSecretKey(new Uint8Array(48).fill(1));
  const publicKey = beaconPublicKey(secret);
  const signature = signRound(secret, 7);
  assert.equal(signature.length, 96);
  assert.equal(verifyRound(publicKey, 7, signature), true);
  assert.equal(verifyRound(QUICKNET.publicKey, 7, signature), false);
  assert.match(chainHash({ period: 3, genesis: 1, publicKey }), /^[0-9a-f]{64}$/);
});

test('a round is the first one at or after the asked time', () => {
  const beacon = { genesis: 1000, period: 30 };
  assert.equal(roundAt(beacon, 1000), 1);
  assert.equal(roundAt(beacon, 1001), 2);
  assert.equal(roundAt(beacon, 1030), 2);
  for (const time of [1000, 1001, 1029, 1030, 99_999]) {
    const at = roundTime(beacon, roundAt(beacon, time));
    assert.ok(at >= time && at - time < 30);
  }
});

test('dice need fifty honest-looking throws', () => {
  const throws = '123456'.repeat(9);
  assert.match(diceRandomness(throws), /^[0-9a-f]{64}$/);
  for (const bad of [throws.slice(0, 49), `${throws}7`, `${throws} `, '']) {
    assert.throws(() => diceRandomness(bad), DrawError);
  }
});

test('person tags, wish nonces and short codes are stable', () => {
  const key = new Uint8Array(32).fill(5);
  assert.deepEqual(personTag(key, 'cardio', '110101'), personTag(key, 'cardio1', '10101'));
  assert.notDeepEqual(personTag(key, 'cardio', '110101'), personTag(key, 'cardio', '110102'));
  assert.equal(wishNonce(key, vector.manifestHash).length, 32);
  assert.equal(shortCode('00'.repeat(32)), '0'.repeat(16));
  assert.equal(shortCode(`${'ff'.repeat(10)}${'00'.repeat(22)}`), 'Z'.repeat(16));
  // Ten bytes read as one number: the last byte 0x01 is the last character.
  assert.equal(shortCode(`${'00'.repeat(9)}21${'00'.repeat(22)}`), `${'0'.repeat(14)}11`);
});

test('a place in the pool comes once', () => {
  const line = { c: 0, e: 'aa'.repeat(32), p: ['A'], w: 1 };
  assert.throws(() => sortPool([line, line]), DrawError);
  assert.equal(poolRoot([]), 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855');
});
