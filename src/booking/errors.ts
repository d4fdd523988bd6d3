import { Problem, problem, type ProblemKind } from '../platform/problem.ts';
import { limitRefusal, type RefusedLimit } from './limits/words.ts';
import type { Refusal } from './types.ts';

export const rebookingOver = problem(
  'booking/rebooking-over',
  409,
  '这个留号已经办好或结束了，请在“我的号”里查看。',
  'The rebooking is settled, or it is not yours.',
);
export const noSubstitute = problem(
  'booking/no-substitute',
  409,
  '这个预约没有换医生，不能按替诊办理；需要退号请用“退号”。',
  'The doctor of this booking has not changed.',
);

const kinds = {
  'session-unknown': problem(
    'booking/session-unknown',
    404,
    '没有找到这个出诊，请返回重新选择。',
    'No such session.',
  ),
  'slot-unknown': problem(
    'booking/slot-unknown',
    404,
    '没有找到这个号，请返回重新选择时间。',
    'No such number in this session.',
  ),
  'visit-unknown': problem(
    'booking/visit-unknown',
    404,
    '没有找到这个预约，请在“我的号”中重新打开。',
    'No such booking, or it is not yours.',
  ),
  stopped: problem(
    'booking/stopped',
    409,
    '这次出诊已停诊，请选择其他时间；停诊不计入您的任何记录。',
    'The session was stopped.',
  ),
  over: problem('booking/over', 409, '这个时段已经结束，请选择其他时间。', 'This time has passed.'),
  'session-day': problem(
    'booking/session-day',
    409,
    '这位就诊人在这次出诊已有预约，不能重复预约。',
    'This patient already has a booking in this session.',
  ),
  'limit-reached': problem(
    'booking/limit-reached',
    409,
    '已达到本院预约规则的上限，请看规则说明，或到窗口办理。',
    'A booking rule of this hospital is used up.',
  ),
  'not-released': problem(
    'booking/not-released',
    409,
    '还没有到放号时间，请按页面上的放号时间再来。',
    'These numbers are not released yet.',
  ),
  'other-channel': problem(
    'booking/other-channel',
    409,
    '这个号留给现场或其他渠道，请选择其他时间，或到窗口办理。',
    'This number is kept for another channel.',
  ),
  'slot-taken': problem(
    'booking/slot-taken',
    409,
    '这个号刚刚被预约了，请选择其他时间。',
    'This number has just been taken.',
  ),
  'sold-out': problem(
    'booking/sold-out',
    409,
    '这次出诊已约满，可以登记下一批派号，或看今天可看的医生。',
    'This session is sold out.',
  ),
  'not-now': problem(
    'booking/not-now',
    409,
    '这个预约现在不能做这一步，请刷新后查看它的状态。',
    'The booking is not in a state that allows this step.',
  ),
  'hold-over': problem(
    'booking/hold-over',
    409,
    '占号时间已过，号已退回；请重新预约。',
    'The hold has expired.',
  ),
  'undo-over': problem(
    'booking/undo-over',
    409,
    '取消已超过10分钟，或已在窗口说明不再恢复；请重新预约。',
    'A cancellation can be undone for ten minutes only.',
  ),
  begun: problem(
    'booking/begun',
    409,
    '就诊时间已经开始，不能在线取消；如不能就诊，请告诉分诊台。',
    'The number’s time has begun.',
  ),
  'stale-hold': problem(
    'booking/settling',
    503,
    '有人占号刚刚到期，系统正在收回，请再试一次。',
    'An expired hold is being taken back; try again.',
  ),
  retry: problem(
    'booking/contended',
    503,
    '同时办理的人很多，请再试一次；您没有失去任何号。',
    'Several requests met on one number; try again.',
  ),
} satisfies Record<Refusal, ProblemKind>;

/** Turns a stored refusal into the problem a person reads; a limit is told in its own words. */
export function refused(refusal: Refusal, limit?: RefusedLimit): Problem {
  if (limit) return new Problem(kinds[refusal], { limit }, { message: limitRefusal(limit) });
  return new Problem(
    kinds[refusal],
    {},
    refusal === 'retry' || refusal === 'stale-hold' ? { retryAfterSeconds: 1 } : {},
  );
}

export const onSiteKept = problem(
  'booking/on-site-kept',
  409,
  '现场号先留给60岁以上、残疾或没有手机的人，开诊前1小时起剩余的现场号对到场的人开放；如符合请注明原因。',
  'On-site numbers are kept for people of 60 and over, disabled or without a phone.',
);
export const identityMismatch = problem(
  'booking/identity-mismatch',
  409,
  '证件与预约人不一致，不能签到；号只能由预约的本人使用。',
  'The document shown is not the booked person’s.',
);
export const otherDoctor = problem(
  'booking/other-doctor',
  409,
  '改约只能改到同一位医生的其他时间；换医生请先取消，再重新预约。',
  'A visit moves only between times of the same doctor.',
);
export const notToday = problem(
  'booking/not-today',
  409,
  '还没到就诊日（或就诊日已过），请在就诊当天办理。',
  'This step is for the clinic day.',
);
export const tooEarly = problem(
  'booking/too-early',
  409,
  '这个号的就诊时间还没到，不能登记爽约。',
  'A no-show can be recorded only after the number’s time began.',
);
export const internetNeedsVisit = problem(
  'booking/internet-needs-visit',
  409,
  '互联网门诊只给在本院同一专科看过的人复诊。请先约一次线下门诊；如果看过，请带病历到窗口登记一下。',
  'Internet clinics are for people seen before in the same specialty of the hospital.',
);
export const diagnosisInFuture = problem(
  'booking/diagnosis-in-future',
  422,
  '就诊日期不能晚于今天，请按病历上的日期填写。',
  'The day of the diagnosis has not come yet.',
);
export const checkInLate = problem(
  'booking/check-in-late',
  409,
  '已过这半天的签到时间。请先问问诊室还看得上吗：看得上，就选一个原因给患者补签到；看不上，请帮患者改约。',
  'The hour for checking in has passed; the desk may still do it, with a reason.',
);
export const noneOnSite = problem(
  'booking/hall-empty',
  409,
  '还没有人领取现场抽号凭条，请先为到场的患者登记。',
  'Nobody holds a ticket for the draw in the hall.',
);
export const notYourPatient = problem(
  'booking/not-your-patient',
  404,
  '没有找到这位就诊人，请先在“就诊人”里添加。',
  'No such patient, or the account may not act for this patient.',
);
export const noFile = problem(
  'booking/import-no-file',
  422,
  '没有选择文件，请选择用模板填写的 CSV 或 XLSX 文件。',
  'The request carries no file.',
);
export const eraseVisitsFirst = problem(
  'booking/erase-visits-first',
  409,
  '还有没完成的预约，请先退号或就诊后，再申请删除信息。',
  'Cancel or finish the open bookings first.',
);
