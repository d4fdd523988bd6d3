import { databaseError } from '../platform/db.ts';
import { Problem, problem } from '../platform/problem.ts';

export const hospitalUnknown = problem(
  'schedule/hospital-unknown',
  404,
  '没有找到这家医院，请返回重新选择。',
  'No such hospital.',
);
export const campusUnknown = problem(
  'schedule/campus-unknown',
  404,
  '没有找到这个院区，请返回重新选择。',
  'No such campus in this hospital.',
);
export const departmentUnknown = problem(
  'schedule/department-unknown',
  404,
  '没有找到这个科室，请返回重新选择。',
  'No such department.',
);
export const serviceUnknown = problem(
  'schedule/service-unknown',
  404,
  '没有找到这个门诊，请核对门诊代码。',
  'No such healthcare service in this hospital.',
);
export const practitionerUnknown = problem(
  'schedule/practitioner-unknown',
  404,
  '没有找到这位医生，请核对医生工号。',
  'No such practitioner in this hospital.',
);
export const sessionUnknown = problem(
  'schedule/session-unknown',
  404,
  '没有找到这个出诊，请刷新列表后重试。',
  'No such session in this hospital.',
);
export const sessionNotPlanned = problem(
  'schedule/session-not-planned',
  409,
  '这个出诊已经停诊，请先恢复再操作。',
  'The session is stopped.',
);
export const sessionNotStopped = problem(
  'schedule/session-not-stopped',
  409,
  '这个出诊没有停诊，不需要恢复。',
  'The session is not stopped.',
);
export const sessionBegun = problem(
  'schedule/session-begun',
  409,
  '这个出诊已经开始，不能再恢复；请另排新的出诊。',
  'A session can be resumed only before its start.',
);
export const sessionOver = problem(
  'schedule/session-over',
  409,
  '这个出诊已经结束，不能再改动。',
  'The session is over.',
);
export const sessionNamed = problem(
  'schedule/session-named',
  409,
  '这个出诊已经有医生；换医生请先停诊，再另排出诊。',
  'The session already has its doctor.',
);
export const practitionerTitle = problem(
  'schedule/practitioner-title',
  409,
  '这位医生的职称低于号上写明的职称，请安排同级或更高职称的医生。',
  'The doctor’s title is lower than the one the numbers promise.',
);
export const sessionUnnamed = problem(
  'schedule/session-unnamed',
  409,
  '这个出诊还没有指定医生，不需要替诊；请直接指定出诊医生。',
  'The session has no doctor to stand in for.',
);
export const substituteSame = problem(
  'schedule/substitute-same',
  409,
  '现在就是这位医生出诊，请另选替诊医生。',
  'This doctor already holds the session.',
);
export const substituteSpeciality = problem(
  'schedule/substitute-speciality',
  409,
  '替诊医生要和原来的医生同一专科，请在本专科医生中选；没有合适的人，请办理停诊。',
  'A substitute must be of the same speciality.',
);
export const substituteTitle = problem(
  'schedule/substitute-title',
  409,
  '替诊医生的职称不能低于原来的医生，请选同级或更高职称的医生；没有合适的人，请办理停诊。',
  'A substitute’s title must be the same or higher.',
);
export const practitionerElsewhere = problem(
  'schedule/practitioner-elsewhere',
  409,
  '这位医生在同一天同一午别已有出诊（可能在另一家医院），请换一个时间或医生。',
  'This doctor already has a session in that half-day, here or in another hospital.',
);
export const sessionExists = problem(
  'schedule/session-exists',
  409,
  '这个门诊在这一天这一午别已经排过出诊，请修改原来的出诊。',
  'This service already has a session in that half-day.',
);
export const codeTaken = problem(
  'schedule/code-taken',
  409,
  '这个代码已经有人使用，请换一个代码。',
  'The code is in use.',
);
export const specialtyUnknown = problem(
  'schedule/specialty-unknown',
  422,
  '诊疗科目代码不在国家名录内，请按《医疗机构诊疗科目名录》填写，例如 03.04。',
  'The code is not in the official list of clinical subjects.',
);
export const serviceFixed = problem(
  'schedule/service-fixed',
  409,
  '门诊的科室和医生不能改；请用新的门诊代码另建门诊。',
  'A service keeps its department and its doctor.',
);

const byConstraint: Record<string, Problem['kind']> = {
  session_practitioner: practitionerElsewhere,
  session_practitioner_licence: practitionerElsewhere,
  session_once: sessionExists,
  hospital_code: codeTaken,
  campus_code: codeTaken,
  template_slot: sessionExists,
};

/** Runs `work` and turns a violated invariant into the problem a person reads. */
export async function inWords<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const kind = byConstraint[databaseError(error)?.constraint ?? ''];
    throw kind ? new Problem(kind) : error;
  }
}
