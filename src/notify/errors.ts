import { problem } from '../platform/problem.ts';

export const noticeUnknown = problem(
  'notify/notice-unknown',
  404,
  '没有找到这条消息，请返回消息列表重新打开。',
  'No such notice for a patient of this account.',
);
