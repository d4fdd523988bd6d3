import type { WechatTemplate } from './channels/types.ts';

/** By which ways a kind of news leaves the site, and how much depends on its arriving. */
export type Rule = {
  /** Sent to phones. False where a message would come too often or too late to be worth its ring. */
  sms: boolean;
  email: boolean;
  wechat: WechatTemplate | null;
  /** When every way fails, the hospital calls. */
  must_reach: boolean;
  /** Goes out at night when the clinic begins within `urgent_hours`. */
  wakes: boolean;
};

const news = (wechat: WechatTemplate, rule: Partial<Rule> = {}): Rule => ({
  sms: true,
  email: true,
  wechat,
  must_reach: false,
  wakes: false,
  ...rule,
});
const must = (wechat: WechatTemplate): Rule => news(wechat, { must_reach: true });
const siteOnly: Rule = { sms: false, email: false, wechat: null, must_reach: false, wakes: false };
/** Every minute counts for these, and an e-mail is read too late. */
const now = (rule: Partial<Rule> = {}): Rule => news('queue', { email: false, ...rule });

/** Every kind of news and how it travels; a new kind is a line here and a sentence in the templates. */
export const rules = {
  placed: must('result'),
  placed_return: must('result'),
  unplaced: news('result'),
  excluded: news('result'),
  displaced: { ...must('change'), wakes: true },
  offer: must('result'),
  wish_asked: news('result'),
  wish_ended: siteOnly,
  lapsed: news('result'),
  stopped: { ...must('change'), wakes: true },
  to_pay: news('visit', { sms: false, email: false }),
  booked: news('visit'),
  moved: news('visit'),
  cancelled: siteOnly,
  eve: news('visit'),
  check_in: news('visit', { sms: false, email: false }),
  near: now(),
  missed: now(),
  no_show: news('visit'),
  substituted: { ...must('change'), wakes: true },
  refused_substitute: siteOnly,
  rebooked: must('change'),
  rebooking_lapsed: news('change'),
  rebooking_expired: news('change'),
  pay_refused: news('money'),
  bill: news('money', { sms: false, email: false }),
  refunded: news('money'),
  refund_failed: must('money'),
  restricted: news('rule'),
  restriction_lifted: news('rule'),
  appeal_answered: news('rule'),
  added: news('visit'),
  added_refused: news('visit'),
  green: must('visit'),
  referred: must('visit'),
  referral_asked: siteOnly,
  referral_refused: news('visit'),
  team: must('visit'),
  follow_up: news('visit'),
  next_visit: must('visit'),
  free_return: news('visit'),
  return_back: { ...must('change'), wakes: true },
  acted_for: news('rule'),
} satisfies Record<string, Rule>;

export type Kind = keyof typeof rules;
export const kinds = Object.keys(rules) as Kind[];

/** A change of a clinic that begins within so many hours is told at any hour of the day. */
export const urgent_hours = 12;
