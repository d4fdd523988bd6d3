import { problem } from '../../platform/problem.ts';

/** One answer for a wrong number and a wrong code: nobody learns that a report exists. */
export const reportUnknown = problem(
  'governance/report-unknown',
  404,
  '没有查到这份举报，请核对受理编号和查询码。',
  'No report has this receipt number and code.',
);
export const reportsLater = problem(
  'governance/reports-later',
  429,
  '这个网络刚刚交了很多份举报，请过几分钟再交；您填写的内容还在这一页，也可以拨打医院电话举报。',
  'Many reports came from this network just now; please send yours in some minutes.',
);
export const photosLater = problem(
  'governance/photos-later',
  429,
  '举报已经收到，照片暂时传不上来；请晚些时候凭受理编号补传。',
  'The report is received; please add photos later with your receipt number.',
);
export const photoMissing = problem(
  'governance/photo-missing',
  400,
  '没有收到照片，请重新选择一张再上传。',
  'The request carries no photo.',
);
export const photoUnreadable = problem(
  'governance/photo-unreadable',
  422,
  '这个文件不是能打开的 JPEG、PNG 或 WebP 照片，请换一张；举报的文字已经收到。',
  'This file is no readable JPEG, PNG or WebP photo.',
);
export const photoTooLarge = problem(
  'governance/photo-too-large',
  413,
  '照片太大，请选 5 MB 以内的照片，或截图后再传；举报的文字已经收到。',
  'The photo is larger than 5 MB or has too many pixels.',
);
export const photosFull = problem(
  'governance/photos-full',
  409,
  '一份举报最多三张照片，已经传满。',
  'A report carries at most three photos.',
);
export const reportClosed = problem(
  'governance/report-closed',
  409,
  '这份举报已经办结，不能再补充；有新的情况请另交一份。',
  'This report is closed; send a new one.',
);
export const clueUnknown = problem(
  'governance/clue-unknown',
  404,
  '没有找到这条线索，请回到列表刷新后再看。',
  'There is no such clue, or it is not yours to read.',
);
export const clueMoved = problem(
  'governance/clue-moved',
  409,
  '线索只能往后办，已办结的不能再改；请刷新后再看。',
  'A clue moves forward only, and a closed one stays closed.',
);
export const clueNeeds = problem(
  'governance/clue-needs',
  422,
  '移交要写明交给谁，办结要写明结果；请补全后再提交。',
  'A handed-over clue names its receiver, a closed one its outcome.',
);
