import type { PersonData } from '../identity/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { caseUnknown } from './errors.ts';
import { appealSlowCase } from './slow-case.ts';
import { casesOfAccount, casesOfPerson, deleteCasesOf, deleteOldCases } from './store-person.ts';

/** Days a slowed place can be looked at and appealed. */
const case_days = 180;

/** What the gate knows of a person, and its one automated decision: the slow lane. */
export function gatePersonData(ctx: {
  db: Db;
  clock: Clock;
  random: Random;
  fields: FieldCrypto;
}): PersonData {
  const daysAgo = (at: Date): Date => new Date(at.getTime() - case_days * 86_400_000);
  return {
    module: 'gate',
    read: async ({ patient_id }) => ({
      slowed: (await casesOfPerson(ctx.db, patient_id)).map((one) => ({
        ...{ at: one.opened_at, extra_s: one.extra_s, appealed_at: one.appealed_at },
        appeal: one.sealed_appeal && ctx.fields.open(one.sealed_appeal, 'gate.appeal'),
      })),
    }),
    erase: async (tx, { patient_id }) => {
      await deleteCasesOf(tx, patient_id);
      return null;
    },
    decisions: async ({ account_id }) =>
      (await casesOfAccount(ctx.db, account_id, daysAgo(ctx.clock.now()))).map((one) => ({
        ...{ id: one.id, kind: 'slow_lane', patient_id: one.patient_id },
        ...{ at: one.opened_at, until: null, appealed_at: one.appealed_at },
        title: `排队时进了慢速队列，多等约 ${one.extra_s} 秒`,
        reason:
          '这次请求与自动程序或代抢的情形相似，系统自动放慢。这不是处罚，不影响能否挂上号，也不影响随机派号。',
        title_en: `Waited about ${one.extra_s} s longer in the queue`,
        reason_en:
          'The request looked like those of programs or agents, so it was slowed. It is no penalty and changes neither whether you get a number nor any draw.',
      })),
    appeal: async ({ account_id, decision_id, text }) => {
      try {
        await appealSlowCase(ctx, { case_id: decision_id, account_id, text });
        return true;
      } catch (error) {
        if (error instanceof Problem && error.kind === caseUnknown) return false;
        throw error;
      }
    },
    sweep: async (db, at) => ({ slow_cases: await deleteOldCases(db, daysAgo(at)) }),
  };
}
