import { createHash } from 'node:crypto';
import type { Context } from '../../../src/context.ts';
import { bulkRegisterPersons } from '../../../src/identity/index.ts';
import { addDays, shanghaiDate } from '../../../src/platform/clock.ts';
import { newId } from '../../../src/platform/id.ts';
import { changePlan, tickRelease } from '../../../src/release/index.ts';
import {
  createHospital,
  findSessions,
  getHospital,
  runImport,
  upsertHealthcareService,
  type KindName,
} from '../../../src/schedule/index.ts';
import { BenchError } from '../section.ts';
import { insertAccounts } from './store.ts';

export type Person = { account_id: string; patient_id: string };
/** Sessions by doctor and by day. */
export type Hospital = { people: Person[]; session(doctor: number, day: number): string };

/** How many numbers a doctor has on a day; 0 for no session. */
export type Numbers = (doctor: number, day: number) => number;

const chunk = 5_000;

/** A fictional hospital with released sessions in order, and people with an account each. */
export async function makeHospital(
  ctx: Context,
  wanted: { doctors: number; days: number; people: number; numbers: Numbers },
): Promise<Hospital> {
  const { hospital_id } = await createHospital(ctx, {
    code: 'bench',
    name: 'Bench',
    actor: 'bench',
  });
  await importRows(ctx, hospital_id, 'departments', [
    ['科室代码', '科室名称', '院区代码', '院区名称', '诊疗科目代码'],
    ['B', 'Bench', 'B', 'Bench', '02'],
  ]);
  const [department] = (await getHospital(ctx, { hospital_id })).departments;
  const today = shanghaiDate(ctx.clock.now());
  for (let doctor = 0; doctor < wanted.doctors; doctor++) {
    const { healthcare_service_id } = await upsertHealthcareService(ctx, {
      hospital_id,
      department_id: department?.id ?? '',
      code: `D${doctor}`,
      name: `Doctor ${doctor}`,
      level: 'chief',
    });
    await changePlan(ctx, {
      hospital_id,
      healthcare_service_id,
      actor: 'bench',
      draft: {
        method: 'order',
        effective_from: today,
        advance_days: 60,
        release_time: '06:00',
        same_day_share: 0,
        same_day_time: '07:00',
        on_site_share: 0,
        on_site_time: '07:00',
        on_site_zero_reason: 'a bench has no window',
        draw_group: 'bench',
      },
    });
  }
  const session = await openSessions(ctx, hospital_id, wanted);
  return { session, people: await openAccounts(ctx, wanted.people) };
}

async function openSessions(
  ctx: Context,
  hospital_id: string,
  wanted: { doctors: number; days: number; numbers: Numbers },
): Promise<Hospital['session']> {
  const today = shanghaiDate(ctx.clock.now());
  const dayOf = (day: number): string => addDays(today, 3 + day);
  const rows: string[][] = [];
  for (let doctor = 0; doctor < wanted.doctors; doctor++)
    for (let day = 0; day < wanted.days; day++) {
      const numbers = wanted.numbers(doctor, day);
      if (numbers > 0)
        rows.push([`D${doctor}`, dayOf(day), '上午', '08:00', '12:00', String(numbers)]);
    }
  await importRows(ctx, hospital_id, 'sessions', [
    ['门诊代码', '出诊日期', '午别', '开始时间', '结束时间', '号源总数'],
    ...rows,
  ]);
  await ctx.outbox.drain();
  await tickRelease(ctx);
  const found = await findSessions(ctx, { hospital_id, from: today, to: dayOf(wanted.days) });
  const ids = new Map(found.map((one) => [`${one.service_name} ${one.service_date}`, one.id]));
  return (doctor, day) => {
    const id = ids.get(`Doctor ${doctor} ${dayOf(day)}`);
    if (id === undefined) throw new BenchError(`Doctor ${doctor} has no session on day ${day}.`);
    return id;
  };
}

async function openAccounts(ctx: Context, count: number): Promise<Person[]> {
  const people: Person[] = [];
  for (let from = 0; from < count; from += chunk) {
    const persons = Array.from({ length: Math.min(chunk, count - from) }, (_, at) => ({
      name: `Bench ${from + at}`,
      document_type: 'other' as const,
      document_number: `B${from + at}`,
    }));
    const ids = await ctx.db.tx((tx) =>
      bulkRegisterPersons(tx, ctx, persons, { actor: 'bench', check_source: 'bench' }),
    );
    const rows = ids.map((patient_id) => ({
      account_id: newId(ctx),
      patient_id,
      phone_index: createHash('sha256').update(patient_id).digest('hex'),
    }));
    const sealed_phone = ctx.fields.seal('13800000000', 'identity.account.phone');
    await insertAccounts(ctx.db, rows, { sealed_phone, at: ctx.clock.now() });
    people.push(...rows.map(({ account_id, patient_id }) => ({ account_id, patient_id })));
  }
  return people;
}

async function importRows(
  ctx: Context,
  hospital_id: string,
  kind: KindName,
  rows: string[][],
): Promise<void> {
  const report = await runImport(ctx, {
    hospital_id,
    kind,
    file_name: `bench-${kind}.csv`,
    file: Buffer.from(rows.map((row) => row.join(',')).join('\n')),
    dry_run: false,
    staff_id: null,
  });
  const [first] = report.errors;
  if (!report.committed) throw new BenchError(`The ${kind} do not import: ${first?.reason}`);
}
