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
export const entryPlaced = problem(
  'release/entry-placed',
  409,
  '这份登记已经派到号，不能再撤回；不需要了，请到“我的号”里取消。',
  'This entry was given a number: cancel the visit instead.',
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
export const documentFirst = problem(
  'release/document-first',
  403,
  '这位就诊人的证件还没有经工作人员核对。请带证件原件到医院任一窗口核对一次，当场就可以登记派号；其他门诊现在就能预约。',
  'Nobody has checked this person’s document yet; the window checks it and registers at once.',
);
export const recordMerged = problem(
  'release/record-merged',
  409,
  '这份档案已并入同一位就诊人的另一份档案，请选择另一份登记，一人一次。',
  'This record was merged into another one of the same person; use that one.',
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
  '这位就诊人目前不能在网上和电话登记派号，窗口、急诊、普通门诊、复诊和转诊照常；原因和申诉请看“就诊人”里的“预约限制”。',
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
export const wildcardsOff = problem(
  'release/wildcards-off',
  422,
  '这次派号不能选“任一主任”或“任一号”，请逐个选择出诊。',
  'This draw does not take wildcards; name the sessions.',
);
export const needsPriorVisit = problem(
  'release/needs-prior-visit',
  403,
  '这次派号只面向在本专科看过病的人；没有看过的请先挂普通门诊，今天就能看。',
  'This draw is for people who were seen at this clinic before.',
);
export const needsReview = problem(
  'release/needs-review',
  403,
  '这次派号需要先提交病历资料，医生会在一个工作日内审核；通过后即可登记。',
  'This draw needs a record that a clinician has accepted.',
);
export const wishUnknown = problem(
  'release/wish-unknown',
  404,
  '没有找到这条长期登记，请在“我的登记”中重新打开。',
  'No such standing wish, or it is not yours.',
);
export const wishExists = problem(
  'release/wish-exists',
  409,
  '这位就诊人在这个专科已有长期登记，先撤回原来的再重新登记。',
  'This person has a standing wish in this group already.',
);
export const wishUnclear = problem(
  'release/wish-unclear',
  422,
  '请选好医生或门诊（最多10个）和日期范围，日期要从今天以后、不超过半年。',
  'A wish names clinics of one group and a range of dates within half a year.',
);
export const reviewUnknown = problem(
  'release/review-unknown',
  404,
  '没有找到这份预审资料，请返回重新打开。',
  'No such record under review.',
);
export const reviewOpen = problem(
  'release/review-open',
  409,
  '这位就诊人的资料正在审核，请等结果；一个工作日内会有答复。',
  'A record of this person is under review already.',
);
export const reviewNeedsOther = problem(
  'release/review-needs-other',
  422,
  '不通过时要写明理由，并推荐一个合适的门诊。',
  'A refusal gives a reason and names another clinic.',
);
export const proposalUnknown = problem(
  'release/proposal-unknown',
  404,
  '没有找到这份待审批的放号计划，可能已被处理。',
  'No such proposal, or it was decided already.',
);
export const proposalOwn = problem(
  'release/proposal-own',
  403,
  '放号方式的变更要由另一位负责人审批，不能自己批准自己提出的变更。',
  'A change of method needs a second person.',
);
export const proposalOpen = problem(
  'release/proposal-open',
  409,
  '这个门诊已有一份变更等待审批，请先处理。',
  'A change of this clinic waits for a decision already.',
);
export const offerUnknown = problem(
  'release/offer-unknown',
  404,
  '没有找到这次停诊安排，请刷新页面。',
  'No such displaced visit.',
);
export const offerOver = problem(
  'release/offer-over',
  409,
  '这次停诊安排已经处理过，请刷新页面查看。',
  'This displaced visit was settled already.',
);
export const recommendationUnknown = problem(
  'release/recommendation-unknown',
  404,
  '没有找到这条建议，可能已被处理。',
  'No such recommendation, or it was decided already.',
);
export const tooEarlyForDice = problem(
  'release/too-early-for-dice',
  409,
  '名单还没有封存并留证，或还没到掷骰子的时间；封存之前掷的骰子不算数。',
  'The pool is not sealed and proven yet, or the hour of the dice has not come.',
);
export const eraseEntriesFirst = problem(
  'release/erase-entries-first',
  409,
  '还有没出结果的派号登记，请先撤回登记或等结果公布后，再申请删除信息。',
  'Withdraw the open registrations, or wait for the draw, first.',
);
