import { readFileSync } from 'node:fs';
import type { Clock } from '../../platform/clock.ts';
import { pemOf, type PaymentConfig } from '../../platform/payment-config.ts';
import type { PaymentSandbox } from '../sandbox/index.ts';
import type { OnlineChannelName, PaymentChannel } from '../types.ts';
import { lazyChannel } from './lazy.ts';
import { wechat_origin } from './wechat-http.ts';

export { fenOfYuan, yuanOfFen } from './money.ts';

type Wiring = {
  config: PaymentConfig;
  clock: Clock;
  network: typeof fetch;
  /** Needed with `PAYMENT=sandbox`. */
  sandbox: PaymentSandbox | undefined;
};

const timeout_ms = 8_000;

/** Where a channel calls back: `POST` there, answered with its `callbackReply`. */
export function callbackPath(name: OnlineChannelName): string {
  return `/api/payments/${name}/callback`;
}

/**
 * The online channels of this installation: real ones, our sandboxes, or none. The SDKs are loaded with
 * the first use of a channel, because everything that starts passes through here.
 */
export function createChannels({ config, clock, network, sandbox }: Wiring): PaymentChannel[] {
  const ctx = { clock, network };
  const whereOf = (name: OnlineChannelName) => ({
    notify_url: config.origin + callbackPath(name),
    timeout_ms,
  });
  const return_url = `${config.origin}/`;
  const isSandbox = config.kind === 'sandbox' && sandbox !== undefined;
  const channels: PaymentChannel[] = [];
  if (isSandbox || config.wechat)
    channels.push(
      lazyChannel('wechat', async () => {
        const { createWechatChannel } = await import('./wechat.ts');
        const setting = isSandbox
          ? { ...(await sandbox.wechat()).setting, public_key: undefined }
          : wechatSetting(config.wechat);
        return createWechatChannel(ctx, { ...setting, ...whereOf('wechat') });
      }),
    );
  if (isSandbox || config.alipay)
    channels.push(
      lazyChannel('alipay', async () => {
        const { createAlipayChannel } = await import('./alipay.ts');
        const setting = isSandbox ? (await sandbox.alipay()).setting : alipaySetting(config.alipay);
        return createAlipayChannel(ctx, { ...setting, ...whereOf('alipay'), return_url });
      }),
    );
  return channels;
}

function wechatSetting(files: PaymentConfig['wechat']) {
  if (!files) throw new Error('WeChat Pay is not configured');
  const { public_key } = files;
  return {
    origin: wechat_origin,
    app_id: files.app_id,
    merchant_id: files.merchant_id,
    certificate: read(files.certificate_file),
    private_key: read(files.key_file),
    api_key: read(files.api_key_file).trim(),
    public_key: public_key && { id: public_key.id, pem: read(public_key.file) },
  };
}

function alipaySetting(files: PaymentConfig['alipay']) {
  if (!files) throw new Error('Alipay is not configured');
  return {
    gateway: files.gateway,
    app_id: files.app_id,
    seller_id: files.seller_id,
    private_key: pemOf(read(files.key_file), 'PRIVATE KEY'),
    public_key: pemOf(read(files.public_key_file), 'PUBLIC KEY'),
  };
}

const read = (path: string): string => readFileSync(path, 'utf8');
