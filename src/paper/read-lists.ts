import { shanghaiTime } from '../platform/clock.ts';
import { maskedPatients, type MaskedPatient } from '../identity/index.ts';
import {
  numbersOfSessions,
  type DayNumber,
  type Pool,
  type VisitStatus,
} from '../booking/index.ts';
import { findSessions, getHospital, type SessionView } from '../schedule/index.ts';
import { periodNames } from './columns.ts';
import type { DepartmentList, ListedNumber, ListedSession, PaperContext } from './types.ts';

const poolNames: Record<Pool, string> = {
  online: '线上',
  same_day: '当日',
  on_site: '现场',
  follow_up: '复诊',
  in_clinic: '诊间',
  referral: '转诊',
  team: '团队',
  green_channel: '绿通',
  added: '加号',
  free_return: '回诊',
};

const statusNames: Partial<Record<VisitStatus, string>> = {
  held: '占号未确认',
  booked: '已约',
  checked_in: '已签到',
  called: '已叫号',
  fulfilled: '已就诊',
  noshow: '爽约',
};

/**
 * The lists of a hospital's clinic day, by department: every session with its numbers, who has them
 * (masked), and the on-site numbers that are free for walk-ins. On-site numbers whose hour has not
 * come stand on the blank sheet too: by the time a paper is used they would be open. Four statements.
 */
export async function readLists(
  ctx: PaperContext,
  input: { hospital_id: string; service_date: string },
): Promise<DepartmentList[]> {
  const { hospital_id, service_date } = input;
  const filter = { hospital_id, from: service_date, to: service_date };
  const sessions = await findSessions(ctx, filter);
  if (sessions.length === 0) return [];
  const hospital = await getHospital(ctx, { hospital_id });
  const numbers = await numbersOfSessions(
    ctx.db,
    sessions.map((session) => session.id),
  );
  const patients = await maskedPatients(
    ctx,
    numbers.flatMap((number) => number.patient_id ?? []),
  );
  const bySession = Map.groupBy(numbers, (number) => number.session_id);
  const codes = new Map(hospital.services.map((service) => [service.id, service.code]));
  const listed = (session: SessionView): ListedSession => ({
    ...wordsOf(session),
    service_code: codes.get(session.healthcare_service_id) ?? '',
    numbers: (bySession.get(session.id) ?? []).map((number) =>
      listedNumber(
        number,
        number.patient_id === null ? undefined : patients.get(number.patient_id),
      ),
    ),
  });
  const campuses = new Map(hospital.campuses.map((campus) => [campus.id, campus]));
  const byDepartment = Map.groupBy(sessions, (session) => session.department_id);
  return hospital.departments.flatMap((department) => {
    const own = byDepartment.get(department.id);
    const campus = campuses.get(department.campus_id);
    if (!own || !campus) return [];
    return {
      department_id: department.id,
      department_code: department.code,
      department_name: department.name,
      place: department.place,
      campus_code: campus.code,
      campus_name: campus.name,
      sessions: own.map(listed),
    };
  });
}

function wordsOf(session: SessionView): Omit<ListedSession, 'service_code' | 'numbers'> {
  const name = session.practitioner_name ?? '待分诊';
  const title = session.practitioner_title;
  return {
    session_id: session.id,
    service_name: session.service_name,
    practitioner: title === null ? name : `${name} ${title}`,
    room: session.mode === 'internet' ? '互联网门诊' : session.room,
    period: periodNames[session.period],
    hours: `${shanghaiTime(session.starts_at)}-${shanghaiTime(session.ends_at)}`,
    stopped: session.status === 'stopped' ? (session.stop_reason ?? '停诊') : null,
  };
}

function listedNumber(number: DayNumber, patient: MaskedPatient | undefined): ListedNumber {
  const open = number.pool === 'on_site' && number.entrusted;
  const blank = open && (number.state === 'free' || number.state === 'unreleased');
  return {
    sequence: number.sequence,
    time: `${shanghaiTime(number.starts_at)}-${shanghaiTime(number.ends_at)}`,
    pool: poolNames[number.pool],
    status: number.status === null ? (blank ? '空号' : '') : (statusNames[number.status] ?? ''),
    name_masked: patient?.name_masked ?? '',
    document_masked: patient?.document_masked ?? '',
    place: number.status === null ? (blank ? 'blank' : 'other') : 'visit',
  };
}
