import { problem } from '../../platform/problem.ts';

export const conductUnknown = problem(
  'booking/conduct-unknown',
  404,
  '本院没有这条记录，请刷新列表。',
  'No such count or restriction in this hospital.',
);
export const conductCleared = problem(
  'booking/conduct-cleared',
  409,
  '这条记录已经消除，不再计入，请刷新列表。',
  'It was cleared before.',
);
export const restrictionUnknown = problem(
  'booking/restriction-unknown',
  404,
  '没有找到这条限制，可能已经到期或解除，请刷新后查看。',
  'No restriction of your patients that still runs.',
);
export const appealOpen = problem(
  'booking/appeal-open',
  409,
  '您的申诉已经收到，正在处理，不用再提交；一个工作日内答复。',
  'An appeal against this restriction is waiting already.',
);
export const appealUnknown = problem(
  'booking/appeal-unknown',
  404,
  '本院没有这个申诉，请刷新列表。',
  'No such appeal in this hospital.',
);
export const appealNotOwn = problem(
  'booking/appeal-not-own',
  403,
  '这条限制您已经经手过（登记过其中的爽约，或答复过上一次申诉），请由另一位同事答复。',
  'Whoever recorded what the restriction counts, or answered an earlier appeal, does not decide this one.',
);
export const appealDecided = problem(
  'booking/appeal-decided',
  409,
  '这个申诉已经答复过了，请刷新列表。',
  'The appeal was decided already.',
);
