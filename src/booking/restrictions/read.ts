import { listPatients, maskedPatients } from '../../identity/index.ts';
import { newId } from '../../platform/id.ts';
import { appendEvents } from '../../platform/outbox.ts';
import { getSessions, listHospitals, type SessionView } from '../../schedule/index.ts';
import type { BookingContext } from '../for-account.ts';
import { rulesOn } from '../limits/read-rules.ts';
import { openAppeal } from './appeal.ts';
import { keyOf, staysOpen } from './rules.ts';
import { appealsOf, openAppeals } from './store-appeal.ts';
import {
  runningRestrictions,
  selectConduct,
  type ConductRow,
  type RestrictionRow,
} from './store-read.ts';

const day_ms = 86_400_000;
/** What was noted is shown for as long as it can count. */
const shown_days = 366;
const staff_shown_days = 90;

type Named = Map<string, { name_masked: string; document_masked: string }>;

/**
 * What keeps an account's patients from remote registration for drawn clinics, and what was noted of
 * them: why, by which visits, whose list it is, until when, how to object, what stays open.
 */
export async function listMyRestrictions(ctx: BookingContext, account_id: string) {
  const patients: Named = new Map(
    (await listPatients(ctx, account_id)).map((one) => [one.patient_id, one]),
  );
  const at = ctx.clock.now();
  const asked = { patient_ids: [...patients.keys()], hospital_id: null };
  const since = new Date(at.getTime() - shown_days * day_ms);
  const [restrictions, conduct, hospitals] = [
    await runningRestrictions(ctx.db, { ...asked, at }),
    await selectConduct(ctx.db, { ...asked, since }),
    await listHospitals(ctx),
  ];
  const names = new Map(hospitals.map((one) => [one.id, one.name]));
  const shown = await shownConduct(ctx, conduct, patients);
  const appeals = await appealsOf(
    ctx.db,
    restrictions.map((one) => one.restriction_id),
  );
  const ways = new Map<string, string>();
  for (const { hospital_id } of restrictions)
    ways.set(hospital_id, (await rulesOn(ctx, { hospital_id })).appeal);
  return {
    restrictions: restrictions.map((one) => {
      const row = appeals.find((appeal) => appeal.restriction_id === one.restriction_id);
      return {
        ...shownRestriction(one, patients),
        hospital_id: one.hospital_id,
        hospital_name: names.get(one.hospital_id) ?? '',
        visits: visitsOf(one, shown),
        how_to_appeal: ways.get(one.hospital_id) ?? '',
        stays_open: [...staysOpen],
        appeal: row
          ? {
              appeal_id: row.id,
              state: row.state,
              due_at: row.due_at.toISOString(),
              answer: openAppeal(ctx, row).answer,
            }
          : null,
      };
    }),
    conduct: shown.map((one) => ({ ...one, hospital_name: names.get(one.hospital_id) ?? '' })),
  };
}

/** What stands noted in a hospital, or of one person in it; the reading is an event. */
export async function listConduct(
  ctx: BookingContext,
  input: { hospital_id: string; patient_id: string | null; actor: string },
) {
  const at = ctx.clock.now();
  const { hospital_id, patient_id, actor } = input;
  const asked = { hospital_id, patient_ids: patient_id === null ? null : [patient_id] };
  const days = patient_id === null ? staff_shown_days : shown_days;
  const since = new Date(at.getTime() - days * day_ms);
  const restrictions = await runningRestrictions(ctx.db, { ...asked, at });
  const conduct = await selectConduct(ctx.db, { ...asked, since });
  const patients = await readPatients(ctx, input, [...restrictions, ...conduct], actor);
  const shown = await shownConduct(ctx, conduct, patients);
  return {
    conduct: shown,
    restrictions: restrictions.map((one) => ({
      ...shownRestriction(one, patients),
      visits: visitsOf(one, shown),
    })),
  };
}

/** The appeals that wait in a hospital, the most urgent first, with what they are about. */
export async function listAppeals(
  ctx: BookingContext,
  input: { hospital_id: string; actor: string },
) {
  const { hospital_id } = input;
  const at = ctx.clock.now();
  const rows = await openAppeals(ctx.db, hospital_id);
  const patient_ids = rows.map((row) => row.patient_id);
  const since = new Date(at.getTime() - shown_days * day_ms);
  const [restrictions, conduct] = [
    await runningRestrictions(ctx.db, { patient_ids, hospital_id, at }),
    await selectConduct(ctx.db, { patient_ids, hospital_id, since }),
  ];
  const patients = await readPatients(ctx, input, rows, input.actor);
  const shown = await shownConduct(ctx, conduct, patients);
  return rows.map((row) => {
    const about = restrictions.find((one) => one.restriction_id === row.restriction_id);
    const { text, document } = openAppeal(ctx, row);
    return {
      ...{ appeal_id: row.id, restriction_id: row.restriction_id, text, document },
      patient_id: row.patient_id,
      name_masked: patients.get(row.patient_id)?.name_masked ?? '',
      appealed_at: row.appealed_at.toISOString(),
      due_at: row.due_at.toISOString(),
      overdue: row.due_at <= at,
      until: about?.ends_at.toISOString() ?? null,
      visits: about ? visitsOf(about, shown) : [],
    };
  });
}

async function readPatients(
  ctx: BookingContext,
  input: { hospital_id: string },
  rows: readonly { patient_id: string }[],
  actor: string,
): Promise<Named> {
  const patient_ids = [...new Set(rows.map((row) => row.patient_id))];
  if (patient_ids.length === 0) return new Map();
  await ctx.db.tx((tx) =>
    appendEvents(tx, ctx, [
      {
        name: 'booking.conduct.read',
        hospital_id: input.hospital_id,
        subject: `conduct-read:${newId(ctx)}`,
        version: 1,
        actor,
        payload: { by: actor, patient_ids },
      },
    ]),
  );
  return maskedPatients(ctx, patient_ids);
}

type Shown = Awaited<ReturnType<typeof shownConduct>>[number];

async function shownConduct(ctx: BookingContext, rows: readonly ConductRow[], patients: Named) {
  const sessions = new Map<string, SessionView>(
    (await getSessions(ctx, [...new Set(rows.map((row) => row.session_id))])).map((one) => [
      one.id,
      one,
    ]),
  );
  return rows.map((row) => ({
    ...row,
    ...(patients.get(row.patient_id) ?? { name_masked: '', document_masked: '' }),
    service_name: sessions.get(row.session_id)?.service_name ?? '',
    department_name: sessions.get(row.session_id)?.department_name ?? '',
    happened_at: row.happened_at.toISOString(),
  }));
}

function shownRestriction(row: RestrictionRow, patients: Named) {
  return {
    restriction_id: row.restriction_id,
    patient_id: row.patient_id,
    name_masked: patients.get(row.patient_id)?.name_masked ?? '',
    kind: row.kind ?? 'migrated',
    starts_at: row.starts_at.toISOString(),
    until: row.ends_at.toISOString(),
  };
}

function visitsOf(row: RestrictionRow, shown: readonly Shown[]): Shown[] {
  const names = new Set(
    row.counted.map((appointment_id) => keyOf({ appointment_id, kind: row.kind ?? '' })),
  );
  return shown.filter((one) => names.has(keyOf(one)));
}
