import { shanghaiDate } from '../../platform/clock.ts';
import type { PeopleLimits } from '../../platform/people-config.ts';
import { actorOf, hospitalOf, idempotencyOf, type App } from '../../platform/http.ts';
import type { BookingContext } from '../for-account.ts';
import { compileLimits } from './compile.ts';
import { dryRun } from './dry-run.ts';
import { historyOf } from './history.ts';
import { rulesInWords } from './in-words.ts';
import { plain_rules, presets } from './presets.ts';
import { rulesNowAndNext } from './read-rules.ts';
import * as schema from './schema.ts';
import { selectRuleSets } from './store.ts';
import { limitRule } from './words.ts';
import { writeRules } from './write-rules.ts';

const tags = ['booking'];

/** With the installation's limits of accounts; without them the defaults hold. */
type RulesContext = BookingContext & { config?: { people?: { limits: PeopleLimits } } };

/** 预约规则: in words for everyone, as data for the hospital's own staff. */
export function limitRoutes(app: App, ctx: RulesContext): void {
  publicRules(app, ctx);
  staffRules(app, ctx);
  dryRuns(app, ctx);
}

function publicRules(app: App, ctx: RulesContext): void {
  const people = ctx.config?.people?.limits;
  app.get(
    '/api/hospitals/:hospital_id/rules',
    {
      config: { permission: 'public' },
      schema: {
        tags,
        summary: '医院的预约规则（登录前可读）',
        params: schema.HospitalParams,
        response: { 200: schema.PublicRules },
      },
    },
    async (request) => {
      const { hospital_id } = request.params;
      const { now, next } = await rulesNowAndNext(ctx, hospital_id);
      return {
        hospital_id,
        version: now?.version ?? 0,
        effective_from: now?.effective_from ?? null,
        sections: rulesInWords(now?.rules ?? plain_rules, people),
        next: next
          ? { effective_from: next.effective_from, sections: rulesInWords(next.rules, people) }
          : null,
      };
    },
  );
}

function staffRules(app: App, ctx: BookingContext): void {
  app.get(
    '/api/staff/rule-sets',
    {
      config: { permission: 'rules.read' },
      schema: { tags, summary: '本院预约规则的各个版本与模板', response: { 200: schema.StaffRules } }, // prettier-ignore
    },
    async (request) => {
      const today = shanghaiDate(ctx.clock.now());
      const versions = await selectRuleSets(ctx.db, hospitalOf(request));
      const now = versions.find((one) => one.effective_from <= today);
      return {
        versions: versions.map((one) => ({
          ...one,
          written_at: one.written_at.toISOString(),
          in_force: one === now,
        })),
        plain: plain_rules,
        presets: [...presets],
      };
    },
  );
  app.post(
    '/api/staff/rule-sets',
    {
      config: { permission: 'rules.write' },
      schema: {
        tags,
        summary: '写一个新版本的预约规则，从某天起生效',
        body: schema.WriteRequest,
        response: { 200: schema.Written },
      },
    },
    async (request) => {
      idempotencyOf(request);
      // A repeat meets its own version and is refused as outrun, so it cannot write twice.
      const by = { hospital_id: hospitalOf(request), actor: actorOf(request) };
      return writeRules(ctx, { ...request.body, ...by });
    },
  );
}

function dryRuns(app: App, ctx: BookingContext): void {
  app.post(
    '/api/staff/rule-sets/dry-run',
    {
      config: { permission: 'rules.write' },
      schema: {
        tags,
        summary: '按本院最近的预约试算一套规则：会影响多少人，按年龄段，不含姓名',
        body: schema.DryRunRequest,
        response: { 200: schema.DryRunReply },
      },
    },
    async (request) => {
      const { rules, days } = request.body;
      const history = await historyOf(ctx, { hospital_id: hospitalOf(request), days });
      const words = new Map(compileLimits(rules).map(({ told }) => [told.code, limitRule(told)]));
      const report = dryRun(rules, history);
      return {
        ...report,
        rules: report.rules.map((hit) => ({ ...hit, words: words.get(hit.code) ?? hit.code })),
      };
    },
  );
}
