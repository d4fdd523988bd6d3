import { shanghaiDate, type Clock } from '../platform/clock.ts';
import type { Db, Queryable } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import {
  departmentUnknown,
  hospitalUnknown,
  inWords,
  serviceFixed,
  specialtyUnknown,
} from './errors.ts';
import { specialtyNames } from './specialties.data.ts';
import {
  insertCampus,
  insertHospital,
  selectDepartmentServices,
  selectHospital,
  selectHospitals,
  selectServicesByIds,
  selectSpecialtyClinics,
  selectSpecialtyCode,
  upsertDepartmentRow,
  upsertPractitionerRows,
  upsertServiceRows,
} from './store.ts';
import type {
  Hospital,
  HospitalDetail,
  Level,
  PlacedCampus,
  Service,
  TimeCritical,
} from './types.ts';

export type DirectoryContext = { db: Db; clock: Clock; random: Random };

/** Opens a hospital. @throws Problem schedule/code-taken. */
export async function createHospital(
  ctx: DirectoryContext,
  input: {
    code: string;
    name: string;
    level?: string;
    address?: string;
    phone?: string;
    actor: string;
  },
): Promise<{ hospital_id: string }> {
  const id = newId(ctx);
  const { code, name, level = '', address = '', phone = '' } = input;
  const write = ctx.db.tx(async (tx) => {
    await insertHospital(tx, {
      id,
      code,
      name,
      level,
      address,
      phone,
      created_at: ctx.clock.now(),
    });
    await appendEvents(tx, ctx, [
      {
        name: 'schedule.hospital.created',
        hospital_id: id,
        subject: `hospital:${id}`,
        version: 1,
        actor: input.actor,
        payload: { hospital_id: id },
      },
    ]);
  });
  await inWords(write);
  return { hospital_id: id };
}

/** Adds a campus (院区). @throws Problem schedule/code-taken. */
export async function createCampus(
  ctx: DirectoryContext,
  input: { hospital_id: string; code: string; name: string; address?: string },
): Promise<{ campus_id: string }> {
  const id = newId(ctx);
  const { code, name, address = '' } = input;
  await inWords(insertCampus(ctx.db, input.hospital_id, { id, code, name, address }));
  return { campus_id: id };
}

/**
 * Writes a department by its code. `specialty_code` is an official 诊疗科目 code.
 * @throws Problem schedule/specialty-unknown, hospital-unknown (the campus is another hospital's).
 */
export async function upsertDepartment(
  ctx: DirectoryContext,
  input: {
    hospital_id: string;
    campus_id: string;
    code: string;
    name: string;
    specialty_code: string;
    place?: string;
  },
): Promise<{ department_id: string }> {
  if (!specialtyNames.has(input.specialty_code)) throw new Problem(specialtyUnknown);
  const { campus_id, code, name, specialty_code, place = '' } = input;
  const row = { id: newId(ctx), campus_id, code, name, specialty_code, place };
  const id = await upsertDepartmentRow(ctx.db, input.hospital_id, row);
  if (id === undefined) throw new Problem(hospitalUnknown);
  return { department_id: id };
}

/**
 * Writes a doctor by the hospital's code (工号). The licence number tells that a doctor of two
 * hospitals is one person; without one given the known one stays.
 * @throws Problem schedule/practitioner-elsewhere when the licence shows sessions that clash.
 */
export async function upsertPractitioner(
  ctx: DirectoryContext,
  input: {
    hospital_id: string;
    code: string;
    name: string;
    title: string;
    speciality?: string;
    licence_number?: string | null;
  },
): Promise<{ practitioner_id: string }> {
  const { hospital_id, code, name, title, speciality = '', licence_number = null } = input;
  const place = { hospital_id, today: shanghaiDate(ctx.clock.now()) };
  const row = { id: newId(ctx), code, name, title, speciality, licence_number };
  const [written] = await inWords(upsertPractitionerRows(ctx.db, place, [row]));
  if (!written) throw new Error('an upsert answered no row');
  return { practitioner_id: written.id };
}

/**
 * Writes a clinic (号别 of a department) by its code; fees in fen. Without a doctor its numbers are
 * unnamed: a speciality and a title, the doctor is assigned at triage.
 * @throws Problem schedule/service-fixed when its department or doctor would change or is unknown.
 */
export async function upsertHealthcareService(
  ctx: DirectoryContext,
  input: {
    hospital_id: string;
    department_id: string;
    practitioner_id?: string | null;
    code: string;
    name: string;
    level: Level;
    title?: string;
    registration_fee_fen?: number;
    consultation_fee_fen?: number;
    time_critical?: TimeCritical | null;
  },
): Promise<{ healthcare_service_id: string }> {
  const { hospital_id, department_id, code, name, level } = input;
  const row = {
    id: newId(ctx),
    department_id,
    practitioner_id: input.practitioner_id ?? null,
    code,
    name,
    level,
    title: input.title ?? '',
    registration_fee_fen: input.registration_fee_fen ?? 0,
    consultation_fee_fen: input.consultation_fee_fen ?? 0,
    time_critical: input.time_critical ?? null,
  };
  const [written] = await upsertServiceRows(ctx.db, hospital_id, [row]);
  if (!written) throw new Problem(serviceFixed);
  return { healthcare_service_id: written.id };
}

/** Every hospital of the platform with its campuses, by name. */
export function listHospitals(ctx: {
  db: Queryable;
}): Promise<(Hospital & { campuses: PlacedCampus[] })[]> {
  return selectHospitals(ctx.db);
}

/** A hospital with campuses, departments and clinics. @throws Problem schedule/hospital-unknown. */
export async function getHospital(
  ctx: { db: Db },
  input: { hospital_id: string },
): Promise<HospitalDetail> {
  const found = await selectHospital(ctx.db, input.hospital_id);
  if (!found) throw new Problem(hospitalUnknown);
  return found;
}

/** A department's clinics, by code. @throws Problem schedule/department-unknown. */
export async function listServices(
  ctx: { db: Db },
  input: { department_id: string },
): Promise<Service[]> {
  const found = await selectDepartmentServices(ctx.db, input.department_id);
  if (!found) throw new Problem(departmentUnknown);
  return found;
}

/** The clinics of those ids, by code; unknown ids are left out. */
export function getServices(db: Queryable, ids: readonly string[]): Promise<Service[]> {
  return selectServicesByIds(db, ids);
}

/** The official name of the speciality (诊疗科目) of a clinic's department; null for no such clinic. */
export async function specialtyOf(
  db: Queryable,
  healthcare_service_id: string,
): Promise<string | null> {
  const code = await selectSpecialtyCode(db, healthcare_service_id);
  return code === undefined ? null : (specialtyNames.get(code) ?? null);
}

/**
 * Whether people of a clinic's speciality find another clinic with sessions on those days (both
 * included). Which clinics are drawn only their release plans know; those go in `drawn_service_ids`.
 */
export async function serviceHasUndrawnNumbers(
  db: Queryable,
  input: {
    healthcare_service_id: string;
    from: string;
    to: string;
    drawn_service_ids?: readonly string[];
  },
): Promise<boolean> {
  const drawn = new Set(input.drawn_service_ids);
  return (await selectSpecialtyClinics(db, input)).some((clinic) => !drawn.has(clinic.id));
}
