import { problem } from '../../platform/problem.ts';

export const addsMax = problem(
  'identity/adds-max',
  409,
  '这个账号近期添加就诊人比较多，暂时不能再添加；要帮家人挂号，请带证件到门诊窗口或拨打医院电话。',
  'The account has added many patients lately.',
);
export const linkPending = problem(
  'identity/link-pending',
  409,
  '这位就诊人还没有同意由您代办：请在“就诊人”里发确认码到对方手机，或请对方带证件到窗口确认一次。',
  'The patient has not agreed yet that this account acts for them.',
);
export const linkMerged = problem(
  'identity/link-merged',
  409,
  '这位就诊人的两份登记已合并，请选择合并后的那一位。',
  'This record was merged into another; choose that one.',
);
export const trialUsed = problem(
  'identity/trial-used',
  409,
  '证件核对前只能在网上约少量的号，现在已用完；请带证件到门诊窗口核对一次，之后就不受限制。',
  'No more remote bookings until staff have seen the document.',
);
export const confirmPhoneNeeded = problem(
  'identity/confirm-phone-needed',
  422,
  '请填写就诊人本人的手机号；对方没有手机的，请带证件到门诊窗口确认。',
  'The patient’s own phone is needed.',
);
export const confirmPhoneOwn = problem(
  'identity/confirm-phone-own',
  409,
  '请填写就诊人本人的手机号，不能用您自己登录的手机号；对方没有手机的，请到门诊窗口确认。',
  'The agreement cannot come from the account’s own phone.',
);
export const confirmPhoneRefused = problem(
  'identity/confirm-phone-refused',
  409,
  '这个手机号不能用来确认这位就诊人；请换对方本人名下的手机号，或带证件到门诊窗口确认。',
  'This phone cannot confirm this patient.',
);
export const credentialRefused = problem(
  'identity/credential-refused',
  422,
  '网证没有核验通过，请在国家网络身份认证 App 里重新出示；也可以改用确认码或到门诊窗口确认，效果一样。',
  'The network credential was not confirmed.',
);
export const notPending = problem(
  'identity/not-pending',
  409,
  '这位就诊人不需要再确认，请刷新就诊人列表。',
  'Nothing waits for this patient’s agreement.',
);
export const cardNotForChild = problem(
  'identity/card-not-for-child',
  409,
  '身份证上的出生日期和登记的不一样，请核对；确认无误请带两份证件到门诊窗口办理合并。',
  'The card’s birth date is not the child’s.',
);
export const cardNotNeeded = problem(
  'identity/card-not-needed',
  409,
  '这位就诊人登记的不是出生医学证明，不用在这里换身份证；其他更换请到门诊窗口办理。',
  'Only a birth certificate is replaced online.',
);
export const mergeRefused = problem(
  'identity/merge-refused',
  409,
  '这两份登记不能合并：请核对是不是同一个人、有没有已经合并过。',
  'These records cannot be merged.',
);
export const mergeByWindow = problem(
  'identity/merge-by-window',
  409,
  '这张身份证已经另外登记过；请带出生医学证明和身份证到门诊窗口，由工作人员合并，预约和记录都会保留。',
  'The card is registered already; the window merges the two records.',
);
export const archiveTaken = problem(
  'identity/archive-taken',
  409,
  '这个院内档案号已登记在另一位就诊人名下，请核对证件；是同一个人的，请先合并两份登记。',
  'The archive number belongs to another patient.',
);
export const archivesMax = problem(
  'identity/archives-max',
  409,
  '等医院核对的号已经够多，请等核对好，或先移除填错的；着急用请带证件到窗口当场登记。',
  'Too many archive numbers wait to be checked.',
);
export const archiveUnknown = problem(
  'identity/archive-unknown',
  404,
  '没有找到这份院内档案，请刷新后重试。',
  'No such archive of this patient.',
);
export const caseUnknown = problem(
  'identity/case-unknown',
  404,
  '这件事已由别人处理，请刷新清单。',
  'No such open case.',
);
export const delegateAskedAlready = problem(
  'identity/delegate-asked',
  409,
  '您已提交过代办人申请，请等门诊办审核，不用重复提交。',
  'The account has applied already.',
);
export const delegateInvalid = problem(
  'identity/delegate-invalid',
  400,
  '代办人信息有误：请核对姓名、证件号码和有效期（一年以内）。',
  'The helper’s credential is not in order.',
);
export const delegateNone = problem(
  'identity/delegate-none',
  403,
  '您还不是经医院同意的代办人，或资格已到期；请先提交申请。',
  'The account is no approved helper.',
);
export const delegateUnknown = problem(
  'identity/delegate-unknown',
  404,
  '没有找到这项代办人申请，请刷新清单。',
  'No such helper.',
);
export const delegateQuotaInvalid = problem(
  'identity/delegate-quota-invalid',
  400,
  '每月名额不能少于每天名额，请修改后再提交。',
  'A month’s quota is at least a day’s.',
);
export const delegateQuota = problem(
  'identity/delegate-quota',
  429,
  '代办名额今天（或本月）已用完；急需看病请拨打医院电话或到窗口，名额不够可请门诊办调整。',
  'The helper’s quota is used up.',
);
