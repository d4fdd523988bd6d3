import { join } from 'node:path';
import type { AlipaySandbox } from './alipay.ts';
import type { Deliver } from './calls.ts';
import type { SandboxContext } from './controls.ts';
import type { WechatSandbox } from './wechat.ts';

export type PaymentSandbox = {
  wechat(): Promise<WechatSandbox>;
  alipay(): Promise<AlipaySandbox>;
  stop(): Promise<void>;
};

/** Both sandboxes; each starts when it is first needed, because its keys take a moment to make. */
export function createPaymentSandbox(
  ctx: SandboxContext,
  options: { data_dir?: string; deliver?: Deliver } = {},
): PaymentSandbox {
  const { data_dir, deliver } = options;
  const optionsOf = (name: string) => ({
    ...(data_dir === undefined ? {} : { file: join(data_dir, `sandbox-${name}.json`) }),
    ...(deliver ? { deliver } : {}),
  });
  let wechat: Promise<WechatSandbox> | undefined;
  let alipay: Promise<AlipaySandbox> | undefined;
  return {
    wechat: () =>
      (wechat ??= import('./wechat.ts').then(({ startWechatSandbox }) =>
        startWechatSandbox(ctx, optionsOf('wechat')),
      )),
    alipay: () =>
      (alipay ??= import('./alipay.ts').then(({ startAlipaySandbox }) =>
        startAlipaySandbox(ctx, optionsOf('alipay')),
      )),
    async stop() {
      await (await wechat)?.stop();
      await (await alipay)?.stop();
    },
  };
}
