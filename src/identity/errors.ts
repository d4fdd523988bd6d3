import { problem } from '../platform/problem.ts';

export const phoneInvalid = problem(
  'identity/phone-invalid',
  400,
  '手机号码应为以 1 开头的 11 位数字，请核对后重新填写。',
  'Not a mainland mobile number.',
);
export const codeTooSoon = problem(
  'identity/code-too-soon',
  429,
  '验证码刚刚发出，请等 1 分钟再获取。',
  'One code a minute for a phone.',
);
export const codeDayLimit = problem(
  'identity/code-day-limit',
  429,
  '这个手机号今天获取验证码的次数已用完，请明天再试，或带身份证到门诊窗口办理。',
  'No more codes for this phone today.',
);
export const codeNetworkLimit = problem(
  'identity/code-network-limit',
  429,
  '您所在的网络获取验证码太频繁，请过一会儿再试，或换用手机流量。',
  'Too many codes were asked for from this network.',
);
export const codeUnsent = problem(
  'identity/code-unsent',
  503,
  '验证码暂时发不出去，请过半分钟再获取，或改用语音电话；着急挂号可到门诊窗口或打医院电话。',
  'The code could not be sent; ask again soon, take a call instead, or come to the window.',
);
export const codeUnreachable = problem(
  'identity/code-unreachable',
  422,
  '运营商告知这个号码收不到短信，请核对号码，或换一个手机号、改用语音电话；也可到门诊窗口办理。',
  'The operator cannot reach this number; check it, use another, or come to the window.',
);
export const codeWrong = problem(
  'identity/code-wrong',
  422,
  '验证码不正确或已失效，请核对后重新输入，或重新获取验证码。',
  'The code is wrong, used, expired or was tried too often.',
);
export const sessionEnded = problem(
  'identity/session-ended',
  401,
  '登录已过期或已退出，请重新登录。',
  'The session has ended; sign in again.',
);
export const nameInvalid = problem(
  'identity/name-invalid',
  400,
  '姓名只能包含文字、空格和间隔点，请按证件上的姓名填写。',
  'The name has characters that no name has.',
);
export const documentInvalid = problem(
  'identity/document-invalid',
  400,
  '证件号码有误，请对照证件核对后重新填写。',
  'The document number is not valid.',
);
export const realNameMismatch = problem(
  'identity/real-name-mismatch',
  422,
  '姓名与证件号码不一致，请对照证件核对；如确认无误，请带证件原件到门诊窗口办理。',
  'Name and document number do not belong together.',
);
export const realNameUnknown = problem(
  'identity/real-name-unknown',
  422,
  '这个证件不能在线核验：可以转人工核对，先约号、到院时出示证件；也可以带证件原件到门诊窗口登记一次。',
  'The document cannot be verified online; register once at the window.',
);
export const realNameUnavailable = problem(
  'identity/real-name-unavailable',
  503,
  '实名核验服务暂时没有回应，请几分钟后再试；也可以转人工核对，先约号、到院时出示证件。',
  'The real-name service does not answer.',
);
export const realNameLimit = problem(
  'identity/real-name-limit',
  429,
  '今天的实名核验次数已用完，请明天再试，或带证件到门诊窗口办理。',
  'No more real-name checks for this account today.',
);
export const nameDiffers = problem(
  'identity/name-differs',
  409,
  '这个证件已用另一个姓名登记；请核对证件原件，如需更正请使用“更正姓名”。',
  'The person is registered under another name.',
);
export const patientUnknown = problem(
  'identity/patient-unknown',
  404,
  '没有找到这位就诊人，请返回就诊人列表重新选择。',
  'No such patient, or the patient is not yours.',
);
export const patientsMax = problem(
  'identity/patients-max',
  409,
  '一个账号最多添加 5 位就诊人；请先移除不再使用的就诊人，或带证件到窗口办理。',
  'An account may act for five patients.',
);
export const accountsMax = problem(
  'identity/accounts-max',
  409,
  '这位就诊人已被 4 个账号添加；请先在其他账号移除，或带证件到窗口办理。',
  'Four accounts already act for this patient.',
);
export const selfMax = problem(
  'identity/self-max',
  409,
  '这个账号已有“本人”就诊人，请为这位就诊人选择其他关系。',
  'The account already has a patient who is its owner.',
);
export const removalsMax = problem(
  'identity/removals-max',
  409,
  '90 天内最多移除 5 位就诊人，现在不能再移除；如有需要请到门诊窗口办理。',
  'At most five patients may be removed in 90 days.',
);
export const staffSignInRefused = problem(
  'identity/staff-sign-in-refused',
  422,
  '用户名或密码不正确；连续输错 5 次将暂停登录 15 分钟，忘记密码请联系本院系统管理员。',
  'Wrong user name or password, or the account is locked or disabled.',
);
export const usernameTaken = problem(
  'identity/username-taken',
  409,
  '这个用户名已被使用，请换一个。',
  'The user name is taken.',
);
export const passwordWeak = problem(
  'identity/password-weak',
  400,
  '密码至少 12 个字符，不能包含用户名，也不能用太常见的或原来的密码，请换一个。',
  'The password is too short, too common, the old one, or contains the user name.',
);
export const rolesInvalid = problem(
  'identity/roles-invalid',
  400,
  '角色不正确：系统、安全、审计管理员三种角色须各由专人单独担任，请重新选择。',
  'Administrator roles stand alone, and roles must exist.',
);
export const staffUnknown = problem(
  'identity/staff-unknown',
  404,
  '没有找到这位工作人员，请刷新名单后重试。',
  'No such staff member.',
);
export const staffSelf = problem(
  'identity/staff-self',
  409,
  '不能停用自己的账号，请由另一位系统管理员操作。',
  'One cannot disable oneself.',
);
export const setupRefused = problem(
  'identity/setup-refused',
  422,
  '初始化验证码不正确或已失效；请查看服务器终端，必要时重启服务获取新的验证码。',
  'The set-up code is wrong, used or void.',
);
