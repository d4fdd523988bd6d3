import { problem } from '../../platform/problem.ts';

export const signInSlow = problem(
  'identity/sign-in-slow',
  429,
  '您所在的网络登录出错次数较多，请过几分钟再试；如急需使用，请换一台平时登录的电脑。',
  'Too many wrong sign-ins came from this network; wait a few minutes.',
);
export const stepExpired = problem(
  'identity/sign-in-step-expired',
  422,
  '这一步已超时，请回到登录页，重新输入用户名和密码。',
  'This step of the sign-in has run out; begin again.',
);
export const secondFactorWrong = problem(
  'identity/second-factor-wrong',
  422,
  '动态码不正确或已经用过；请等手机上出现下一个动态码再输入，手机不在身边时可用恢复码。',
  'The code is wrong or was used; wait for the next one, or use a recovery code.',
);
export const secondFactorNone = problem(
  'identity/second-factor-none',
  409,
  '还没有等待确认的动态码，请重新打开绑定页面，再扫一次二维码。',
  'There is no enrolment to confirm; begin it again.',
);
export const secondFactorSelf = problem(
  'identity/second-factor-self',
  409,
  '不能重置自己的动态码；请由另一位安全管理员办理。',
  'Another security administrator has to reset one’s own second factor.',
);
export const sessionUnknown = problem(
  'identity/session-unknown',
  404,
  '没有找到这台登录设备，它可能已经退出；请刷新列表。',
  'No such session, or it has ended.',
);
export const oidcOff = problem(
  'identity/oidc-off',
  404,
  '本院没有开通统一身份登录，请用用户名和密码登录。',
  'No identity provider is configured.',
);
export const oidcRefused = problem(
  'identity/oidc-refused',
  422,
  '统一身份登录没有完成，请回到登录页重新开始；仍不成功时请用用户名和密码登录。',
  'The sign-in at the identity provider did not complete or did not verify.',
);
export const oidcUnlinked = problem(
  'identity/oidc-unlinked',
  422,
  '这个统一身份还没有对应的本院账号，请联系本院系统管理员。',
  'This identity belongs to no staff account.',
);
export const oidcUnavailable = problem(
  'identity/oidc-unavailable',
  503,
  '统一身份服务暂时没有回应，请稍后再试，或用用户名和密码登录。',
  'The identity provider does not answer.',
);
