import { problem } from '../../platform/problem.ts';

export const rulesTooSoon = problem(
  'booking/rules-too-soon',
  422,
  '规则从明天起才能生效（首次设置可以当天生效），请改生效日期；患者要先看得到。',
  'Rules begin tomorrow at the earliest, so that people can read them before.',
);
export const rulesFaulty = problem(
  'booking/rules-faulty',
  422,
  '规则里有互相矛盾的地方，请按提示修改。',
  'The rules contradict themselves.',
);
export const rulesOutrun = problem(
  'booking/rules-outrun',
  409,
  '别人刚刚保存了新的规则，请刷新后再改。',
  'Somebody else wrote a version meanwhile.',
);
export const cancelDeadlinePassed = problem(
  'booking/cancel-deadline',
  409,
  '已过网上退号时间，请到窗口或打电话给医院退号；尽早告诉医院，别人就能用上这个号。',
  'The deadline for giving numbers back online has passed; the window still can.',
);
