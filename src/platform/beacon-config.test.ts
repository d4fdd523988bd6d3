import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from './config.ts';

const file = import.meta.filename;
const faultsOf = (environment: Record<string, string>): string => {
  try {
    readConfig(environment);
    return '';
  } catch (error) {
    return (error as Error).message;
  }
};

test('the demo draws with its own beacon, every other installation with drand over two relays', () => {
  assert.equal(readConfig({}).beacon.kind, 'demo');
  const { beacon } = readConfig({ DEMO: '0' });
  assert.equal(beacon.kind, 'drand');
  assert.deepEqual(beacon.drand_urls, ['https://api.drand.sh', 'https://drand.cloudflare.com']);
  assert.deepEqual(readConfig({ DEMO: '0', DRAND_URL: 'off' }).beacon.drand_urls, []);
  assert.equal(readConfig({ BEACON: 'dice' }).beacon.kind, 'dice');
});

test('a city beacon is named by its group file and its holders', () => {
  const { beacon } = readConfig({
    BEACON: 'city',
    CITY_BEACON: file,
    CITY_BEACON_HOLDERS: 'http://127.0.0.1:9471/, https://notary.example\n https://uni.example/b',
  });
  assert.equal(beacon.kind, 'city');
  assert.deepEqual(beacon.city, {
    group_file: file,
    holders: ['http://127.0.0.1:9471', 'https://notary.example', 'https://uni.example/b'],
  });
});

test('every fault of the beacon is told in a sentence', () => {
  assert.match(faultsOf({ BEACON: 'coin' }), /BEACON must be city, demo, dice, drand, not "coin"/);
  assert.match(faultsOf({ BEACON: 'demo', DEMO: '0' }), /BEACON=demo is not independent/);
  assert.match(faultsOf({ BEACON: 'city' }), /BEACON=city needs CITY_BEACON/);
  assert.match(faultsOf({ CITY_BEACON: file }), /go together/);
  assert.match(
    faultsOf({ CITY_BEACON: '/nowhere/group.json', CITY_BEACON_HOLDERS: 'ftp://x' }),
    /does not exist[^]*must list http or https addresses, not "ftp:\/\/x"/,
  );
  assert.match(faultsOf({ DRAND_URL: 'drand' }), /DRAND_URL must list http or https addresses/);
});
