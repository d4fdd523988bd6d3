/** Words of free returns and internet clinics. English has the same keys in `en-returns.ts`. */
export const returnsZh = {
  'return.title': '免费回诊',
  'return.until': '{department} · 最后一天 {day}',
  'return.how':
    '不用再挂号，也不收挂号费：带证件到{campus}{department}分诊台签到，就可以排队。只能用一次。',
  'return.for': '{clinic}，{day}看过',
  'return.open': '可以用',
  'return.used': '已用过',
  'return.over': '已过期',
  'net.clinic': '互联网门诊',
  'net.who':
    '在网上看，不用到院。只给{n}天内在本院同一专科看过的人；没有看过，请先约一次线下门诊。看过但约不上，请带病历到窗口登记一下。',
} as const;
