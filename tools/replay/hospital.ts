import type { Context } from '../../src/context.ts';
import { bulkRegisterPersons, type MigratedPerson } from '../../src/identity/index.ts';
import { changePlan, type PlanDraft } from '../../src/release/index.ts';
import {
  createHospital,
  findSessions,
  getHospital,
  runImport,
  upsertHealthcareService,
  type KindName,
} from '../../src/schedule/index.ts';
import { ReplayError } from './errors.ts';
import type { Limits } from './limits.ts';
import type { Appointment } from './read-appointments.ts';

/** The plan's window: numbers can be booked from this many days before the clinic day. */
export const window_days = 180;
export const release_time = '06:00';
/** The most bookings of one person in one session that a schedule can allow. */
const bookings_max = 100;

/** The replay's hospital: where a clinic's day is, and who a patient of the file is. */
export type ReplayHospital = {
  hospital_id: string;
  session(appointment: Appointment): string;
  patient(appointment: Appointment): string;
};

const place = (clinic: string, day: string): string => `${clinic} ${day}`;

/**
 * Makes the hospital through the product's own verbs: a clinic a neighbourhood, a session a clinic
 * and day with as many numbers as the file has appointments, a person a patient. The clock must
 * stand before the first window opens.
 */
export async function makeHospital(
  ctx: Context,
  appointments: readonly Appointment[],
  limits: Limits,
): Promise<ReplayHospital> {
  const patients = registerPatients(ctx, appointments);
  const { hospital_id } = await createHospital(ctx, {
    code: 'replay',
    name: 'Replay',
    actor: 'replay',
  });
  await importRows(ctx, hospital_id, 'departments', [
    ['科室代码', '科室名称', '院区代码', '院区名称', '诊疗科目代码'],
    ['R', 'Replay', 'R', 'Replay', '02'],
  ]);
  const codes = await openClinics(ctx, hospital_id, appointments);
  const sessions = await openSessions(ctx, { hospital_id, codes, appointments, limits });
  const ids = await patients;
  return {
    hospital_id,
    session: ({ clinic, day }) => known(sessions.get(place(clinic, day))),
    patient: ({ patient }) => known(ids.get(patient)),
  };
}

function known(id: string | undefined): string {
  if (id === undefined) throw new Error('the hospital was made for other appointments');
  return id;
}

async function openClinics(
  ctx: Context,
  hospital_id: string,
  appointments: readonly Appointment[],
): Promise<Map<string, string>> {
  const [department] = (await getHospital(ctx, { hospital_id })).departments;
  const names = [...new Set(appointments.map((one) => one.clinic))].sort();
  const codes = new Map(names.map((name, at) => [name, `N${String(at + 1).padStart(3, '0')}`]));
  for (const [name, code] of codes) {
    const { healthcare_service_id } = await upsertHealthcareService(ctx, {
      hospital_id,
      department_id: known(department?.id),
      code,
      name,
      level: 'ordinary',
    });
    const draft = planOf(appointments[0]?.booked_day ?? '');
    await changePlan(ctx, { hospital_id, healthcare_service_id, draft, actor: 'replay' });
  }
  return codes;
}

/** Its own plan: `order`, the whole window, every number online. */
function planOf(first_day: string): PlanDraft {
  return {
    method: 'order',
    effective_from: first_day,
    advance_days: window_days,
    release_time,
    same_day_share: 0,
    same_day_time: '07:00',
    on_site_share: 0,
    on_site_time: '07:00',
    on_site_zero_reason: 'replay of recorded bookings',
    draw_group: 'replay',
  };
}

type Opening = {
  hospital_id: string;
  codes: ReadonlyMap<string, string>;
  appointments: readonly Appointment[];
  limits: Limits;
};

/**
 * The file knows the day of an appointment, not its hour. The sessions stand in the day's last
 * minute, so that every number is still to come whenever the file says it was booked.
 */
async function openSessions(
  ctx: Context,
  { hospital_id, codes, appointments, limits }: Opening,
): Promise<Map<string, string>> {
  const wanted = new Map<string, { clinic: string; day: string; numbers: number }>();
  for (const { clinic, day } of appointments) {
    const session = wanted.get(place(clinic, day));
    if (session) session.numbers++;
    else wanted.set(place(clinic, day), { clinic, day, numbers: 1 });
  }
  const each_max = String(Math.min(limits.session_day ?? bookings_max, bookings_max));
  const rows = [...wanted.values()].map(({ clinic, day, numbers }) => [
    codes.get(clinic) ?? '',
    day,
    '晚上',
    '23:58',
    '23:59',
    String(numbers),
    each_max,
  ]);
  await importRows(ctx, hospital_id, 'sessions', [
    ['门诊代码', '出诊日期', '午别', '开始时间', '结束时间', '号源总数', '每人限约'],
    ...rows,
  ]);
  // The numbers come from the news of the sessions, the plan from the news of the numbers.
  await ctx.outbox.drain();
  const days = appointments.map((one) => one.day).sort();
  const found = await findSessions(ctx, {
    hospital_id,
    from: days[0] ?? '',
    to: days.at(-1) ?? '',
  });
  return new Map(found.map((one) => [place(one.service_name, one.service_date), one.id]));
}

async function importRows(
  ctx: Context,
  hospital_id: string,
  kind: KindName,
  rows: string[][],
): Promise<void> {
  const text = rows.map((row) => row.join(',')).join('\n');
  const report = await runImport(ctx, {
    hospital_id,
    kind,
    file_name: `replay-${kind}.csv`,
    file: Buffer.from(text),
    dry_run: false,
    staff_id: null,
  });
  if (report.committed) return;
  const [first] = report.errors;
  throw new ReplayError(`The ${kind} do not import: line ${first?.line}: ${first?.reason}`);
}

const piece_size = 5000;
const transactions_max = 3;

/** Several transactions at a time: the database writes one piece while the next is encrypted. */
async function registerPatients(
  ctx: Context,
  appointments: readonly Appointment[],
): Promise<Map<string, string>> {
  const persons = new Map<string, MigratedPerson>();
  for (const { patient, sex } of appointments)
    if (!persons.has(patient))
      persons.set(patient, {
        name: `Replay ${persons.size + 1}`,
        document_type: 'other',
        document_number: patient.padStart(2, '0'),
        sex,
      });
  const all = [...persons];
  const ids = new Map<string, string>();
  let next = 0;
  const work = async (): Promise<void> => {
    while (next < all.length) {
      const piece = all.slice(next, (next += piece_size));
      const made = await ctx.db.tx((tx) =>
        bulkRegisterPersons(
          tx,
          ctx,
          piece.map(([, person]) => person),
          { actor: 'replay', check_source: 'replay' },
        ),
      );
      piece.forEach(([patient], at) => ids.set(patient, made[at] as string));
    }
  };
  await Promise.all(Array.from({ length: transactions_max }, work));
  return ids;
}
