import { problem } from '../platform/problem.ts';

export const terminalUnknown = problem(
  'kiosk/terminal-unknown',
  401,
  '这台自助机还没有启用，或者已经停用；请到窗口办理，或请工作人员查看。',
  'This kiosk is not set up, or was switched off.',
);
export const pairingWrong = problem(
  'kiosk/pairing-wrong',
  403,
  '启用码不对，或者已过 30 分钟；请管理员在工作台重新生成。',
  'The pairing code is wrong or out of date.',
);
export const turnOver = problem(
  'kiosk/turn-over',
  409,
  '为保护您的隐私，这次操作已经退出；请重新刷身份证或输入证件号。',
  'The turn at this kiosk is over; please begin again.',
);
export const nameNeeded = problem(
  'kiosk/name-needed',
  409,
  '您是第一次在这里挂号，请再输入姓名，核对后就能办理。',
  'This person is new here; the name is needed too.',
);
export const cardNeeded = problem(
  'kiosk/card-needed',
  403,
  '签到取号要核对证件：请刷身份证，或到分诊台、窗口签到。',
  'Checking in needs the card itself, or the desk.',
);
export const proofNeeded = problem(
  'kiosk/proof-needed',
  403,
  '为保护隐私，请刷身份证，或输入医院留存的手机号；都不方便请到窗口办理。',
  'Show the card, or name the phone that is on record; the window helps as well.',
);
export const phoneWrong = problem(
  'kiosk/phone-wrong',
  403,
  '手机号和医院留存的不一致；请核对后再试，或刷身份证，或到窗口办理。',
  'This is not the phone on record.',
);
export const phoneTries = problem(
  'kiosk/phone-tries',
  403,
  '手机号已试了 3 次，请刷身份证，或到窗口办理；您的号不受影响。',
  'The phone was tried three times; please use the card or the window.',
);
export const cardInvalid = problem(
  'kiosk/card-invalid',
  400,
  '没有读到身份证，请把身份证再放一次，放稳两秒。',
  'The reading of the card is not valid; place the card again.',
);
export const tooMany = problem(
  'kiosk/too-many',
  429,
  '这台自助机刚才办理得太多，请稍等几分钟，或到窗口办理；您的号不受影响。',
  'Too many people were looked up at this kiosk just now.',
);
export const terminalNotFound = problem(
  'kiosk/terminal-not-found',
  404,
  '没有找到这台自助机，请刷新列表。',
  'No such kiosk in this hospital.',
);
export const nameTaken = problem(
  'kiosk/name-taken',
  409,
  '本院已有同名的自助机，请换一个名称。',
  'This hospital has a kiosk of this name.',
);
