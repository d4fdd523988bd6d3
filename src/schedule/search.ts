import { setImmediate } from 'node:timers/promises';
import type { Queryable } from '../platform/db.ts';
import { fit, plainQuery, sought } from './search-words.ts';
import { specialtyNames } from './specialties.data.ts';
import { selectDirectory, type DirectoryRow } from './store-find.ts';
import { ageSpecialties, symptoms, type AgeGroup, type BodyPart } from './symptoms.data.ts';

/** How old the directory that search reads may be. */
const directory_ms = 30_000;
const results_max = 20;

/** The whole directory, read once for everybody while it is young. */
export type Directory = { rows(): Promise<readonly DirectoryRow[]> };

/** `now_ms` is a monotonic clock: age here is a matter of load. With `ttl_ms` 0 nothing is kept. */
export function createDirectory(
  db: Queryable,
  options: { ttl_ms?: number; now_ms?: () => number } = {},
): Directory {
  const { ttl_ms = directory_ms, now_ms = () => performance.now() } = options;
  let kept: { rows: Promise<DirectoryRow[]>; until: number } | undefined;
  return {
    rows: () => {
      const now = now_ms();
      if (kept && now < kept.until) return kept.rows;
      const entry = { rows: selectDirectory(db).then(read), until: now + ttl_ms };
      kept = entry;
      entry.rows.catch(() => {
        if (kept === entry) kept = undefined;
      });
      return entry.rows;
    },
  };
}

/** Reads every name's pinyin once, in small parts, so that nobody else waits for it. */
async function read(rows: DirectoryRow[]): Promise<DirectoryRow[]> {
  for (const [at, row] of rows.entries()) {
    departmentFit('', row);
    for (const clinic of row.clinics) clinicFit('', clinic);
    if (at % 50 === 49) await setImmediate();
  }
  return rows;
}

export type FoundDepartment = Omit<DirectoryRow, 'clinics'> & {
  specialty_name: string;
  /** Its name was typed, or the complaint usually begins there. */
  why: 'name' | 'guidance';
};
export type FoundClinic = Omit<DirectoryRow, 'clinics'> & DirectoryRow['clinics'][number];

export type Found = {
  hospitals: { hospital_id: string; hospital_name: string }[];
  departments: FoundDepartment[];
  clinics: FoundClinic[];
  /** Which complaints were understood; empty when none was. */
  complaints: string[];
  /** Such a complaint may be an emergency. */
  urgent: boolean;
};

/** Departments, clinics and doctors by name, pinyin, initials, or by a complaint in everyday words. */
export async function search(
  ctx: { directory: Directory },
  input: { q: string; hospital_id?: string | undefined },
): Promise<Found> {
  const q = plainQuery(input.q);
  if (q === '')
    return { hospitals: [], departments: [], clinics: [], complaints: [], urgent: false };
  const rows = await rowsOf(ctx, input.hospital_id);
  const complaint = complaintIn(q);
  const byName = rows
    .map((row) => ({ row, score: departmentFit(q, row) }))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .map(({ row }) => foundDepartment(row, 'name'));
  const named = new Set(byName.map(({ department_id }) => department_id));
  const guided = begunAt(rows, complaint.specialties)
    .filter(({ department_id }) => !named.has(department_id))
    .map((row) => foundDepartment(row, 'guidance'));
  const clinics = rows
    .flatMap((row) => row.clinics.map((clinic) => ({ row, clinic, score: clinicFit(q, clinic) })))
    .filter(({ score }) => score > 0)
    .toSorted((a, b) => b.score - a.score)
    .map(({ row: { clinics: _, ...place }, clinic }) => ({ ...place, ...clinic }));
  return {
    hospitals: input.hospital_id === undefined ? hospitalsNamed(q, rows) : [],
    departments: [...byName, ...guided].slice(0, results_max),
    clinics: clinics.slice(0, results_max),
    complaints: complaint.words.slice(0, 5),
    urgent: complaint.urgent,
  };
}

function hospitalsNamed(q: string, rows: readonly DirectoryRow[]): Found['hospitals'] {
  const names = new Map(rows.map((row) => [row.hospital_id, row.hospital_name]));
  return [...names]
    .filter(([, name]) => fit(q, sought(name)) > 0)
    .map(([hospital_id, hospital_name]) => ({ hospital_id, hospital_name }))
    .slice(0, results_max);
}

/** 导诊: where people of an age usually begin with a part of the body. */
export async function guide(
  ctx: { directory: Directory },
  input: { part: BodyPart; age: AgeGroup; hospital_id?: string | undefined },
): Promise<{ departments: FoundDepartment[]; complaints: string[]; urgent: string[] }> {
  const rows = await rowsOf(ctx, input.hospital_id);
  const ofPart = symptoms.filter(({ part }) => part === input.part);
  const own = ofPart.filter(({ urgent }) => !urgent).flatMap(({ specialties }) => specialties);
  const wordsOf = (urgent: boolean): string[] =>
    ofPart.filter((one) => (one.urgent === true) === urgent).flatMap(({ words }) => words);
  return {
    departments: departmentsFor(rows, byAge(input, own))
      .map((row) => foundDepartment(row, 'guidance'))
      .slice(0, results_max),
    complaints: wordsOf(false),
    urgent: wordsOf(true),
  };
}

/** Children see the speciality itself only where it is the same for all ages. */
const same_for_children: readonly BodyPart[] = ['eye', 'ear-nose-throat', 'mouth', 'skin', 'bones'];

function byAge(input: { part: BodyPart; age: AgeGroup }, own: string[]): string[] {
  const ages = ageSpecialties[input.age];
  if (input.age !== 'child') return [...own, ...ages];
  return same_for_children.includes(input.part) ? [...own, ...ages] : [...ages];
}

async function rowsOf(
  ctx: { directory: Directory },
  hospital_id: string | undefined,
): Promise<readonly DirectoryRow[]> {
  const rows = await ctx.directory.rows();
  return hospital_id === undefined ? rows : rows.filter((row) => row.hospital_id === hospital_id);
}

/** The complaints that were typed and the specialities people begin with, the likeliest first. */
function complaintIn(q: string): { words: string[]; specialties: string[]; urgent: boolean } {
  const hit = symptoms.flatMap((symptom) =>
    symptom.words
      .filter((word) => q.includes(word) || isMeant(q, word))
      .map((word) => ({ word, symptom })),
  );
  return {
    words: [...new Set(hit.map(({ word }) => word))],
    specialties: [...new Set(hit.flatMap(({ symptom }) => symptom.specialties))],
    urgent: hit.some(({ symptom }) => symptom.urgent === true),
  };
}

/** One character must begin a word, more may stand in it; pinyin must begin it. */
function isMeant(q: string, word: string): boolean {
  const score = fit(q, sought(word));
  return [...q].length === 1 ? score >= 3 : score >= 2;
}

function departmentFit(q: string, row: DirectoryRow): number {
  const own = fit(q, sought(row.department_name));
  const official = fit(q, sought(specialtyNames.get(row.specialty_code) ?? ''));
  return Math.max(own * 2, official);
}

function clinicFit(q: string, clinic: DirectoryRow['clinics'][number]): number {
  const { practitioner_name, practitioner_speciality, name } = clinic;
  const doctor = practitioner_name === null ? 0 : fit(q, sought(practitioner_name, true));
  const goodAt = practitioner_speciality?.toLowerCase().includes(q) === true ? 1 : 0;
  return Math.max(doctor * 2, fit(q, sought(name)), [...q].length > 1 ? goodAt : 0);
}

/** So broad that not every department below them is meant. */
const broad = ['03', '04', '05'];

/**
 * The departments of those specialities, in their order: the speciality itself, or a part of it; a
 * hospital without one is entered by the speciality above (内科 where there is no 心血管内科).
 */
function departmentsFor(
  rows: readonly DirectoryRow[],
  specialties: readonly string[],
): DirectoryRow[] {
  const found: DirectoryRow[] = [];
  for (const code of specialties) {
    const exact = rows.filter(
      ({ specialty_code }) =>
        specialty_code === code || (!broad.includes(code) && specialty_code.startsWith(`${code}.`)),
    );
    const have = new Set(exact.map(({ hospital_id }) => hospital_id));
    const above = rows.filter(
      ({ specialty_code, hospital_id }) =>
        !have.has(hospital_id) && code.includes('.') && specialty_code === code.slice(0, 2),
    );
    found.push(...exact, ...above);
  }
  return [...new Set(found)];
}

const general_practice = '02';

/** Where a complaint usually begins; where nobody treats it here, with the general practitioner. */
function begunAt(rows: readonly DirectoryRow[], specialties: readonly string[]): DirectoryRow[] {
  const found = departmentsFor(rows, specialties);
  if (found.length > 0 || specialties.length === 0) return found;
  return departmentsFor(rows, [general_practice]);
}

function foundDepartment(row: DirectoryRow, why: FoundDepartment['why']): FoundDepartment {
  const { clinics: _, ...rest } = row;
  return { ...rest, specialty_name: specialtyNames.get(row.specialty_code) ?? '', why };
}
