import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { readPaymentConfig, type PaymentConfig } from './payment-config.ts';

const folder = mkdtempSync(join(tmpdir(), 'payment-config-'));
after(() => rmSync(folder, { recursive: true }));
const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const file = (name: string, content: string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};
const bare = (pem: string): string => pem.replaceAll(/-----.*-----|\s/g, '');
const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
const public_key = publicKey.export({ type: 'spki', format: 'pem' }).toString();

const about = { demo: false, host: '127.0.0.1', port: 8080 };
const read = (
  environment: Record<string, string>,
  demo = false,
): { config: PaymentConfig; faults: string } => {
  const faults: string[] = [];
  const config = readPaymentConfig((name) => environment[name], { ...about, demo }, faults);
  return { config, faults: faults.join('\n') };
};

test('the demo pays at the sandbox, every other installation takes nothing online until told', () => {
  const { config, faults } = read({}, true);
  assert.deepEqual([config.kind, config.origin, faults], ['sandbox', 'http://127.0.0.1:8080', '']);
  assert.equal(read({}).config.kind, 'off');
  assert.equal(read({ PAYMENT: 'off' }, true).config.kind, 'off');
  assert.match(read({ PAYMENT: 'sandbox' }).faults, /takes no money and exists in the demo only/);
  assert.match(read({ PAYMENT: 'cash' }).faults, /PAYMENT must be live, off, sandbox, not "cash"/);
});

test('live payment is configured by numbers and paths of keys, and the keys stay in their files', () => {
  const alipay = {
    PAYMENT: 'live',
    PAYMENT_ORIGIN: 'https://guahao.example.cn/',
    ALIPAY_APP_ID: '2021000000000001',
    ALIPAY_SELLER_ID: '2088000000000001',
    ALIPAY_KEY: file('app.txt', bare(key)),
    ALIPAY_PUBLIC_KEY: file('alipay.pem', public_key),
  };
  const { config, faults } = read(alipay);
  assert.equal(faults, '');
  assert.equal(config.origin, 'https://guahao.example.cn');
  assert.equal(config.alipay?.gateway, 'https://openapi.alipay.com/gateway.do');
  assert.equal(config.wechat, undefined);
  assert.ok(!JSON.stringify(config).includes(bare(key).slice(0, 40)));
});

test('every fault of payment is told in a sentence, and never what is in a file', () => {
  assert.match(read({ PAYMENT: 'live' }).faults, /needs PAYMENT_ORIGIN, the https address/);
  assert.match(
    read({ PAYMENT: 'live', PAYMENT_ORIGIN: 'https://a.example' }).faults,
    /needs WECHAT_MERCHANT_ID or ALIPAY_APP_ID/,
  );
  const secret = 'thirty-two characters they are not';
  const { faults } = read({
    PAYMENT: 'live',
    PAYMENT_ORIGIN: 'http://plain.example',
    WECHAT_MERCHANT_ID: '1900000001',
    WECHAT_KEY: join(folder, 'missing.pem'),
    WECHAT_CERT: file('not-a-certificate.pem', secret),
    WECHAT_API_KEY: file('api-key', secret),
    WECHAT_PUBLIC_KEY_ID: 'PUB_KEY_ID_1',
    ALIPAY_APP_ID: '2021000000000001',
    ALIPAY_GATEWAY: 'http://openapi.alipay.com',
  });
  for (const told of [
    /WECHAT_MERCHANT_ID is given, so WECHAT_APP_ID must be given too/,
    /WECHAT_KEY names .*missing\.pem, which does not exist/,
    /WECHAT_CERT names .*, which is not such a key/,
    /WECHAT_API_KEY names .*, which is not such a key/,
    /WECHAT_PUBLIC_KEY and WECHAT_PUBLIC_KEY_ID go together/,
    /ALIPAY_KEY must name a file/,
    /ALIPAY_SELLER_ID must be given too/,
    /ALIPAY_GATEWAY must be an https address/,
    /PAYMENT_ORIGIN, the https address/,
  ])
    assert.match(faults, told);
  assert.ok(!faults.includes(secret));
});
