import { Problem } from '../platform/problem.ts';
import type { Channel, WechatTemplate } from './channels/types.ts';
import { channels } from './channels/types.ts';
import { emailInvalid, emailUnavailable, codeWrong, wechatUnavailable } from './errors.ts';
import {
  addGrants,
  choicesOf,
  deleteContact,
  ownContacts,
  proveEmail,
  upsertChoices,
  upsertContact,
  type Choice,
} from './store-contacts.ts';
import { sealedAs, type NotifyContext } from './types.ts';

const code_minutes = 10;

/** How an account is told besides in the site. An address is masked; a channel not set up is null. */
export type Preferences = {
  sms: boolean;
  wechat: {
    wanted: boolean;
    bound: boolean;
    app_id: string;
    /** How many messages of each template the person still allows; a tap in WeChat adds one. */
    templates: { template: WechatTemplate; id: string; left: number }[];
  } | null;
  email: {
    wanted: boolean;
    address_masked: string | null;
    confirmed: boolean;
  } | null;
};

type Ctx = Pick<NotifyContext, 'db' | 'clock' | 'fields' | 'random' | 'messengers' | 'wechat'>;

/** What an account chose, and where it can be reached. */
export async function readPreferences(ctx: Ctx, account_id: string): Promise<Preferences> {
  const choices = await choicesOf(ctx.db, account_id);
  const { contacts, grants } = await ownContacts(ctx.db, account_id);
  const wanted = (channel: Channel): boolean =>
    choices.find((choice) => choice.channel === channel)?.wanted ?? true;
  const address = contacts.find(({ channel }) => channel === 'email');
  return {
    sms: wanted('sms'),
    wechat: ctx.wechat
      ? {
          wanted: wanted('wechat'),
          bound: contacts.some(({ channel }) => channel === 'wechat'),
          app_id: ctx.wechat.app_id,
          templates: ctx.wechat.templates.map((one) => ({
            ...one,
            left: grants.find(({ template }) => template === one.template)?.left ?? 0,
          })),
        }
      : null,
    email: ctx.messengers?.email
      ? {
          wanted: wanted('email'),
          address_masked: address
            ? maskEmail(ctx.fields.open(address.sealed_to, sealedAs.contact))
            : null,
          confirmed: address?.confirmed ?? false,
        }
      : null,
  };
}

/** Turns ways on or off; sign-in codes are no news and come in any case. */
export async function choosePreferences(
  ctx: Ctx,
  input: { account_id: string } & Partial<Record<Channel, boolean | undefined>>,
): Promise<Preferences> {
  const choices = channels
    .map((channel) => ({ channel, wanted: input[channel] }))
    .filter((choice): choice is Choice => choice.wanted !== undefined);
  if (choices.length > 0)
    await upsertChoices(ctx.db, {
      account_id: input.account_id,
      choices,
      at: ctx.clock.now(),
    });
  return readPreferences(ctx, input.account_id);
}

/**
 * Sends a code to an address; it counts once the code was typed in. A new address replaces the old.
 * @throws Problem notify/email-unavailable, email-invalid.
 */
export async function nameEmail(
  ctx: Ctx,
  input: { account_id: string; address: string },
): Promise<Preferences> {
  const mail = ctx.messengers?.email;
  if (!mail) throw new Problem(emailUnavailable);
  const address = input.address.trim().toLowerCase();
  if (!isEmail(address)) throw new Problem(emailInvalid);
  const code = String(ctx.random.below(1_000_000)).padStart(6, '0');
  const at = ctx.clock.now();
  await upsertContact(ctx.db, {
    account_id: input.account_id,
    channel: 'email',
    sealed_to: ctx.fields.seal(address, sealedAs.contact),
    to_index: ctx.fields.blindIndex(address, 'notify.email'),
    confirmed_at: null,
    code_index: codeIndex(ctx, input.account_id, code),
    code_until: new Date(at.getTime() + code_minutes * 60_000),
    at,
  });
  await mail.send({
    key: crypto.randomUUID(),
    to: address,
    tries: 1,
    body: {
      kind: 'email_code',
      title: '邮箱验证码',
      text: `【正号】验证码 ${code}，${code_minutes} 分钟内有效。不是您本人操作，请不用理会。`,
      values: { code },
      link: null,
      name_masked: '',
      wechat: null,
      time: '',
    },
  });
  return readPreferences(ctx, input.account_id);
}

/** Proves the address. @throws Problem notify/code-wrong, also when it is too old or tried too often. */
export async function confirmEmail(
  ctx: Ctx,
  input: { account_id: string; code: string },
): Promise<Preferences> {
  const { account_id } = input;
  const code_index = codeIndex(ctx, account_id, input.code);
  const proven = await proveEmail(ctx.db, { account_id, code_index, at: ctx.clock.now() });
  if (!proven) throw new Problem(codeWrong);
  return readPreferences(ctx, account_id);
}

/** Forgets an address or a WeChat user. */
export async function forgetContact(
  ctx: Ctx,
  input: { account_id: string; channel: 'wechat' | 'email' },
): Promise<Preferences> {
  await deleteContact(ctx.db, input.account_id, input.channel);
  return readPreferences(ctx, input.account_id);
}

/**
 * Binds the WeChat user whose one-time code the page brings, and counts what they allowed: one tap
 * allows one message of each template.
 * @throws Problem notify/wechat-unavailable when WeChat is not set up or does not know the code.
 */
export async function allowWechat(
  ctx: Ctx,
  input: { account_id: string; code?: string | undefined; allowed: WechatTemplate[] },
): Promise<Preferences> {
  const { account_id, code, allowed } = input;
  if (!ctx.wechat) throw new Problem(wechatUnavailable);
  if (code !== undefined) {
    const openid = await ctx.wechat.openidOf(code).catch(() => {
      throw new Problem(wechatUnavailable);
    });
    const at = ctx.clock.now();
    await upsertContact(ctx.db, {
      account_id,
      channel: 'wechat',
      sealed_to: ctx.fields.seal(openid, sealedAs.contact),
      to_index: ctx.fields.blindIndex(openid, 'notify.wechat'),
      confirmed_at: at,
      code_index: null,
      code_until: null,
      at,
    });
  }
  await addGrants(ctx.db, account_id, [...new Set(allowed)]);
  return readPreferences(ctx, account_id);
}

function codeIndex(ctx: Pick<Ctx, 'fields'>, account_id: string, code: string): Uint8Array {
  return ctx.fields.blindIndex(`${account_id} ${code}`, 'notify.email_code');
}

/** One @, no spaces, a dot in the domain; whether it exists the code shows. */
export function isEmail(address: string): boolean {
  return address.length <= 254 && /^[^\s@<>"',;]{1,64}@[^\s@<>"',;]+\.[a-z]{2,}$/i.test(address);
}

/** `wang.xm@example.cn` → `w***m@example.cn`. */
export function maskEmail(address: string): string {
  const at = address.lastIndexOf('@');
  const name = address.slice(0, at);
  return `${name.slice(0, 1)}***${name.length > 2 ? name.slice(-1) : ''}${address.slice(at)}`;
}
