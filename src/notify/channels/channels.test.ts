import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { readLetter, smtpSink } from '../../../test/support/smtp-sink.ts';
import { SmsRefused } from '../../identity/index.ts';
import { manualClock } from '../../platform/clock.ts';
import { readNotifyConfig } from '../../platform/notify-config.ts';
import { seededRandom } from '../../platform/random.ts';
import { createAliyunSandbox, createSmsSandbox } from '../sandbox/sms.ts';
import { createWechatSandbox, sandboxTemplates } from '../sandbox/wechat.ts';
import { createMail } from './email.ts';
import { createAliyunSms, signAliyun } from './sms-aliyun.ts';
import { createHttpSms } from './sms-http.ts';
import type { Body } from './types.ts';
import { createWechat } from './wechat.ts';

const clock = manualClock(new Date('2026-11-24T01:00:00Z'));
const random = seededRandom('channels');
const key = '01900000-0000-7000-8000-00000000aaaa';
const to = '13800138000';
const body: Body = {
  kind: 'booked',
  title: '预约成功',
  text: '【正号】张*丰：示例第一医院11月27日上午已约好。',
  values: { name: '张*丰', clinic: '示例第一医院11月27日上午' },
  link: '/visits/1',
  name_masked: '张*丰',
  wechat: 'visit',
  time: '2026年11月27日 08:30',
};
const template = { kind: body.kind, values: body.values };
const refusal = (reason: string) => (error: unknown) =>
  error instanceof SmsRefused && error.reason === reason;
const passing = (error: unknown) => error instanceof Error && !(error instanceof SmsRefused);

const sms = { key: 'hospital', secret: 'a secret', sign: '正号', url: 'https://sms.sandbox' };

test('a gateway of our contract takes a message once, however often its answer was lost', async () => {
  const sandbox = createSmsSandbox({ ...sms, now: () => clock.now() });
  const config = { ...sms, templates: { booked: 'T1' } };
  const sender = createHttpSms({ clock, network: sandbox.fetch }, config);
  sandbox.faults.push('lost', 'down');
  for (let n = 0; n < 2; n++)
    await assert.rejects(sender.send({ key, to, text: body.text, template }), passing);
  await sender.send({ key, to, text: body.text, template });
  assert.equal(sandbox.taken.size, 1);
  const { sign, params, template: id } = sandbox.taken.get(key) ?? {};
  assert.deepEqual([sign, id, params], ['正号', 'T1', body.values]);
  sandbox.faults.push({ refuse: 'black_list' });
  await assert.rejects(sender.send({ key, to, text: '' }), refusal('black_list'));
  await assert.rejects(sender.send({ key, to: '110', text: '' }), refusal('number_unknown'));
});

test('a gateway refuses a message that somebody else signed, or an old one sent again', async () => {
  const late = manualClock(new Date(clock.now().getTime() + 600_000));
  const sandbox = createSmsSandbox({ ...sms, now: () => clock.now() });
  const config = { ...sms, templates: {} };
  const forged = createHttpSms({ clock, network: sandbox.fetch }, { ...config, secret: 'wrong' });
  const replayed = createHttpSms({ clock: late, network: sandbox.fetch }, config);
  for (const sender of [forged, replayed])
    await assert.rejects(sender.send({ key, to, text: '' }), refusal('signature'));
  assert.equal(sandbox.taken.size, 0);
});

test('a refusal’s own words are not kept: they may quote the phone', async () => {
  const network = (async () =>
    Response.json({ reason: `no such number ${to}` }, { status: 400 })) as typeof fetch;
  const sender = createHttpSms({ clock, network }, { ...sms, templates: {} });
  await assert.rejects(sender.send({ key, to, text: '' }), refusal('refused'));
});

test('signature 1.0 agrees with the examples in the provider’s documents', () => {
  const regions = {
    Timestamp: '2016-02-23T12:46:24Z',
    Format: 'XML',
    AccessKeyId: 'testid',
    Action: 'DescribeRegions',
    SignatureMethod: 'HMAC-SHA1',
    SignatureNonce: '3ee8c1b8-83d3-44af-a94f-4e0ad82fd6cf',
    Version: '2014-05-26',
    SignatureVersion: '1.0',
  };
  assert.equal(signAliyun('testsecret', 'GET', regions), 'OLeaidS1JvxuMvnyHOwuJ+uX5qY=');
  const send = {
    AccessKeyId: 'testId',
    Action: 'SendSms',
    Format: 'XML',
    OutId: '123',
    PhoneNumbers: '15300000001',
    RegionId: 'cn-hangzhou',
    SignName: '阿里云短信测试专用',
    SignatureMethod: 'HMAC-SHA1',
    SignatureNonce: '45e25e9b-0a6f-4070-8c85-2956eda1b466',
    SignatureVersion: '1.0',
    TemplateCode: 'SMS_71390007',
    TemplateParam: '{"customer":"test"}',
    Timestamp: '2017-07-12T02:42:19Z',
    Version: '2017-05-25',
  };
  assert.equal(signAliyun('testSecret', 'GET', send), 'zJDF+Lrzhj/ThnlvIToysFRq6t4=');
});

test('阿里云: after an answer that was lost the message is looked for before it is sent again', async () => {
  const templates = { booked: 'SMS_1' };
  const sandbox = createAliyunSandbox({ ...sms, templates: ['SMS_1'], now: () => clock.now() });
  const ctx = { clock, random, network: sandbox.fetch };
  const sender = createAliyunSms(ctx, { ...sms, templates });
  sandbox.faults.push('lost', 'down');
  await assert.rejects(sender.send({ key, to, text: '', template, tries: 1 }), passing);
  await sender.send({ key, to, text: '', template, tries: 2 });
  assert.equal(sandbox.sent.length, 1, 'the phone rang once');
  const [first] = sandbox.sent;
  assert.deepEqual(JSON.parse(first?.['TemplateParam'] ?? ''), body.values);
  const other = '01900000-0000-7000-8000-00000000bbbb';
  await assert.rejects(sender.send({ key: other, to, text: '', template, tries: 1 }), passing);
  await sender.send({ key: other, to, text: '', template, tries: 2 });
  assert.equal(sandbox.sent.length, 2, 'what had not gone out goes out now');
  const unfiled = { kind: 'near', values: {} };
  await assert.rejects(
    sender.send({ key, to, text: '', template: unfiled }),
    refusal('no_template'),
  );
  sandbox.faults.push({ refuse: 'isv.MOBILE_NUMBER_ILLEGAL' });
  await assert.rejects(
    sender.send({ key, to, text: '', template }),
    refusal('isv.MOBILE_NUMBER_ILLEGAL'),
  );
  const forger = createAliyunSms(ctx, { ...sms, secret: 'wrong', templates });
  await assert.rejects(
    forger.send({ key, to, text: '', template }),
    refusal('SignatureDoesNotMatch'),
  );
});

const wechatConfig = {
  url: 'https://wechat.sandbox',
  app_id: 'wx1',
  secret: 's',
  templates: sandboxTemplates,
  public_url: 'https://hao.example',
};
const wechat = () => {
  const sandbox = createWechatSandbox({ app_id: 'wx1', secret: 's', now: () => clock.now() });
  return { sandbox, ...createWechat({ clock, network: sandbox.fetch }, wechatConfig) };
};

test('WeChat: one tap is one message, with fields cut to their limits and a page to open', async () => {
  const { sandbox, messenger, signIn } = wechat();
  const openid = await signIn.openidOf('code-wang');
  await assert.rejects(signIn.openidOf('no such code'));
  const long = {
    ...body,
    title: '一个比二十个字还要长得多得多的标题写在这里看看',
    name_masked: '阿*·一个很长很长的名字',
  };
  const send = () => messenger.send({ key, to: openid, body: long, tries: 1 });
  await assert.rejects(send(), refusal('wechat_43101'));
  sandbox.tap(openid, 'visit');
  await send();
  await assert.rejects(send(), refusal('wechat_43101'), 'the tap is used up');
  const [message] = sandbox.taken;
  assert.equal(message?.page, 'https://hao.example/visits/1');
  assert.deepEqual(
    Object.values(message?.data ?? {}).map(({ value }) => [...value].length),
    [20, 10, 17, 12],
  );
});

test('WeChat: the token is fetched once, renewed when it ends, and when somebody else ended it', async () => {
  const { sandbox, messenger } = wechat();
  sandbox.allowAll('openid-wang');
  const send = () => messenger.send({ key, to: 'openid-wang', body, tries: 1 });
  await Promise.all([send(), send(), send()]);
  assert.equal(sandbox.tokensGiven(), 1);
  clock.set(new Date(clock.now().getTime() + 7_000_000));
  await send();
  assert.equal(sandbox.tokensGiven(), 2, 'before it ran out');
  sandbox.endToken();
  await send();
  assert.equal(sandbox.tokensGiven(), 3);
  assert.equal(sandbox.taken.length, 5);
});

test('WeChat: a busy system is tried again; a wrong field (47003) or openid is not', async () => {
  const { sandbox, messenger } = wechat();
  sandbox.allowAll('openid-wang');
  sandbox.beDown(1);
  await assert.rejects(messenger.send({ key, to: 'openid-wang', body, tries: 1 }), passing);
  const wrong = { ...body, time: 'tomorrow' };
  await assert.rejects(
    messenger.send({ key, to: 'openid-wang', body: wrong, tries: 1 }),
    refusal('wechat_47003'),
  );
  await assert.rejects(messenger.send({ key, to: 'x', body, tries: 1 }), refusal('wechat_40003'));
});

let sink: Awaited<ReturnType<typeof smtpSink>>;
before(async () => {
  sink = await smtpSink();
});
after(() => sink.stop());

test('e-mail: a letter arrives with its link; a repeat is the same letter; 5xx is final, 4xx is not', async () => {
  const config = {
    url: sink.url,
    from: 'notice@hospital.example',
    public_url: 'https://hao.example',
  };
  const mail = createMail(config);
  const letter = { key, to: 'wang@example.cn', body, tries: 1 };
  await mail.send(letter);
  await mail.send({ ...letter, tries: 2 });
  const [first, second] = sink.letters.map(readLetter);
  assert.equal(first?.subject, '【正号】预约成功');
  assert.match(first?.body ?? '', /已约好/);
  assert.match(first?.body ?? '', /https:\/\/hao\.example\/visits\/1/);
  assert.equal(first?.id, `<${key}@hospital.example>`);
  assert.equal(second?.id, first?.id);
  assert.deepEqual(sink.letters[0]?.to, ['wang@example.cn']);
  sink.answers.rcpt = '550 no such user wang@example.cn';
  await assert.rejects(mail.send(letter), refusal('smtp_550'));
  sink.answers.rcpt = '451 later';
  await assert.rejects(
    mail.send(letter),
    (error: Error) => passing(error) && !error.message.includes('wang'),
  );
  delete sink.answers.rcpt;
});

test('the configuration of messages tells every fault at once', () => {
  const read = (environment: Record<string, string>): string[] => {
    const faults: string[] = [];
    readNotifyConfig((name) => environment[name], faults);
    return faults;
  };
  assert.deepEqual(read({}), []);
  assert.equal(read({ SMS_GATEWAY: 'pigeon' }).length, 1);
  assert.equal(read({ SMS_GATEWAY: 'http', SMS_URL: 'ftp://x', WECHAT_APP_SECRET: 'a' }).length, 3);
  assert.equal(read({ SMS_GATEWAY: 'aliyun', SMS_KEY: 'a', SMS_SECRET: 'b' }).length, 1);
  assert.equal(read({ MAIL_URL: 'http://mail', PUBLIC_URL: 'hao.example' }).length, 3);
  assert.equal(read({ WECHAT_APP_ID: 'a', WECHAT_APP_SECRET: 'b', WECHAT_TEMPLATES: '/no/such' }).length, 1); // prettier-ignore
});
