import { shanghaiDate } from '../../platform/clock.ts';
import { inWords } from '../errors.ts';
import { upsertPractitionerRows, upsertServiceRows } from '../store.ts';
import type { Level, TimeCritical } from '../types.ts';
import {
  column,
  normaliseCell,
  parseChoice,
  parseCode,
  parseText,
  parseYuan,
  type Columns,
} from './columns.ts';
import type { TableRow } from './read-table.ts';
import {
  selectDepartments,
  selectPractitioners,
  selectServices,
  type KnownDepartment,
  type KnownPractitioner,
  type KnownService,
} from './store.ts';
import {
  byCode,
  distinct,
  eachRepeat,
  faultAt,
  pieces,
  type Kind,
  type Plan,
  type Resolving,
} from './validate.ts';

const levels = parseChoice<Level>({
  普通: 'ordinary',
  普通号: 'ordinary',
  副主任: 'associate_chief',
  副主任号: 'associate_chief',
  副主任医师: 'associate_chief',
  主任: 'chief',
  主任号: 'chief',
  主任医师: 'chief',
  专病: 'disease',
  专病号: 'disease',
  特需: 'special',
  特需号: 'special',
  专家团队: 'team',
  团队: 'team',
  急诊: 'emergency',
  急诊号: 'emergency',
  便民: 'convenience',
  便民号: 'convenience',
});

const criticals = parseChoice<TimeCritical>({
  急诊: 'emergency',
  发热: 'fever',
  儿科普通: 'pediatric_ordinary',
  产检: 'antenatal',
  透析: 'dialysis',
  肿瘤复诊: 'oncology_follow_up',
  狂犬病: 'rabies',
  其他: 'other',
});

const none = { value: null };

const columns = {
  practitioner_code: column<string | null>({
    header: '医生工号',
    aliases: ['工号', '医生代码', '医生编号', '医师工号'],
    missing: none,
    parse: parseCode,
    example: 'D001',
  }),
  name: column<string | null>({
    header: '姓名',
    aliases: ['医生姓名', '医师姓名', '医生'],
    missing: none,
    parse: parseText({ length_max: 50 }),
    example: '张示例',
  }),
  title: column<string>({
    header: '职称',
    aliases: ['医生职称', '技术职称'],
    missing: { value: '' },
    parse: parseText({ length_max: 20 }),
    example: '主任医师',
  }),
  department_code: column<string>({
    header: '科室代码',
    aliases: ['科室编码', '科室编号'],
    parse: parseCode,
    example: 'XNK',
  }),
  speciality: column<string>({
    header: '擅长',
    aliases: ['专长', '医生擅长', '擅长领域'],
    missing: { value: '' },
    parse: parseText({ length_max: 1000 }),
    example: '冠心病、心力衰竭',
  }),
  licence_number: column<string | null>({
    header: '执业证书编码',
    aliases: ['医师执业证书编码', '执业证号'],
    missing: none,
    parse: (text) => {
      const value = normaliseCell(text);
      return /^[0-9A-Za-z]{10,24}$/.test(value)
        ? { value }
        : { reason: '应为 10 到 24 位数字或字母' };
    },
    example: '110110000000001',
  }),
  code: column<string | null>({
    header: '门诊代码',
    aliases: ['号别代码', '门诊编码'],
    missing: none,
    parse: parseCode,
    example: 'XNK-ZR-01',
  }),
  service_name: column<string | null>({
    header: '门诊名称',
    aliases: ['号别名称', '门诊'],
    missing: none,
    parse: parseText({ length_max: 60 }),
    example: '心血管内科主任门诊',
  }),
  level: column<Level | null>({
    header: '号别',
    aliases: ['号别类型', '号类'],
    missing: none,
    parse: levels,
    example: '主任',
  }),
  registration_fee_fen: column<number | null>({
    header: '挂号费',
    aliases: ['挂号费元'],
    missing: none,
    parse: parseYuan,
    example: '1',
  }),
  consultation_fee_fen: column<number | null>({
    header: '诊疗费',
    aliases: ['诊查费', '医事服务费', '诊疗费元'],
    missing: none,
    parse: parseYuan,
    example: '59.00',
  }),
  time_critical: column<TimeCritical | null>({
    header: '时限性',
    aliases: ['时限', '时限类别'],
    missing: none,
    parse: criticals,
    example: '',
  }),
} satisfies Columns;

type DoctorColumns = typeof columns;
type Row = TableRow<DoctorColumns>;

/** Doctors and their clinics; a row without a name is a clinic of unnamed numbers. */
export const doctors: Kind<DoctorColumns> = {
  columns,
  check: (rows, faults) => {
    const fault = faultAt(faults, columns);
    for (const row of rows) checkRow(row, (key, reason) => fault(row, key, reason));
    eachRepeat(
      rows,
      (row) => row.value.code,
      (row, first) => fault(row, 'code', `与第 ${first.line} 行的门诊代码重复`),
    );
    // A doctor may hold several clinics, one a row, but is the same person in each.
    eachRepeat(
      rows,
      (row) => row.value.practitioner_code,
      (row, first) => {
        for (const key of ['name', 'title', 'speciality', 'licence_number'] as const)
          if (row.value[key] !== first.value[key])
            fault(row, key, `与第 ${first.line} 行同一工号的内容不一致`);
        if (row.value.code === null) fault(row, 'practitioner_code', `与第 ${first.line} 行重复`);
      },
    );
  },
  resolve: async (input) => {
    const { db, hospital_id, rows } = input;
    const codes = (key: 'department_code' | 'practitioner_code' | 'code'): string[] =>
      distinct(rows.map((row) => row.value[key]));
    return plan(input, {
      departments: byCode(await selectDepartments(db, hospital_id, codes('department_code'))),
      practitioners: byCode(await selectPractitioners(db, hospital_id, codes('practitioner_code'))),
      services: byCode(await selectServices(db, hospital_id, codes('code'))),
    });
  },
};

function checkRow({ value }: Row, fault: (key: keyof DoctorColumns, reason: string) => void): void {
  if (value.name !== null && value.practitioner_code === null)
    fault('practitioner_code', '有姓名的行必填');
  if (value.name === null && value.practitioner_code !== null)
    fault('name', '有医生工号的行必填；不具名的门诊请把工号和姓名都留空');
  if (value.name !== null && value.title === '') fault('title', '有姓名的行必填');
  const clinic = ['service_name', 'level', 'registration_fee_fen', 'consultation_fee_fen'] as const;
  if (value.code !== null) {
    for (const key of clinic)
      if (value[key] === null)
        fault(key, key.endsWith('fen') ? '有门诊代码的行必填，免费请填 0' : '有门诊代码的行必填');
  } else if (value.name === null) fault('code', '没有姓名的行是不具名门诊，必须填门诊代码');
  else
    for (const key of [...clinic, 'time_critical'] as const)
      if (value[key] !== null) fault(key, '填了门诊内容，但没有门诊代码');
}

type Known = {
  departments: Map<string, KnownDepartment>;
  practitioners: Map<string, KnownPractitioner>;
  services: Map<string, KnownService>;
};

type WishedService = Omit<
  KnownService,
  'practitioner_id' | 'practitioner_licence' | 'practitioner_title'
>;

function plan(input: Resolving<DoctorColumns>, known: Known): Plan {
  const fault = faultAt(input.faults, columns);
  const people = new Map<string, KnownPractitioner>();
  const clinics: WishedService[] = [];
  const counts = { created: 0, updated: 0 };
  for (const row of input.rows) {
    const person = personOf(row, known, input.newId);
    if (person && !people.has(person.code)) {
      people.set(person.code, person);
      count(counts, known.practitioners.get(person.code), person);
    }
    if (!known.departments.has(row.value.department_code))
      fault(row, 'department_code', '没有这个科室代码，请先导入科室');
    const clinic = clinicOf(row, input.newId);
    if (!clinic) continue;
    const standing = known.services.get(clinic.code);
    if (standing && standing.department_code !== clinic.department_code)
      fault(row, 'department_code', `这个门诊已属于科室 ${standing.department_code}，不能改`);
    if (standing && standing.practitioner_code !== clinic.practitioner_code)
      fault(row, 'practitioner_code', '已有门诊的医生不能改，请用新的门诊代码');
    if (standing) clinic.id = standing.id;
    count(counts, standing, clinic);
    clinics.push(clinic);
  }
  return { ...counts, write: ({ tx }) => write(tx, input, { known, people, clinics }) };
}

function personOf(
  { value }: Row,
  known: Known,
  newId: () => string,
): KnownPractitioner | undefined {
  if (value.practitioner_code === null || value.name === null) return undefined;
  const standing = known.practitioners.get(value.practitioner_code);
  return {
    id: standing?.id ?? newId(),
    code: value.practitioner_code,
    name: value.name,
    title: value.title,
    speciality: value.speciality,
    licence_number: value.licence_number ?? standing?.licence_number ?? null,
  };
}

function clinicOf({ value }: Row, newId: () => string): WishedService | undefined {
  const { code, service_name, level, registration_fee_fen, consultation_fee_fen } = value;
  if (code === null || service_name === null || level === null) return undefined;
  if (registration_fee_fen === null || consultation_fee_fen === null) return undefined;
  return {
    id: newId(),
    code,
    name: service_name,
    department_code: value.department_code,
    practitioner_code: value.practitioner_code,
    level,
    title: value.practitioner_code === null ? value.title : '',
    registration_fee_fen,
    consultation_fee_fen,
    time_critical: value.time_critical,
  };
}

function count(
  counts: { created: number; updated: number },
  standing: object | undefined,
  wished: object,
): void {
  if (!standing) counts.created++;
  else if (Object.entries(wished).some(([key, value]) => standing[key as never] !== value))
    counts.updated++;
}

async function write(
  tx: import('../../platform/db.ts').Tx,
  input: Resolving<DoctorColumns>,
  wished: { known: Known; people: Map<string, KnownPractitioner>; clinics: WishedService[] },
): Promise<void> {
  const { known, people, clinics } = wished;
  const { hospital_id } = input;
  const place = { hospital_id, today: shanghaiDate(input.now) };
  for (const piece of pieces([...people.values()]))
    await inWords(upsertPractitionerRows(tx, place, piece));
  const rows = clinics.map((clinic) => ({
    ...clinic,
    department_id: known.departments.get(clinic.department_code)?.id as string,
    practitioner_id:
      clinic.practitioner_code === null
        ? null
        : (people.get(clinic.practitioner_code)?.id as string),
  }));
  for (const piece of pieces(rows)) {
    const written = await upsertServiceRows(tx, hospital_id, piece);
    if (written.length !== piece.length)
      throw new Error('a clinic was refused although it had been checked under the lock');
  }
}
