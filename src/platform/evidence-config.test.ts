import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from './config.ts';
import { COSIGNATURE_V1_ALG, ED25519_ALG, formatVkey, noteKey } from './tlog/index.ts';

const key = (name: string, alg: typeof COSIGNATURE_V1_ALG | typeof ED25519_ALG, fill: number) =>
  formatVkey(noteKey(name, alg, new Uint8Array(32).fill(fill)));
const one = key('witness.example/w1', COSIGNATURE_V1_ALG, 251);
const two = key('city@witness.not-independent', COSIGNATURE_V1_ALG, 2);

test('witnesses are named by key and address; the name says whether one is independent', () => {
  const { evidence } = readConfig({
    WITNESSES: `${one}@https://w1.example/log/ ;\n ${two}@http://127.0.0.1:8091`,
    WITNESSES_MIN: '1',
    TSA_URL: 'http://tsa.example/',
  });
  assert.deepEqual(evidence.witnesses, [
    { vkey: one, url: 'https://w1.example/log', independent: true },
    { vkey: two, url: 'http://127.0.0.1:8091', independent: false },
  ]);
  assert.equal(evidence.witnesses_min, 1);
  assert.equal(evidence.tsa_url, 'http://tsa.example/');
});

test('without settings nobody countersigns by configuration, and no timestamps are asked for', () => {
  const { evidence } = readConfig({});
  assert.deepEqual(evidence, { witnesses: [], witnesses_min: undefined, tsa_url: undefined });
});

test('every fault of the witnesses is told', () => {
  const bad = {
    WITNESSES: `${one} ${one.slice(0, -2)}AA@http://x nothing@ftp://x ${key('log', ED25519_ALG, 1)}@http://x`,
    WITNESSES_MIN: '3',
    TSA_URL: 'tsa',
  };
  assert.throws(
    () => readConfig(bad),
    (error: Error) =>
      [/must read VKEY@http/, /key of a log/, /WITNESSES_MIN must be/, /TSA_URL must be/].every(
        (words) => words.test(error.message),
      ),
  );
  assert.throws(() => readConfig({ WITNESSES: `${one}@http://a ${one}@http://b` }), /twice/);
  assert.throws(() => readConfig({ WITNESSES_MIN: '3' }), /number of witnesses \(2\)/);
});
