import { accountOf, actorOf, hospitalOf, type App } from '../platform/http.ts';
import {
  choosePreferences,
  listNotices,
  listPatientNotices,
  readNotice,
  readPreferences,
  unreadNotices,
} from './notices.ts';
import * as schema from './schema.ts';
import type { NotifyContext } from './types.ts';

const tags = ['notify'];

/** What patients were told, for themselves and for staff, and how they want to be told. */
export function notifyRoutes(app: App, ctx: NotifyContext): void {
  myNoticeRoutes(app, ctx);
  preferenceRoutes(app, ctx);
  app.get(
    '/api/staff/patients/:patient_id/notices',
    {
      config: { permission: 'booking.window' },
      schema: {
        tags,
        summary: '本院告知一位就诊人的消息，以及短信是否送出',
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

function preferenceRoutes(app: App, ctx: NotifyContext): void {
  app.get(
    '/api/notices/preferences',
    {
      config: { permission: 'account' },
      schema: { tags, summary: '是否用短信告知结果', response: { 200: schema.Preferences } },
    },
    (request) => readPreferences(ctx, accountOf(request).account_id),
  );
  app.put(
    '/api/notices/preferences',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '开关结果短信；登录验证码不受影响',
        body: schema.Preferences,
        response: { 200: schema.Preferences },
      },
    },
    (request) =>
      choosePreferences(ctx, { account_id: accountOf(request).account_id, ...request.body }),
  );
}
