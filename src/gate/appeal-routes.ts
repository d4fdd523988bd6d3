import { accountOf, actorOf, hospitalOf, type App } from '../platform/http.ts';
import { answerAppeal, listAppeals, listOwnCases } from './answer-appeal.ts';
import * as schema from './schema.ts';
import { appealSlowCase } from './slow-case.ts';
import type { GateContext } from './take-ticket.ts';

const tags = ['gate'];

/** Appeals against the slow lane: by accounts, answered by a person. */
export function appealRoutes(app: App, ctx: GateContext): void {
  app.get(
    '/api/gate/cases',
    {
      config: { permission: 'account' },
      schema: { tags, summary: '我遇到的慢速排队与申诉结果', response: { 200: schema.OwnCases } },
    },
    async (request) => ({ cases: await listOwnCases(ctx, accountOf(request).account_id) }),
  );
  app.post(
    '/api/gate/cases/:case_id/appeal',
    {
      config: { permission: 'account' },
      schema: {
        tags,
        summary: '对慢速排队提出申诉',
        params: schema.CaseParams,
        body: schema.AppealRequest,
        response: { 200: schema.Appealed },
      },
    },
    async (request) => {
      const { account_id } = accountOf(request);
      await appealSlowCase(ctx, { ...request.params, ...request.body, account_id });
      return { state: 'received' };
    },
  );
  staffRoutes(app, ctx);
}

function staffRoutes(app: App, ctx: GateContext): void {
  app.get(
    '/api/staff/slow-cases',
    {
      config: { permission: 'gate.appeals' },
      schema: { tags, summary: '待答复的慢速排队申诉', response: { 200: schema.Appeals } },
    },
    async (request) => ({ appeals: await listAppeals(ctx, hospitalOf(request)) }),
  );
  app.post(
    '/api/staff/slow-cases/:case_id',
    {
      config: { permission: 'gate.appeals' },
      schema: {
        tags,
        summary: '答复慢速排队申诉',
        params: schema.CaseParams,
        body: schema.AnswerRequest,
        response: { 200: schema.Answered },
      },
    },
    async (request) => {
      const { upheld } = request.body;
      const hospital_id = hospitalOf(request);
      const actor = actorOf(request);
      await answerAppeal(ctx, { ...request.params, ...request.body, hospital_id, actor });
      return { state: upheld ? 'upheld' : 'kept' };
    },
  );
}
