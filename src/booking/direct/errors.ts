import { problem } from '../../platform/problem.ts';

export const addedAsked = problem(
  'booking/added-asked',
  409,
  '这位患者在这次出诊的加号已经在等门诊办同意，不用再申请；结果会通知患者。',
  'An added number for this person in this session is already waiting for approval.',
);
export const addedDecided = problem(
  'booking/added-decided',
  409,
  '这个加号申请已经处理过了，请刷新列表查看结果。',
  'The request was decided already.',
);
export const addedUnknown = problem(
  'booking/added-unknown',
  404,
  '没有找到这个加号申请，请刷新列表。',
  'No such request in this hospital.',
);
export const addedByHis = problem(
  'booking/added-his',
  409,
  '这次出诊的号由医院原有系统管理，请在那里加号，本平台会同步显示。',
  'The numbers of this session are mastered by the hospital’s own system.',
);
export const addedNotOwn = problem(
  'booking/added-not-own',
  403,
  '不能同意自己申请的加号，请由门诊办的另一位同事处理。',
  'Whoever asked cannot decide.',
);
export const personUnknown = problem(
  'booking/person-unknown',
  404,
  '没有找到这位患者；请核对号码，或看证件填写姓名后登记。',
  'Nobody is registered under this; check it, or register by the document shown.',
);
export const codeUnreadable = problem(
  'booking/person-code-unreadable',
  422,
  '这个二维码不是就诊码，请让患者打开“我的号”里的就诊码，或改用证件号。',
  'The code is not that of a visit.',
);
export const greenFrom = problem(
  'booking/green-from',
  409,
  '绿色通道从今天普通门诊的已签到患者发起；请先为患者签到，或直接送急诊。',
  'The green channel starts from a patient who has checked in at an ordinary clinic today.',
);
export const greenTo = problem(
  'booking/green-to',
  409,
  '绿色通道只转到本院的专家或专病出诊，请重新选择。',
  'The green channel leads to expert sessions of this hospital.',
);
export const planExists = problem(
  'booking/follow-up-planned',
  409,
  '这位患者在这个门诊已有复诊计划；要更改请先结束原计划。',
  'The person already has a follow-up plan at this clinic.',
);
export const planUnknown = problem(
  'booking/follow-up-unknown',
  404,
  '没有找到这个复诊计划，可能已经结束，请刷新后查看。',
  'No such follow-up plan that is still running.',
);
export const planEmpty = problem(
  'booking/follow-up-empty',
  422,
  '请选择下次就诊的时间，或填写每隔几个月复诊。',
  'Choose a session for the next visit or an interval in months.',
);
export const departmentUnknown = problem(
  'booking/department-unknown',
  404,
  '本院没有这个科室，请重新选择。',
  'No such department in this hospital.',
);
