import { maskedPatients } from '../identity/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { caseUnknown } from './errors.ts';
import type { RiskSignals, RiskSource } from './risk-signals.ts';
import { saveAnswer, selectAppeals, selectOwnCases } from './store-case.ts';

type AnswerContext = {
  db: Db;
  clock: Clock;
  random: Random;
  fields: FieldCrypto;
  guard: { risk: Pick<RiskSource, 'read' | 'forget'> };
};

const sealed_answer_place = 'gate.answer';

export type Appeal = {
  case_id: string;
  patient: { name_masked: string; document_masked: string };
  extra_s: number;
  slowed_at: string;
  appealed_at: string;
  /** What the person wrote. */
  text: string;
  /** What speaks for a machine or a hoarder now, for the person who decides and for nobody else. */
  signals: RiskSignals;
};

/** The appeals against the slow lane that wait for an answer, oldest first; two statements. */
export async function listAppeals(ctx: AnswerContext, hospital_id: string): Promise<Appeal[]> {
  const cases = await selectAppeals(ctx.db, hospital_id);
  const people = await maskedPatients(
    ctx,
    cases.map((one) => one.patient_id),
  );
  return cases.map((one) => {
    const person = people.get(one.patient_id);
    return {
      case_id: one.case_id,
      patient: {
        name_masked: person?.name_masked ?? '',
        document_masked: person?.document_masked ?? '',
      },
      extra_s: one.extra_s,
      slowed_at: one.opened_at.toISOString(),
      appealed_at: one.appealed_at.toISOString(),
      text: ctx.fields.open(one.sealed_appeal, 'gate.appeal'),
      signals: ctx.guard.risk.read({ account_id: one.account_id, device_key_id: null }),
    };
  });
}

/**
 * Answers an appeal: upheld, the account's signals are forgotten and it queues like anybody else; in
 * either case the person reads the answer.
 * @throws Problem gate/case-unknown when there is no such appeal, or somebody else answered it.
 */
export async function answerAppeal(
  ctx: AnswerContext,
  input: { case_id: string; hospital_id: string; upheld: boolean; answer: string; actor: string },
): Promise<void> {
  const { case_id, hospital_id, upheld, actor } = input;
  const account_id = await ctx.db.tx(async (tx) => {
    const sealed_answer = ctx.fields.seal(input.answer, sealed_answer_place);
    const at = ctx.clock.now();
    const wanted = { case_id, hospital_id, upheld, sealed_answer, answered_by: actor, at };
    const found = await saveAnswer(tx, wanted);
    if (!found) throw new Problem(caseUnknown);
    await appendEvents(tx, ctx, [
      {
        name: 'gate.lane.answered',
        hospital_id,
        subject: `slow-case:${case_id}`,
        version: found.version,
        person_id: found.patient_id,
        actor,
        payload: { case_id, room_id: found.room_id, upheld },
      },
    ]);
    return found.account_id;
  });
  if (upheld) ctx.guard.risk.forget(account_id);
}

export type OwnSlowCase = {
  case_id: string;
  extra_s: number;
  slowed_at: string;
  state: 'open' | 'appealed' | 'upheld' | 'kept';
  answer: string | null;
  answered_at: string | null;
};

/** When an account was slowed, and what became of its appeals; one statement. */
export async function listOwnCases(
  ctx: Pick<AnswerContext, 'db' | 'fields'>,
  account_id: string,
): Promise<OwnSlowCase[]> {
  const cases = await selectOwnCases(ctx.db, account_id);
  return cases.map((one) => ({
    case_id: one.case_id,
    extra_s: one.extra_s,
    slowed_at: one.opened_at.toISOString(),
    state:
      one.upheld === null
        ? one.appealed_at === null
          ? 'open'
          : 'appealed'
        : one.upheld
          ? 'upheld'
          : 'kept',
    answer: one.sealed_answer && ctx.fields.open(one.sealed_answer, sealed_answer_place),
    answered_at: one.answered_at?.toISOString() ?? null,
  }));
}
