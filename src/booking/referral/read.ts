import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { Problem } from '../../platform/problem.ts';
import { listPatients, maskedPatients } from '../../identity/index.ts';
import { getSessions, type SessionView } from '../../schedule/index.ts';
import type { ByStaff, DirectContext } from '../direct/types.ts';
import { referralUnknown } from './errors.ts';
import { note_place } from './send.ts';
import {
  referralOfVisit,
  selectAsked,
  selectPatientsReferrals,
  selectReferral,
  selectSent,
  type ReferralRow,
} from './store.ts';
import { institutionsById } from './store-institutions.ts';

export type ReadReferral = Omit<ReferralRow, 'sealed_note'> & {
  has_note: boolean;
  name_masked: string;
  document_masked: string;
  age: number | null;
  institution_name: string;
  institution_phone: string;
  session: SessionView;
};

type ReadContext = Pick<DirectContext, 'db' | 'fields' | 'clock'>;

/** What one sender sent, and what became of it; nobody else's. */
export async function listSent(ctx: ReadContext, input: ByStaff): Promise<ReadReferral[]> {
  const { hospital_id, actor: sent_by } = input;
  return named(ctx, await selectSent(ctx.db, { hospital_id, sent_by }));
}

/** What waits for the hospital's office, the urgent first. */
export async function listAsked(ctx: ReadContext, hospital_id: string): Promise<ReadReferral[]> {
  return named(ctx, await selectAsked(ctx.db, hospital_id));
}

/** The referrals of the patients an account acts for. */
export async function listMine(ctx: DirectContext, account_id: string): Promise<ReadReferral[]> {
  const ids = (await listPatients(ctx, account_id)).map((one) => one.patient_id);
  return ids.length === 0 ? [] : named(ctx, await selectPatientsReferrals(ctx.db, ids));
}

/**
 * A referral with what its sender wrote, for the office or the doctor who sees the patient; that it
 * was read is recorded. Named by its id or by the visit it led to.
 * @throws Problem booking/referral-unknown.
 */
export async function openReferral(
  ctx: DirectContext,
  input: ByStaff & ({ referral_id: string } | { appointment_id: string }),
): Promise<ReadReferral & { note: string | null }> {
  const { hospital_id, actor } = input;
  const referral_id =
    'referral_id' in input ? input.referral_id : (await referralOfVisit(ctx.db, input))?.id;
  const row =
    referral_id === undefined
      ? undefined
      : await selectReferral(ctx.db, { referral_id, hospital_id });
  const [read] = row ? await named(ctx, [row]) : [];
  if (!row || !read) throw new Problem(referralUnknown);
  await ctx.db.tx((tx) =>
    appendEvents(tx, ctx, [
      {
        name: 'booking.referral.read',
        hospital_id,
        subject: `referral-read:${newId(ctx)}`,
        version: 1,
        person_id: row.patient_id,
        actor,
        payload: { referral_id: row.id },
      },
    ]),
  );
  return { ...read, note: row.sealed_note && ctx.fields.open(row.sealed_note, note_place) };
}

async function named(ctx: ReadContext, rows: readonly ReferralRow[]): Promise<ReadReferral[]> {
  if (rows.length === 0) return [];
  const [sessions, patients, institutions] = await Promise.all([
    getSessions(ctx, [...new Set(rows.map((row) => row.session_id))]),
    maskedPatients(
      ctx,
      rows.map((row) => row.patient_id),
    ),
    institutionsById(ctx.db, [...new Set(rows.map((row) => row.institution_id))]),
  ]);
  const bySession = new Map(sessions.map((one) => [one.id, one]));
  const byInstitution = new Map(institutions.map((one) => [one.id, one]));
  return rows.map(({ sealed_note, ...row }) => {
    const session = bySession.get(row.session_id);
    if (!session) throw new Error('a referral names a session that exists');
    const patient = patients.get(row.patient_id);
    return {
      ...row,
      session,
      has_note: sealed_note !== null,
      name_masked: patient?.name_masked ?? '',
      document_masked: patient?.document_masked ?? '',
      age: patient?.age ?? null,
      institution_name: byInstitution.get(row.institution_id)?.name ?? '',
      institution_phone: byInstitution.get(row.institution_id)?.phone ?? '',
    };
  });
}
