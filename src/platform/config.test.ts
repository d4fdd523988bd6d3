import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readConfig } from './config.ts';

test('nothing set: loopback, port 8080, embedded database, demo without a banner', () => {
  const config = readConfig({});
  assert.equal(config.host, '127.0.0.1');
  assert.equal(config.port, 8080);
  assert.equal(config.database_url, undefined);
  assert.equal(config.demo, true);
  assert.equal(config.demo_banner, false);
});

test('the demo is off wherever strangers or another database are, unless DEMO=1, and then it says so', () => {
  const tls = { TLS_CERT: '/c', TLS_KEY: '/k' };
  assert.equal(readConfig({ HOST: '0.0.0.0', ...tls }).demo, false);
  assert.equal(readConfig({ DATABASE_URL: 'postgres://127.0.0.1/x' }).demo, false);
  const shown = readConfig({ HOST: '0.0.0.0', DEMO: '1', ...tls });
  assert.equal(shown.demo, true);
  assert.equal(shown.demo_banner, true);
  assert.equal(readConfig({ DEMO: '0' }).demo, false);
});

test('a host that can be reached from outside needs TLS or a named proxy', () => {
  assert.throws(() => readConfig({ HOST: '0.0.0.0' }), /TLS_CERT and TLS_KEY, or name the proxy/);
  assert.deepEqual(
    readConfig({ HOST: '0.0.0.0', TRUSTED_PROXIES: '10.0.0.1, 10.0.0.2' }).trusted_proxies,
    ['10.0.0.1', '10.0.0.2'],
  );
});

test('all faults are reported at once, each in a sentence', () => {
  assert.throws(
    () => readConfig({ PORT: 'eighty', DATABASE_URL: 'mysql://x', DEMO: 'yes', TLS_CERT: '/c' }),
    (error: Error) =>
      ['PORT', 'DATABASE_URL', 'DEMO', 'TLS_CERT and TLS_KEY go together'].every((part) =>
        error.message.includes(part),
      ),
  );
});
