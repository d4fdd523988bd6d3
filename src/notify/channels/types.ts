/** The ways out of the site. In the site itself every notice stands anyway. */
export const channels = ['sms', 'wechat', 'email'] as const;
export type Channel = (typeof channels)[number];

/** 订阅消息: kinds of news share these templates, because each tap grants one message of one of them. */
export const wechatTemplates = ['result', 'visit', 'change', 'queue', 'money', 'rule'] as const;
export type WechatTemplate = (typeof wechatTemplates)[number];

/** What leaves the site; it names neither department nor doctor, and masks the person. */
export type Body = {
  kind: string;
  title: string;
  /** The whole sentence, with signature and masked name. */
  text: string;
  /** The sentence's variable parts by name, for gateways that fill templates in themselves. */
  values: Record<string, string>;
  /** A path of the patients' pages. */
  link: string | null;
  name_masked: string;
  wechat: WechatTemplate | null;
  /** Of the clinic, else of the news. */
  time: string;
};

export type Message = {
  /** A UUID; a repeat under the same key must arrive once. */
  key: string;
  /** A phone, a WeChat openid, an e-mail address. */
  to: string;
  body: Body;
  /** 1 for the first try. */
  tries: number;
};

/** One way out. Resolves when the other side has taken the message over. */
export type Messenger = {
  /** @throws SmsRefused when trying again is of no use; any other error is tried again. */
  send(message: Message): Promise<void>;
};

export type Messengers = Partial<Record<Exclude<Channel, 'sms'>, Messenger>>;

/** How the patients' page and the server find out who somebody is in WeChat. */
export type WechatSignIn = {
  app_id: string;
  /** The template ids that a page asks the person to tap for. */
  templates: { template: WechatTemplate; id: string }[];
  /** The WeChat user of a one-time code that WeChat gave the page. @throws Error when it gave none. */
  openidOf(code: string): Promise<string>;
};
