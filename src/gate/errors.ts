import { problem } from '../platform/problem.ts';

/** Carries `room_id`: where to draw a ticket. */
export const ticketNeeded = problem(
  'gate/ticket-needed',
  409,
  '现在排队的人很多，请先“排队取号”，轮到您时再选号；可以关闭页面，名次不会丢。',
  'Many people are waiting: draw a queue ticket first; your place is kept.',
);
export const ticketRefused = problem(
  'gate/ticket-refused',
  403,
  '这张排队号不是用您现在的账号和浏览器取的，请重新点“排队取号”；开放前取的名次不变。',
  'This ticket belongs to another account, patient or browser; draw it again.',
);
/** Carries the watermark's fields, so that a page can correct itself. */
export const notYet = problem(
  'gate/not-yet',
  409,
  '还没有轮到您，请继续等候；名次不会丢。',
  'Your turn has not come yet; your place is kept.',
);
export const roomUnknown = problem(
  'gate/room-unknown',
  404,
  '现在不用排队，请直接选号。',
  'There is no such queue; book directly.',
);
export const notYourPatient = problem(
  'gate/not-your-patient',
  404,
  '您的账号下没有这位就诊人，请先添加就诊人。',
  'Your account has no such patient.',
);
export const caseUnknown = problem(
  'gate/case-unknown',
  404,
  '没有找到这次排队记录，请从排队页面重新打开。',
  'No such case of yours.',
);

export const tooMany = problem(
  'gate/too-many',
  429,
  '操作太频繁了，请稍等一会儿再试；您已有的号和登记不受影响。',
  'Too many requests; wait for as long as Retry-After says.',
);
export const unsigned = problem(
  'gate/unsigned',
  403,
  '这个浏览器的安全凭证不见了，请用短信验证码验证一次，之后可以继续办理；您的号和排队位置不受影响。',
  'The write is not signed by this browser; get a new request key with a code.',
);
export const clockWrong = problem(
  'gate/clock',
  403,
  '手机时间与系统时间相差太多，页面会自动校准后重试；如仍不行，请把手机时间设为自动。',
  'The time of the signature is more than five minutes from server_time; sign again with it.',
);
export const replayed = problem(
  'gate/replayed',
  403,
  '这次请求已经提交过，没有重复办理；请在“我的号”里查看结果，或刷新页面后重试。',
  'A signed request was sent a second time.',
);
export const stepMissing = problem(
  'gate/step-missing',
  403,
  '请从本页面选择时间和就诊人后再提交；请刷新页面后重试。',
  'Booking needs the step of this sign-in, session, patient and number.',
);
export const stepExpired = problem(
  'gate/step-expired',
  403,
  '页面停留太久了，请刷新页面，重新选择时间后提交。',
  'The step has expired; ask for a new one.',
);
export const stepReplayed = problem(
  'gate/step-replayed',
  403,
  '这一步已经提交过了，请刷新页面查看结果或重新选择。',
  'The step was used before; ask for a new one.',
);
export const challengeAsked = problem(
  'gate/challenge-asked',
  428,
  '现在办理的人很多，页面正在自动完成一次安全验证；如果没有反应，可改用短信或语音验证码。',
  'Solve GET /api/challenges for this hold, or prove the phone with a code.',
);
export const challengeWrong = problem(
  'gate/challenge-wrong',
  403,
  '安全验证没有通过或已失效，请重新验证，或改用短信、语音验证码。',
  'The proof of work is wrong, expired, used, or made for another hold.',
);
