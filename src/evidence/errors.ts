import { problem } from '../platform/problem.ts';

export const notInLog = problem(
  'evidence/not-in-log',
  404,
  '存证日志中还没有这一部分，请核对地址，或稍后再取。',
  'The log has no such tile under its newest checkpoint.',
);
