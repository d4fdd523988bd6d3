import type { Context } from './context.ts';
import { kept_numbers, prepareReferrals, referral_clinics } from './demo-referral.ts';
import { seedDemo, type DemoLogins } from './identity/index.ts';
import { addDays, shanghaiDate, shanghaiInstant } from './platform/clock.ts';
import { changePlan, demo_rhythm, type PlanDraft } from './release/index.ts';
import {
  approveRedFlags,
  createHospital,
  findSessions,
  getHospital,
  listHospitals,
  placeCampus,
  runImport,
  type KindName,
} from './schedule/index.ts';

const hospital = {
  code: 'demo',
  name: '江州市第一人民医院（演示）',
  level: '三级甲等',
  address: '江州市江滨大道100号',
  phone: '0000-1234567',
};

const departments = [
  ['科室代码', '科室名称', '院区代码', '院区名称', '诊疗科目代码', '位置'],
  ['EYE', '眼科', 'E', '东院区', '10', '门诊楼3层A区'],
  ['CARD', '心血管内科', 'E', '东院区', '03.04', '门诊楼2层B区'],
  ['PED', '儿科', 'W', '西院区', '07', '儿童楼1层'],
  ['GP', '全科医学科', 'E', '东院区', '02', '门诊楼1层'],
];

const doctors = [
  [
    '医生工号',
    '姓名',
    '职称',
    '科室代码',
    '擅长',
    '门诊代码',
    '门诊名称',
    '号别',
    '挂号费',
    '诊疗费',
    '时限性',
  ],
  [
    'D001',
    '林知远',
    '主任医师',
    'EYE',
    '儿童近视与斜弱视',
    'EYE-LIN',
    '林知远主任门诊',
    '主任',
    '0',
    '100',
    '',
  ],
  [
    'D002',
    '沈清禾',
    '主任医师',
    'EYE',
    '白内障与青光眼',
    'EYE-SHEN',
    '沈清禾主任门诊',
    '主任',
    '0',
    '100',
    '',
  ],
  [
    'D003',
    '周一鸣',
    '主治医师',
    'EYE',
    '常见眼病',
    'EYE-ORD',
    '眼科普通门诊',
    '普通',
    '0',
    '50',
    '',
  ],
  [
    'D004',
    '许怀瑾',
    '主任医师',
    'CARD',
    '冠心病与心律失常',
    'CARD-XU',
    '许怀瑾主任门诊',
    '主任',
    '0',
    '100',
    '',
  ],
  [
    'D005',
    '顾明川',
    '副主任医师',
    'CARD',
    '高血压',
    'CARD-GU',
    '顾明川副主任门诊',
    '副主任',
    '0',
    '80',
    '',
  ],
  ['', '', '主治医师', 'CARD', '', 'CARD-ORD', '心内科普通门诊', '普通', '0', '50', ''],
  [
    'D006',
    '叶子衿',
    '主治医师',
    'PED',
    '儿科常见病',
    'PED-ORD',
    '儿科普通门诊',
    '普通',
    '0',
    '50',
    '儿科普通',
  ],
  ['D007', '何其正', '主治医师', 'GP', '慢病管理', 'GP-ORD', '全科门诊', '普通', '0', '40', ''],
  ...referral_clinics,
];

const session_header = [
  '门诊代码',
  '出诊日期',
  '午别',
  '开始时间',
  '结束时间',
  '诊室',
  '号源总数',
  '复诊预留',
  '诊间预留',
  '转诊预留',
  '团队预留',
  '号源归属',
];
const weekly: [string, string, string, string, string, number, number, number][] = [
  ['EYE-LIN', '上午', '08:00', '12:00', '眼科301', 12, 4, 2],
  ['EYE-SHEN', '上午', '08:00', '12:00', '眼科302', 10, 2, 0],
  ['EYE-ORD', '上午', '08:00', '12:00', '眼科305', 30, 0, 0],
  ['EYE-ORD', '下午', '13:30', '17:30', '眼科305', 30, 0, 0],
  ['CARD-XU', '上午', '08:00', '12:00', '心内201', 10, 3, 0],
  ['CARD-GU', '下午', '13:30', '17:30', '心内202', 20, 0, 0],
  ['CARD-ORD', '上午', '08:00', '12:00', '心内205', 40, 0, 0],
  ['PED-ORD', '上午', '08:00', '12:00', '儿科101', 40, 0, 0],
  ['GP-ORD', '上午', '08:00', '12:00', '全科101', 40, 0, 0],
  ['CARD-LU', '下午', '13:30', '17:30', '心内203', 16, 0, 0],
  ['CARD-TEAM', '上午', '08:00', '12:00', '心内203', 24, 0, 0],
];

/** Clinics planned a season ahead on one day a week, so that a doctor finds the next visit's date. */
const next_visits: typeof weekly = [
  ['EYE-LIN', '上午', '08:00', '12:00', '眼科301', 12, 4, 2],
  ['EYE-ORD', '上午', '08:00', '12:00', '眼科305', 30, 4, 2],
];

/** Clinics whose numbers the hospital’s own system keeps; it entrusts a part of them to us. */
const mastered_by_his = new Set(['CARD-GU']);

const drawn: Record<string, { group: string; entry_s: number }> = {
  'EYE-LIN': { group: 'EYE', entry_s: 120 },
  'EYE-SHEN': { group: 'EYE', entry_s: 120 },
  'CARD-XU': { group: 'CARD', entry_s: 1800 },
};

const days_ahead = 7;

/** Weeks 11 to 14 from today, on their Wednesday: about three months ahead. */
const season_ahead = { from: 77, to: 104, weekday: 3 };

/**
 * The demo: one fictional hospital, imported through the product's own import, with a week of
 * sessions, a few days three months ahead for next visits, release plans, staff of every role and persons the sandbox authority knows. Running it
 * again adds the days that have come nearer and changes nothing else.
 */
export async function prepareDemo(ctx: Context): Promise<DemoLogins> {
  const known = (await listHospitals(ctx)).find((one) => one.code === hospital.code);
  const hospital_id =
    known?.id ?? (await createHospital(ctx, { ...hospital, actor: 'demo' })).hospital_id;
  if (!known) {
    await importRows(ctx, hospital_id, 'departments', departments);
    await importRows(ctx, hospital_id, 'doctors', doctors);
    await placeCampuses(ctx, hospital_id);
  }
  await importSessions(ctx, hospital_id);
  if (!known) await plan(ctx, hospital_id);
  const staff = await seedDemo(ctx, hospital_id);
  if (!known) await prepareReferrals(ctx, hospital_id);
  const people = [1, 2, 3, 4, 5, 6].map((index) => ctx.population.syntheticPerson(index * 37));
  return {
    staff,
    phones: people.slice(0, 3).map((person) => person.phone),
    people: people.map((person) => ({
      name: person.name,
      document_number: person.documentNumber,
      phone: person.phone,
    })),
  };
}

/** Where the fictional campuses stand, and what the eye clinic approved as signs that must not wait. */
async function placeCampuses(ctx: Context, hospital_id: string): Promise<void> {
  const { campuses } = await getHospital(ctx, { hospital_id });
  const places: Record<string, { address: string; latitude: number; longitude: number }> = {
    E: { address: '江州市江滨大道100号', latitude: 30.01, longitude: 120.02 },
    W: { address: '江州市青石路28号', latitude: 30.03, longitude: 119.94 },
  };
  for (const { id, code } of campuses) {
    const place = places[code];
    if (!place) continue;
    const { address, ...position } = place;
    await placeCampus(ctx, { hospital_id, campus_id: id, address, position, actor: 'demo' });
  }
  await approveRedFlags(ctx, {
    hospital_id,
    specialty_code: '10',
    lines: [
      '突然看不见，或一只眼视力骤降',
      '眼睛溅到化学品：先用大量清水冲 15 分钟',
      '眼睛被尖东西扎伤、剧痛，或伴头痛、呕吐',
    ],
    actor: 'demo',
  });
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
    file_name: `demo-${kind}.csv`,
    file: Buffer.from(rows.map((row) => row.join(',')).join('\n')),
    dry_run: false,
    staff_id: null,
  });
  if (!report.committed)
    throw new Error(
      `the demo's ${kind} do not import: ${JSON.stringify(report.errors.slice(0, 5))}`,
    );
}

async function importSessions(ctx: Context, hospital_id: string): Promise<void> {
  const now = ctx.clock.now();
  const today = shanghaiDate(now);
  const [{ services }, known] = await Promise.all([
    getHospital(ctx, { hospital_id }),
    findSessions(ctx, { hospital_id, from: today, to: addDays(today, season_ahead.to) }),
  ]);
  const codes = new Map(services.map((service) => [service.id, service.code]));
  const planned = new Set(
    known.map((one) => `${codes.get(one.healthcare_service_id)} ${one.service_date} ${one.starts_at.getTime()}`), // prettier-ignore
  );
  const rows: string[][] = [];
  for (const { date, clinics } of clinicDays(today))
    for (const [code, period, start, end, room, numbers, follow_up, in_clinic] of clinics) {
      const starts_at = shanghaiInstant(date, start);
      if (starts_at <= now || planned.has(`${code} ${date} ${starts_at.getTime()}`)) continue;
      rows.push([
        code,
        date,
        period,
        start,
        end,
        room,
        ...[numbers, follow_up, in_clinic].map(String),
        String(kept_numbers[code]?.referral ?? 0),
        String(kept_numbers[code]?.team ?? 0),
        mastered_by_his.has(code) ? 'HIS' : '本平台',
      ]);
    }
  if (rows.length > 0) await importRows(ctx, hospital_id, 'sessions', [session_header, ...rows]);
}

/** The days of the week to come with every clinic, then those a season ahead with a few. */
function clinicDays(today: string): { date: string; clinics: typeof weekly }[] {
  const days: { date: string; clinics: typeof weekly }[] = [];
  for (let day = 0; day <= days_ahead; day++)
    days.push({ date: addDays(today, day), clinics: weekly });
  for (let day = season_ahead.from; day <= season_ahead.to; day++) {
    const date = addDays(today, day);
    if (new Date(date).getUTCDay() === season_ahead.weekday)
      days.push({ date, clinics: next_visits });
  }
  return days;
}

async function plan(ctx: Context, hospital_id: string): Promise<void> {
  const { services } = await getHospital(ctx, { hospital_id });
  for (const service of services) {
    const draw = drawn[service.code];
    const draft: PlanDraft = {
      method: draw ? 'draw' : 'order',
      effective_from: shanghaiDate(ctx.clock.now()),
      advance_days: 7,
      release_time: '07:30',
      same_day_share: draw ? 0 : 0.1,
      same_day_time: '07:00',
      on_site_share: 0.1,
      on_site_time: '07:00',
      draw_group: draw?.group ?? service.code,
      draw_rhythm: draw ? { ...demo_rhythm, entry_s: draw.entry_s } : null,
    };
    await changePlan(ctx, {
      hospital_id,
      healthcare_service_id: service.id,
      draft,
      actor: 'demo',
    });
  }
}
