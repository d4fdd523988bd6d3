import { Problem, problem } from '../../platform/problem.ts';

export const unreadable = problem(
  'schedule/import-unreadable',
  422,
  '这个文件读不出来，请用下载的模板填写后再导入。',
  'The file cannot be read as CSV or XLSX.',
);
export const tooBig = problem(
  'schedule/import-too-large',
  413,
  '文件超过 64 MB，请分成几个文件导入。',
  'The file is larger than 64 MB.',
);
export const tooManyRows = problem(
  'schedule/import-too-many-rows',
  413,
  '文件超过 20 万行，请分成几个文件导入。',
  'The file has more than 200,000 rows.',
);

/** The file as a whole is no table; `why` is said to the person. */
export function badFile(why: string): Problem {
  return new Problem(unreadable, {}, { message: `这个文件读不出来：${why}。` });
}
