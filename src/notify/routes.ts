import { accountOf, actorOf, hospitalOf, type App } from '../platform/http.ts';
import { listToCall, logCall, openCall } from './call-list.ts';
import { listNotices, listPatientNotices, readNotice, unreadNotices } from './notices.ts';
import {
  allowWechat,
  choosePreferences,
  confirmEmail,
  forgetContact,
  nameEmail,
  readPreferences,
} from './preferences.ts';
import * as schema from './schema.ts';
import type { NotifyContext } from './types.ts';

const tags = ['notify'];

/** What patients were told, for themselves and for staff, and how they want to be told. */
export function notifyRoutes(app: App, ctx: NotifyContext): void {
  myNoticeRoutes(app, ctx);
  preferenceRoutes(app, ctx);
  callRoutes(app, ctx);
  app.get(
    '/api/staff/patients/:patient_id/notices',
    {
      config: { permission: 'booking.window' },
      schema: {
        tags,
        summary: '本院告知一位就诊人的消息，以及短信、微信、邮件是否送出',
        params: schema.PatientParams,
        response: { 200: schema.PatientNotices },
      },
    },
    async (request) => ({
      notices: await listPatientNotices(ctx, {
        patient_id: request.params.patient_id,
        hospital_id: hospitalOf(request),
        actor: actorOf(request),
      }),
    }),
  );
}

function myNoticeRoutes(app: App, ctx: NotifyContext): void {
  app.get(
    '/api/notices',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '我的消息，每页 20 条；before 为上一页最后一条的编号',
        querystring: schema.NoticesQuery,
        response: { 200: schema.Notices },
      },
    },
    (request) => listNotices(ctx, { account_id: accountOf(request).account_id, ...request.query }),
  );
  app.get(
    '/api/notices/unread',
    {
      config: { permission: 'account' },
      schema: { tags, summary: '未读消息数', response: { 200: schema.Unread } },
    },
    async (request) => ({ unread: await unreadNotices(ctx, accountOf(request).account_id) }),
  );
  app.post(
    '/api/notices/:notice_id/read',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '标为已读（重复无害）',
        params: schema.NoticeParams,
        response: { 200: schema.Unread },
      },
    },
    (request) => readNotice(ctx, { account_id: accountOf(request).account_id, ...request.params }),
  );
}

const preferences = { 200: schema.Preferences };

function preferenceRoutes(app: App, ctx: NotifyContext): void {
  const url = '/api/notices/preferences';
  app.get(
    url,
    {
      config: { permission: 'account' },
      schema: { tags, summary: '用哪些方式告知，以及可用的地址', response: preferences },
    },
    (request) => readPreferences(ctx, accountOf(request).account_id),
  );
  app.put(
    url,
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '开关短信、微信、邮件告知；登录验证码不受影响',
        body: schema.Choice,
        response: preferences,
      },
    },
    (request) =>
      choosePreferences(ctx, { account_id: accountOf(request).account_id, ...request.body }),
  );
  app.delete(
    `${url}/:channel`,
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '删除邮箱或解除微信绑定',
        params: schema.ContactParams,
        response: preferences,
      },
    },
    (request) =>
      forgetContact(ctx, { account_id: accountOf(request).account_id, ...request.params }),
  );
  addressRoutes(app, ctx, url);
}

function addressRoutes(app: App, ctx: NotifyContext, url: string): void {
  app.post(
    `${url}/email`,
    {
      // A mail to any address is a way to pester somebody.
      config: { permission: 'account', cost: 100 },
      schema: {
        tags,
        summary: '填写邮箱，发送验证码',
        body: schema.Address,
        response: preferences,
      },
    },
    (request) => nameEmail(ctx, { account_id: accountOf(request).account_id, ...request.body }),
  );
  app.post(
    `${url}/email/confirm`,
    {
      config: { permission: 'account' },
      schema: { tags, summary: '用验证码确认邮箱', body: schema.Code, response: preferences },
    },
    (request) => confirmEmail(ctx, { account_id: accountOf(request).account_id, ...request.body }),
  );
  app.post(
    `${url}/wechat`,
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '在微信里点一次“允许”：每个模板可以收一条',
        body: schema.Tap,
        response: preferences,
      },
    },
    (request) => allowWechat(ctx, { account_id: accountOf(request).account_id, ...request.body }),
  );
}

/** 电话通知: people whom no message reached. */
function callRoutes(app: App, ctx: NotifyContext): void {
  const config = { permission: 'booking.window' };
  const by = (request: Parameters<typeof hospitalOf>[0]) => ({
    hospital_id: hospitalOf(request),
    actor: actorOf(request),
  });
  app.get(
    '/api/staff/call-list',
    {
      config,
      schema: {
        tags,
        summary: '各种方式都没有通知到的人，要打电话',
        response: { 200: schema.CallList },
      },
    },
    async (request) => ({ calls: await listToCall(ctx, hospitalOf(request)) }),
  );
  app.post(
    '/api/staff/call-list/:notice_id/phone',
    {
      config,
      schema: {
        tags,
        summary: '查看要拨打的电话和要说的内容（留下查阅记录）',
        params: schema.NoticeParams,
        response: { 200: schema.Opened },
      },
    },
    (request) => openCall(ctx, { ...by(request), ...request.params }),
  );
  app.post(
    '/api/staff/call-list/:notice_id/log',
    {
      config,
      schema: {
        tags,
        summary: '登记一次电话及结果',
        params: schema.NoticeParams,
        body: schema.CallBody,
        response: { 200: schema.CallBody },
      },
    },
    (request) => logCall(ctx, { ...by(request), ...request.params, ...request.body }),
  );
}
