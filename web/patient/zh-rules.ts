/** Words of the page of a hospital's rules; the rules themselves come from the server in words. */
export const rulesZh = {
  'rules.link': '预约须知：限约、退号截止、爽约',
  'rules.of': '{name}的预约规则',
  'rules.since': '自 {date} 起执行',
  'rules.next': '{date} 起改为',
  'rules.price': '每个号的价格写在号源旁边，登录前就能看到；未就诊退号全额退款。',
} as const;
