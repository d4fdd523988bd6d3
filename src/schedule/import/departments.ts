import { specialtyNames } from '../specialties.data.ts';
import { column, normaliseCell, parseCode, parseText, type Columns } from './columns.ts';
import {
  insertCampuses,
  selectCampuses,
  selectDepartments,
  upsertDepartments,
  type KnownCampus,
  type KnownDepartment,
} from './store.ts';
import { byCode, distinct, eachRepeat, faultAt, type Kind, type Resolving } from './validate.ts';

const columns = {
  code: column<string>({
    header: '科室代码',
    aliases: ['科室编码', '科室编号', '科室ID'],
    parse: parseCode,
    example: 'XNK',
  }),
  name: column<string>({
    header: '科室名称',
    aliases: ['科室', '科室名'],
    parse: parseText({ length_max: 60 }),
    example: '心血管内科',
  }),
  campus_code: column<string>({
    header: '院区代码',
    aliases: ['院区编码', '院区编号'],
    parse: parseCode,
    example: 'BY',
  }),
  campus_name: column<string>({
    header: '院区名称',
    aliases: ['院区'],
    parse: parseText({ length_max: 60 }),
    example: '本部院区',
  }),
  specialty_code: column<string>({
    header: '诊疗科目代码',
    aliases: ['诊疗科目', '诊疗科目编码', '标准科室代码'],
    parse: (text) => {
      const value = normaliseCell(text);
      return specialtyNames.has(value)
        ? { value }
        : { reason: '不在《医疗机构诊疗科目名录》内，应如 03 或 03.04（两位数字）' };
    },
    example: '03.04',
  }),
  place: column<string>({
    header: '位置',
    aliases: ['科室位置', '地点', '楼层'],
    missing: { value: '' },
    parse: parseText({ length_max: 120 }),
    example: '门诊楼3层东区',
  }),
} satisfies Columns;

type DepartmentColumns = typeof columns;

/** Departments with their campuses; a campus that is new is created. */
export const departments: Kind<DepartmentColumns> = {
  columns,
  check: (rows, faults) => {
    const fault = faultAt(faults, columns);
    eachRepeat(
      rows,
      (row) => row.value.code,
      (row, first) => fault(row, 'code', `与第 ${first.line} 行的科室代码重复`),
    );
    eachRepeat(
      rows,
      (row) => row.value.campus_code,
      (row, first) => {
        if (row.value.campus_name !== first.value.campus_name)
          fault(row, 'campus_name', `与第 ${first.line} 行同一院区代码的名称不一致`);
      },
    );
  },
  resolve: async (input) => {
    const { campuses, known } = await readKnown(input);
    const fault = faultAt(input.faults, columns);
    const newCampuses = new Map<string, KnownCampus>();
    const created: KnownDepartment[] = [];
    const updated: KnownDepartment[] = [];
    for (const row of input.rows) {
      const { campus_name, ...wished } = row.value;
      const campus = campuses.get(wished.campus_code);
      if (!campus)
        newCampuses.set(wished.campus_code, {
          id: input.newId(),
          code: wished.campus_code,
          name: campus_name,
        });
      else if (campus.name !== campus_name)
        fault(row, 'campus_name', `这个院区代码已登记为“${campus.name}”`);
      const standing = known.get(wished.code);
      if (!standing) created.push({ id: input.newId(), ...wished });
      else if (differs(standing, wished)) updated.push({ id: standing.id, ...wished });
    }
    return {
      created: created.length,
      updated: updated.length,
      write: async ({ tx }) => {
        await insertCampuses(tx, input.hospital_id, [...newCampuses.values()]);
        await upsertDepartments(tx, input.hospital_id, [...created, ...updated]);
      },
    };
  },
};

async function readKnown({ db, hospital_id, rows }: Resolving<DepartmentColumns>) {
  const campusCodes = distinct(rows.map((row) => row.value.campus_code));
  const codes = distinct(rows.map((row) => row.value.code));
  return {
    campuses: byCode(await selectCampuses(db, hospital_id, campusCodes)),
    known: byCode(await selectDepartments(db, hospital_id, codes)),
  };
}

function differs(standing: KnownDepartment, wished: Omit<KnownDepartment, 'id'>): boolean {
  return (['name', 'campus_code', 'specialty_code', 'place'] as const).some(
    (key) => standing[key] !== wished[key],
  );
}
