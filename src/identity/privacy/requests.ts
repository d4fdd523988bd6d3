import type { FieldCrypto } from '../../platform/crypto/index.ts';
import type { Tx } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import { maskedPatients, type MaskedPatient } from '../read-patients.ts';
import { decisionUnknown, requestUnknown } from './errors.ts';
import { ownPerson } from './erase.ts';
import { oneWorkingDayAfter } from '../../platform/working-days.ts';
import { request_days_max } from './rules.ts';
import {
  answerRequest,
  insertRequest,
  openObjection,
  openRequests,
  readOpenRequest,
  requestsOf,
  type NewRequest,
  type StoredRequest,
} from './store-request.ts';
import type { AutomatedDecision, PersonData, PrivacyContext } from './types.ts';

const place = { text: 'identity.data_request.text', answer: 'identity.data_request.answer' };

export const correctable = ['name', 'document', 'birth_date', 'sex', 'phone', 'other'] as const;
export type Correctable = (typeof correctable)[number];

export type DataRequest = {
  request_id: string;
  kind: string;
  patient_id: string | null;
  matter: string;
  text: string | null;
  state: string;
  asked_at: Date;
  due_at: Date;
  answered_at: Date | null;
  answer: string | null;
};

function toRequest(fields: FieldCrypto, row: StoredRequest): DataRequest {
  const { sealed_text, sealed_answer, account_id: _account, ...rest } = row;
  return {
    ...rest,
    text: sealed_text && fields.open(sealed_text, place.text),
    answer: sealed_answer && fields.open(sealed_answer, place.answer),
  };
}

/** What an account asked about its people's data, newest first. */
export async function listRequests(
  ctx: PrivacyContext,
  account_id: string,
): Promise<DataRequest[]> {
  return (await requestsOf(ctx.db, account_id)).map((row) => toRequest(ctx.fields, row));
}

/**
 * What waits for an answer by staff, the most urgent first. What people wrote is their own data, so each
 * reading leaves an `identity.patient.read`.
 */
export async function listOpenRequests(
  ctx: PrivacyContext,
  actor: string,
): Promise<(DataRequest & { patient: MaskedPatient | null })[]> {
  return ctx.db.tx(async (tx) => {
    const rows = await openRequests(tx);
    const patient_ids = new Set(rows.flatMap((row) => row.patient_id ?? []));
    await appendEvents(
      tx,
      ctx,
      [...patient_ids].map((patient_id) => ({
        name: 'identity.patient.read',
        hospital_id: null,
        subject: `patient-read:${newId(ctx)}`,
        version: 1,
        person_id: patient_id,
        actor,
        payload: { patient_id, purpose: 'data-request' },
      })),
    );
    const masked = await maskedPatients({ ...ctx, db: tx }, [...patient_ids]);
    return rows.map((row) => ({
      ...toRequest(ctx.fields, row),
      patient: masked.get(row.patient_id ?? '') ?? null,
    }));
  });
}

async function ask(
  tx: Tx,
  ctx: PrivacyContext,
  request: Omit<NewRequest, 'id' | 'at' | 'state'>,
): Promise<string> {
  const at = ctx.clock.now();
  const id = newId(ctx);
  await insertRequest(tx, { ...request, id, state: 'open', at });
  await appendEvents(tx, ctx, [
    {
      name: 'identity.data.asked',
      hospital_id: null,
      subject: `data-request:${id}`,
      version: 1,
      actor: `account:${request.account_id}`,
      payload: { request_id: id, kind: request.kind, state: 'open' },
    },
  ]);
  return id;
}

/**
 * Asks for a correction; staff compare with the document and answer.
 * @throws Problem identity/patient-unknown, erase-not-yours.
 */
export async function askCorrection(
  ctx: PrivacyContext,
  input: { account_id: string; patient_id: string; field: Correctable; text: string },
): Promise<{ request_id: string }> {
  const { account_id, patient_id, field, text } = input;
  return ctx.db.tx(async (tx) => {
    await ownPerson(tx, ctx, input);
    const sealed_text = ctx.fields.sealFor(patient_id, text, place.text);
    const request_id = await ask(tx, ctx, {
      ...{ kind: 'correction', account_id, patient_id, matter: field, sealed_text },
      due_at: new Date(ctx.clock.now().getTime() + request_days_max * 86_400_000),
    });
    return { request_id };
  });
}

/** Every automated decision about an account's people that still counts, newest first. */
export async function listDecisions(
  modules: readonly PersonData[],
  account_id: string,
): Promise<AutomatedDecision[]> {
  const all = await Promise.all(
    modules.map(async (one) => (await one.decisions?.({ account_id })) ?? []),
  );
  return all.flat().toSorted((a, b) => b.at.getTime() - a.at.getTime());
}

/**
 * Asks for a human's look at an automated decision. The module hears of it, and a person answers
 * within a working day; asking again changes nothing.
 * @throws Problem identity/decision-unknown.
 */
export async function objectTo(
  ctx: PrivacyContext,
  modules: readonly PersonData[],
  input: { account_id: string; decision_id: string; text: string },
): Promise<{ request_id: string }> {
  const { account_id, decision_id, text } = input;
  const known = (await listDecisions(modules, account_id)).find((one) => one.id === decision_id);
  if (!known) throw new Problem(decisionUnknown);
  for (const module of modules) if (await module.appeal?.({ account_id, decision_id, text })) break;
  const matter = `${known.kind}:${decision_id}`;
  return ctx.db.tx(async (tx) => {
    const open = await openObjection(tx, { account_id, matter });
    if (open !== undefined) return { request_id: open };
    const { patient_id } = known;
    const sealed_text =
      patient_id === null
        ? ctx.fields.seal(text, place.text)
        : ctx.fields.sealFor(patient_id, text, place.text);
    const request = { kind: 'objection' as const, account_id, patient_id, matter, sealed_text };
    const due_at = oneWorkingDayAfter(ctx.clock.now());
    return { request_id: await ask(tx, ctx, { ...request, due_at }) };
  });
}

/**
 * Staff answer a request in words the person reads.
 * @throws Problem identity/data-request-unknown.
 */
export async function answer(
  ctx: PrivacyContext,
  input: { request_id: string; state: 'done' | 'refused'; text: string; actor: string },
): Promise<void> {
  await ctx.db.tx(async (tx) => {
    const row = await readOpenRequest(tx, input.request_id);
    if (!row) throw new Problem(requestUnknown);
    const sealed_answer = row.patient_id
      ? ctx.fields.sealFor(row.patient_id, input.text, place.answer)
      : ctx.fields.seal(input.text, place.answer);
    const version = await answerRequest(tx, {
      ...{ id: input.request_id, state: input.state, sealed_answer },
      ...{ by: input.actor, at: ctx.clock.now() },
    });
    await appendEvents(tx, ctx, [
      {
        name: 'identity.data.answered',
        hospital_id: null,
        subject: `data-request:${input.request_id}`,
        version,
        actor: input.actor,
        payload: { request_id: input.request_id, kind: row.kind, state: input.state },
      },
    ]);
  });
}
