import {
  actorWords,
  disputeAct,
  disputedActs,
  mayActFor,
  type ActorWords,
} from '../identity/index.ts';
import { Problem } from '../platform/problem.ts';
import { notYourPatient, refused } from './errors.ts';
import type { BookingContext } from './for-account.ts';
import { selectAct, selectActs } from './store-acts.ts';
import { findVisits, type Visit } from './visits.ts';

/** A booking in a patient's name, and by whom. */
export type Act = {
  visit: Visit;
  made_at: string;
  by: ActorWords;
  /** What became of the patient's word that it is not theirs; null when nobody said so. */
  dispute: string | null;
};

type Asked = { account_id: string; patient_id: string };

async function assertMine(ctx: BookingContext, { account_id, patient_id }: Asked): Promise<void> {
  if (!(await mayActFor(ctx.db, account_id, patient_id))) throw new Problem(notYourPatient);
}

/**
 * Every booking made in a patient's name, by whichever account, helper or window, the newest first.
 * @throws Problem booking/not-your-patient.
 */
export async function listActs(ctx: BookingContext, input: Asked): Promise<Act[]> {
  await assertMine(ctx, input);
  const rows = await selectActs(ctx.db, input.patient_id);
  const ids = rows.map((row) => row.appointment_id);
  const [visits, words, disputes] = await Promise.all([
    findVisits(ctx, { ids }),
    actorWords(
      ctx,
      input,
      rows.map(({ booked_by: actor, account_id, channel }) => ({ actor, account_id, channel })),
    ),
    disputedActs(ctx.db, ids),
  ]);
  const byId = new Map(visits.map((visit) => [visit.appointment_id, visit]));
  return rows.flatMap((row, at) => {
    const visit = byId.get(row.appointment_id);
    const by = words[at];
    if (!visit || !by) return [];
    const dispute = disputes.get(row.appointment_id) ?? null;
    return [{ visit, made_at: row.created_at.toISOString(), by, dispute }];
  });
}

/**
 * 「不是我约的」: opens a case for the hospital. The number stays as it is until somebody has looked.
 * @throws Problem booking/not-your-patient, visit-unknown.
 */
export async function dispute(
  ctx: BookingContext,
  input: Asked & { appointment_id: string; note?: string },
): Promise<{ case_id: string }> {
  await assertMine(ctx, input);
  const act = await selectAct(ctx.db, input);
  if (!act) throw refused('visit-unknown');
  return disputeAct(ctx, { ...input, hospital_id: act.hospital_id });
}
