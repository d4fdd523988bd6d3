import { problem } from '../platform/problem.ts';

export const noticeUnknown = problem(
  'notify/notice-unknown',
  404,
  '没有找到这条消息，请返回消息列表重新打开。',
  'No such notice for a patient of this account, or of this hospital.',
);
export const emailUnavailable = problem(
  'notify/email-unavailable',
  409,
  '这里还没有开通邮件通知，请使用短信或站内消息。',
  'This installation sends no e-mail.',
);
export const emailInvalid = problem(
  'notify/email-invalid',
  422,
  '邮箱地址看起来不完整，请检查后再填，例如 name@example.cn。',
  'This is not an e-mail address.',
);
export const codeWrong = problem(
  'notify/code-wrong',
  422,
  '验证码不对或已过期，请核对邮件里的 6 位数字；输错 5 次请重新获取。',
  'The code is wrong, too old, or was tried too often.',
);
export const wechatUnavailable = problem(
  'notify/wechat-unavailable',
  409,
  '微信暂时没有确认您的身份，请稍后再试，或使用短信。',
  'WeChat is not set up here, or does not know the code.',
);
