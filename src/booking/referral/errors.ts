import { problem } from '../../platform/problem.ts';

export const referrerUnknown = problem(
  'booking/referrer-unknown',
  403,
  '您的账号还没有登记到转诊机构，或机构已停用；请联系医院转诊办。',
  'The account is not registered with an institution that may refer here.',
);
export const referralUnknown = problem(
  'booking/referral-unknown',
  404,
  '没有找到这张转诊单，请刷新列表。',
  'No such referral, or it is not yours.',
);
export const referralDecided = problem(
  'booking/referral-decided',
  409,
  '这张转诊单已经处理过了，请刷新列表查看结果。',
  'The referral was decided already.',
);
export const referralAsked = problem(
  'booking/referral-asked',
  409,
  '这位患者在这次出诊的转诊已经在等医院确认，不用再提交。',
  'A referral of this person to this session is already waiting.',
);
export const referralNotOwn = problem(
  'booking/referral-not-own',
  403,
  '不能同意自己提交的转诊，请由转诊办的另一位同事处理。',
  'Whoever sent a referral cannot accept it.',
);
export const referralTo = problem(
  'booking/referral-to',
  409,
  '这次出诊不接收转诊，请选择列表里的其他时间。',
  'The session takes no referrals: it is remote, or another system gives its numbers.',
);
export const institutionUnknown = problem(
  'booking/institution-unknown',
  404,
  '没有找到这家转诊机构，请刷新列表。',
  'No such institution in this hospital.',
);
export const institutionTaken = problem(
  'booking/institution-taken',
  409,
  '这个机构代码已经登记过，请直接修改原来的机构。',
  'An institution with this code exists already.',
);
export const notAReferrer = problem(
  'booking/not-a-referrer',
  409,
  '这个账号不是本院登记的“基层转诊医生”账号，请先由系统管理员创建。',
  'The account has no referrer’s role in this hospital.',
);
export const quotaScope = problem(
  'booking/referral-quota-scope',
  422,
  '科室或门诊选得不对；科室额度要填数字，请检查后再保存。',
  'The department or clinic is not of this hospital, or a department’s quota lacks its number.',
);
