import { problem } from '../../platform/problem.ts';

export const consentNeeded = problem(
  'identity/consent-needed',
  409,
  '网上办理这件事，需要您先阅读并单独同意相关说明；不同意也可以到门诊窗口办理。',
  'Agree to the separate notices first, or come to the window.',
);
export const consentOutdated = problem(
  'identity/consent-outdated',
  409,
  '说明有了新的内容，请刷新页面，阅读后再同意。',
  'The text has a newer version; read that one.',
);
export const consentUnknown = problem(
  'identity/consent-unknown',
  404,
  '没有找到这项同意，可能已经撤回，请刷新页面查看。',
  'No such consent of yours is in force.',
);
export const eraseNotYours = problem(
  'identity/erase-not-yours',
  403,
  '只能删除您本人或您未成年孩子的信息；其他就诊人可以从您的账号移除，由本人申请删除。',
  'Only the person, or a guardian for a minor, may have the data deleted.',
);
export const requestUnknown = problem(
  'identity/data-request-unknown',
  404,
  '没有找到这项申请，或已经答复，请刷新列表。',
  'No such open request.',
);
export const decisionUnknown = problem(
  'identity/decision-unknown',
  404,
  '没有找到这项自动处理，请刷新页面后重试。',
  'No such automated decision about you.',
);
