import { problem } from '../../platform/problem.ts';

export const teamClinic = problem(
  'booking/team-clinic',
  422,
  '团队要设在本院号别为“团队号”、不属于某一位医生的门诊上，请重新选择门诊。',
  'A team needs a clinic of this hospital of the level team that is no single doctor’s.',
);
export const teamMembers = problem(
  'booking/team-members',
  422,
  '请选择本院的一位专家和至少一位成员；专家本人不用再选作成员。',
  'A team has one expert and at least one other member, all doctors of this hospital.',
);
export const escalateFrom = problem(
  'booking/escalate-from',
  409,
  '升级要从团队门诊、由团队成员接诊过的患者发起；请先叫号接诊，急症请走绿色通道。',
  'Only a patient whom a member of the team has called or seen goes on to the expert.',
);
export const escalateTo = problem(
  'booking/escalate-to',
  409,
  '只能升级到本团队专家本人的出诊，请从列表里选择时间。',
  'An escalation leads to a session of the team’s own expert.',
);
export const escalatedAlready = problem(
  'booking/escalated-already',
  409,
  '这次就诊已经升级过，患者的专家号还在；要改时间请先退掉原来的专家号。',
  'This visit led to a number of the expert that still stands.',
);
