import { problem } from '../../platform/problem.ts';

export const returnNotSeen = problem(
  'booking/return-not-seen',
  409,
  '看完这次就诊才能开回诊，请先点“就诊完成”。',
  'A free return is opened for a visit that was seen.',
);
export const returnNever = problem(
  'booking/return-never',
  409,
  '本院的规则没有免费回诊；需要再来，请在诊间为患者约好复诊。',
  'The hospital’s rules have no free returns.',
);
export const returnOfReturn = problem(
  'booking/return-of-return',
  409,
  '这次本来就是回诊，不能再开回诊；需要再来，请在诊间为患者约好复诊。',
  'A free return opens no other one.',
);
export const returnOver = problem(
  'booking/return-over',
  409,
  '这次就诊的回诊期限已经过了；需要再来，请为患者约复诊号。',
  'The days for a free return of this visit are over.',
);
export const returnNone = problem(
  'booking/return-none',
  404,
  '这位患者在这个科室没有可用的回诊（可能已用过或过了最后一天）；请按现场号办理。',
  'Nobody with this document has a free return to this department today.',
);
export const returnByHis = problem(
  'booking/return-his',
  409,
  '这次出诊的号由医院原有系统管理，请在那里为患者办理回诊。',
  'The numbers of this session are mastered by the hospital’s own system.',
);
