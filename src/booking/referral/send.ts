import { addDays, shanghaiDate } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import type { Idempotency } from '../../platform/idempotency.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import { registerPatient } from '../../identity/index.ts';
import { getSessions, type SessionView } from '../../schedule/index.ts';
import { hasRoomInSession } from '../direct/store-added.ts';
import { lockDirectStock } from '../direct/store-direct.ts';
import { innerKey, once, takeWithin } from '../direct/take-within.ts';
import type { ByStaff, DirectContext } from '../direct/types.ts';
import { refused } from '../errors.ts';
import { referralAsked, referralTo, referrerUnknown } from './errors.ts';
import {
  quotaFor,
  referral_days_ahead,
  spanOf,
  type ReferralReason,
  type Urgency,
} from './rules.ts';
import { countUsed, insertReferral, numberAt } from './store.ts';
import { institutionOf, lockInstitution, selectQuotas } from './store-institutions.ts';

export const note_place = 'booking.referral.note';

export type BySender = ByStaff & { staff_id: string };

export type SendInput = BySender & {
  name: string;
  document_type: string;
  document_number: string;
  session_id: string;
  reason: ReferralReason;
  urgency: Urgency;
  /** What the doctor here should know; null where nothing was written. */
  note: string | null;
  idempotency: Idempotency;
};

export type Sent = {
  referral_id: string;
  state: 'given' | 'asked';
  appointment_id: string | null;
  sequence: number | null;
  /** ISO instant at which the number's time begins. */
  number_at: string | null;
};

/**
 * 转诊 (R029, R030): primary care sends a named person to a session. Within the institution's quota,
 * and while a number is kept for referrals there, the number is theirs at once and never drawn;
 * otherwise the hospital's office (转诊办) decides. Number, visit, referral and events commit together;
 * two senders at the last place of a quota follow one another under their institution's lock. The
 * person is confirmed by name and number as on the patients' own pages.
 * @throws Problem booking/referrer-unknown, session-unknown, referral-to, referral-asked, session-day,
 * over, stopped, and identity's as `registerPatient` by the provider.
 */
export async function sendReferral(ctx: DirectContext, input: SendInput): Promise<Sent> {
  const [institution, [session]] = await Promise.all([
    institutionOf(ctx.db, input),
    getSessions(ctx, [input.session_id]),
  ]);
  if (!institution) throw new Problem(referrerUnknown);
  if (session?.hospital_id !== input.hospital_id) throw refused('session-unknown');
  assertReceives(session, ctx.clock.now());
  const { patient_id } = await registerPatient(ctx, {
    name: input.name,
    document_type: input.document_type,
    document_number: input.document_number,
    how: 'provider',
    manual: true,
    actor: input.actor,
    hospital_id: input.hospital_id,
  });
  const at = ctx.clock.now();
  return ctx.db.tx(async (tx) => {
    const stock = await lockDirectStock(tx, input.session_id);
    if (!stock) throw refused('session-unknown');
    return once(tx, { ...input, at }, async () => {
      if (stock.state === 'stopped') throw refused('stopped');
      return give(tx, ctx, { ...input, session, patient_id, institution_id: institution.id });
    });
  });
}

/** Sessions of our own numbers, in person, that are on and near enough take referrals. */
export function receives(session: SessionView, now: Date): boolean {
  return (
    session.status === 'planned' &&
    session.master === 'own' &&
    session.mode === 'in_person' &&
    session.ends_at > now &&
    session.service_date <= addDays(shanghaiDate(now), referral_days_ahead)
  );
}

function assertReceives(session: SessionView, now: Date): void {
  if (session.status !== 'planned') throw refused('stopped');
  if (session.ends_at <= now) throw refused('over');
  if (!receives(session, now)) throw new Problem(referralTo);
}

type Giving = SendInput & { session: SessionView; patient_id: string; institution_id: string };

async function give(tx: Tx, ctx: DirectContext, input: Giving): Promise<Sent> {
  const { institution_id, hospital_id, session, session_id, patient_id, reason, urgency } = input;
  if (!(await lockInstitution(tx, { institution_id, hospital_id })))
    throw new Problem(referrerUnknown);
  const { scope_id, quota } = quotaFor(await selectQuotas(tx, [institution_id]), session);
  const span = quota && spanOf(quota.per, session.service_date);
  const used = span ? await countUsed(tx, { institution_id, scope_id, ...span }) : 0;
  const referral_id = newId(ctx);
  const taken =
    quota && used < quota.numbers
      ? await takeReserved(tx, ctx, { ...input, referral_id })
      : undefined;
  if (!taken && !(await hasRoomInSession(tx, input))) throw refused('session-day');
  const at = ctx.clock.now();
  const appointment_id = taken?.appointment_id ?? null;
  const written = await insertReferral(tx, {
    ...{ id: referral_id, hospital_id, institution_id, session_id, scope_id, patient_id },
    ...{ reason, urgency, appointment_id },
    department_id: session.department_id,
    service_date: session.service_date,
    sealed_note:
      input.note === null ? null : ctx.fields.sealFor(patient_id, input.note, note_place),
    quota: quota?.numbers ?? null,
    within_quota: taken !== undefined,
    sent_by: input.actor,
    sent_at: at,
  });
  if (!written) throw new Problem(referralAsked);
  await tell(tx, ctx, { ...input, referral_id, appointment_id });
  const state = taken ? 'given' : 'asked';
  const number_at = taken ? (await numberAt(tx, taken.appointment_id)).toISOString() : null;
  return { referral_id, state, appointment_id, sequence: taken?.sequence ?? null, number_at };
}

/** A number kept for referrals, or undefined where none is left: then the office is asked. */
async function takeReserved(
  tx: Tx,
  ctx: DirectContext,
  input: Giving & { referral_id: string },
): Promise<{ appointment_id: string; sequence: number } | undefined> {
  const { actor, session_id, patient_id, referral_id } = input;
  const { refusal, appointment_id, sequence } = await takeWithin(tx, ctx, {
    ...{ actor, session_id, patient_id, slot_id: null, pools: ['referral'] },
    detail: { referral_id },
    idempotency: innerKey(input.idempotency),
  });
  if (refusal === undefined)
    return { appointment_id: appointment_id as string, sequence: sequence as number };
  if (['sold-out', 'not-released', 'stale-hold', 'retry'].includes(refusal)) return undefined;
  throw refused(refusal);
}

/** The patient hears of a number given and of one asked for. */
async function tell(
  tx: Tx,
  ctx: DirectContext,
  sent: Giving & { referral_id: string; appointment_id: string | null },
): Promise<void> {
  const { referral_id, institution_id, session_id, reason, urgency, appointment_id } = sent;
  const about = {
    hospital_id: sent.hospital_id,
    subject: `referral:${referral_id}`,
    version: 1,
    person_id: sent.patient_id,
    actor: sent.actor,
  };
  const payload = { referral_id, institution_id, session_id, reason, urgency };
  await appendEvents(tx, ctx, [
    appointment_id === null
      ? { ...about, name: 'booking.referral.asked', payload }
      : {
          ...about,
          name: 'booking.referral.given',
          payload: { ...payload, appointment_id, within_quota: true },
        },
  ]);
}
