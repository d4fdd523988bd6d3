import { problem } from '../platform/problem.ts';

export const dayOutside = problem(
  'paper/day-outside',
  422,
  '只能补录今天或过去7天内停机的那一天，请核对日期。',
  'Outcomes are typed in for today or one of the last seven days.',
);
export const nothingThatDay = problem(
  'paper/no-sessions',
  404,
  '这一天没有出诊，没有可打印的名单；请核对日期。',
  'No session takes place on that day.',
);
export const beingWritten = problem(
  'paper/being-written',
  409,
  '这一分钟里已经有人生成过名单，请刷新列表下载，或过一分钟再试。',
  'An edition was asked for within this minute.',
);
export const fileUnknown = problem(
  'paper/file-unknown',
  404,
  '没有找到这份名单，可能已过期删除（保留3天）；请重新生成。',
  'No such file, or it was removed after three days.',
);
export const fileChanged = problem(
  'paper/file-changed',
  409,
  '这份名单在磁盘上被改动过，与生成时的指纹不符，不能使用；请重新生成。',
  'The file on disk does not have the hash it was written with.',
);
export const noFile = problem(
  'paper/no-file',
  422,
  '没有选择文件，请选择填好的名单 CSV 或 XLSX 文件。',
  'The request carries no file.',
);
