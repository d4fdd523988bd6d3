import { problem } from '../platform/problem.ts';

export const planRefused = problem(
  'release/plan-refused',
  422,
  '放号计划不符合规定，请按提示修改后再保存。',
  'The release plan breaks a rule; see findings.',
);
export const sessionUnknown = problem(
  'release/session-unknown',
  404,
  '没有找到这次出诊，请返回重新选择。',
  'No such session.',
);
export const drawUnknown = problem(
  'release/draw-unknown',
  404,
  '没有找到这次派号，请返回重新选择。',
  'No such draw.',
);
export const drawNotOpen = problem(
  'release/draw-not-open',
  409,
  '现在不在登记时间内，请看页面上的登记时间；没赶上可以登记下一次。',
  'Entries to this draw are not open now.',
);
export const nothingToDraw = problem(
  'release/nothing-to-draw',
  409,
  '这些出诊没有可派的号，不能公告派号。',
  'These sessions have no numbers to draw.',
);
export const tooLateToDraw = problem(
  'release/too-late-to-draw',
  409,
  '离出诊时间太近，来不及公告、登记和确认，请改用现场号。',
  'Too close to the clinic for the full rhythm of a draw.',
);
export const preferenceUnknown = problem(
  'release/preference-unknown',
  422,
  '所选出诊不在这次派号里，请重新选择并排好先后。',
  'A preference names a session that is not in this draw, or names one twice.',
);
export const alreadyRegistered = problem(
  'release/already-registered',
  409,
  '这位就诊人已经登记过这次派号，一人一次，登记先后不影响结果。',
  'This person already has an entry in this draw.',
);
export const justReturned = problem(
  'release/just-returned',
  409,
  '这批号里有您刚退掉的号，本批不能再登记这次出诊；其他出诊不受影响。',
  'You returned a number of this session; this batch is not open to you for it.',
);
export const restricted = problem(
  'release/restricted',
  403,
  '这位就诊人目前不能远程登记派号，普通门诊、现场窗口和急诊不受影响；如有异议请到窗口申诉。',
  'This person is kept out of remote registration for drawn clinics; care stays open.',
);
export const notYourPatient = problem(
  'release/patient-unknown',
  404,
  '没有找到这位就诊人，请先在“就诊人”中添加。',
  'No such patient in your account.',
);
export const entryUnknown = problem(
  'release/entry-unknown',
  404,
  '没有找到这条登记，请在“登记结果”中重新打开。',
  'No such entry, or it is not yours.',
);
export const wrongSecret = problem(
  'release/wrong-secret',
  422,
  '撤回码不对，请使用登记凭证上的撤回码，或到窗口办理。',
  'The secret does not belong to this receipt.',
);
export const roundRefused = problem(
  'release/round-refused',
  422,
  '这段随机数没有通过验证，请核对轮次和96位十六进制签名后重新输入。',
  'The pasted round does not verify under the beacon’s key.',
);
export const bundleClosed = problem(
  'release/bundle-not-for-you',
  403,
  '这次派号的名单只向登记人和见证方公开；汇总数据所有人可见。',
  'This bundle is for entrants and witnesses; totals are public.',
);
