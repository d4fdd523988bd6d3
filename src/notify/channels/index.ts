import { createOutboxSender, noSms, type SmsSender } from '../../identity/index.ts';
import type { Clock } from '../../platform/clock.ts';
import type { FieldCrypto } from '../../platform/crypto/index.ts';
import type { Db } from '../../platform/db.ts';
import type { NotifyConfig } from '../../platform/notify-config.ts';
import type { Random } from '../../platform/random.ts';
import { createWechatSandbox, sandboxTemplates } from '../sandbox/wechat.ts';
import { createMail } from './email.ts';
import { createAliyunSms } from './sms-aliyun.ts';
import { createHttpSms } from './sms-http.ts';
import type { Messenger, Messengers, WechatSignIn } from './types.ts';
import { createWechat } from './wechat.ts';

export type Messaging = {
  sms: SmsSender;
  messengers: Messengers;
  wechat: WechatSignIn | undefined;
};

type Wiring = {
  db: Db;
  clock: Clock;
  random: Random;
  fields: FieldCrypto;
  network: typeof fetch;
  config: { demo: boolean; notify: NotifyConfig };
};

/**
 * The ways this installation has. What the demo has not set up speaks to sandboxes: WeChat to ours in
 * this process by the real wire format, everything readable on the demo's outbox page.
 */
export function createMessaging(ctx: Wiring): Messaging {
  const { demo, notify } = ctx.config;
  const wechat = notify.wechat
    ? createWechat(ctx, { ...notify.wechat, public_url: notify.public_url })
    : demo
      ? demoWechat(ctx)
      : undefined;
  const email = notify.mail
    ? createMail({ ...notify.mail, public_url: notify.public_url })
    : demo
      ? toOutbox(ctx, 'email')
      : undefined;
  return {
    sms: smsOf(ctx),
    messengers: {
      ...(wechat ? { wechat: wechat.messenger } : {}),
      ...(email ? { email } : {}),
    },
    wechat: wechat?.signIn,
  };
}

function smsOf(ctx: Wiring): SmsSender {
  const { sms } = ctx.config.notify;
  if (!sms) return ctx.config.demo ? createOutboxSender(ctx, 'sms') : noSms;
  return sms.kind === 'aliyun' ? createAliyunSms(ctx, sms) : createHttpSms(ctx, sms);
}

function toOutbox(ctx: Wiring, channel: string): Messenger {
  const outbox = createOutboxSender(ctx, channel);
  return {
    send: ({ key, to, body }) => outbox.send({ key, to, text: `${body.title}\n${body.text}` }),
  };
}

function demoWechat(ctx: Wiring) {
  const outbox = createOutboxSender(ctx, 'wechat');
  const app_id = 'wx-demo';
  const secret = 'demo';
  const sandbox = createWechatSandbox({
    app_id,
    secret,
    now: () => ctx.clock.now(),
    onMessage: ({ touser, data }) =>
      outbox.send({
        key: crypto.randomUUID(),
        to: touser,
        text: Object.values(data).map(({ value }) => value).join('\n'), // prettier-ignore
      }),
  });
  const real = createWechat(
    { ...ctx, network: sandbox.fetch },
    {
      url: 'https://wechat.sandbox',
      app_id,
      secret,
      templates: sandboxTemplates,
      public_url: undefined,
    },
  );
  return {
    ...real,
    // In the demo the tap in WeChat is a tap in our page.
    signIn: {
      ...real.signIn,
      openidOf: async (code: string) => {
        const openid = await real.signIn.openidOf(code);
        sandbox.allowAll(openid);
        return openid;
      },
    },
  };
}
