import { problem } from '../../platform/problem.ts';

export const codeWrong = problem(
  'booking/check-in-code',
  409,
  '签到码不对，或已经换了新的。请看医院屏幕上现在的6位数字，再输一次；也可以到分诊台签到。',
  'The check-in code is wrong or over.',
);
export const otherCampus = problem(
  'booking/other-campus',
  409,
  '这里不是您要就诊的院区，请看预约上的地址；来不及的话，请联系医院。',
  'The code is of another campus of the hospital.',
);
export const checkInOver = problem(
  'booking/check-in-over',
  409,
  '手机签到的时间已过，请到分诊台，护士会帮您安排。',
  'The time for checking in by phone is over.',
);
export const identityUnseen = problem(
  'booking/identity-unseen',
  409,
  '这位患者是用手机签到的，还没有核对证件；请先核对，再完成就诊。',
  'The document of this person has not been seen yet.',
);
export const priorityUnknown = problem(
  'booking/priority-unknown',
  409,
  '本院的规则里没有这项优先。需要的话，请门诊办在“预约规则”里加上；急的请走绿色通道。',
  'The rules of the hospital know no such priority.',
);
export const screenUnknown = problem(
  'booking/screen-unknown',
  404,
  '这块屏幕还没有连接，或连接已经断开；请在工作台的“叫号屏”里重新连接。',
  'No screen is linked with this token.',
);
export const departmentElsewhere = problem(
  'booking/screen-department',
  409,
  '这个科室不在所选院区，请重新选择。',
  'The department is not on this campus.',
);
