/** Words of linking call screens and of seeing documents. English has the same keys in `en-screens.ts`. */
export const screensZh = {
  'nav.screens': '叫号屏',
  'screens.lead':
    '候诊区的屏幕：显示叫到谁、下面是谁和手机签到码。姓名只显示一部分，敏感科室只显示号，不显示姓名。',
  'screens.none': '还没有连接屏幕。',
  'screens.link': '连接一块屏幕',
  'screens.campus': '院区',
  'screens.whole-campus': '全院区',
  'screens.name': '屏幕名称',
  'screens.name-hint': '写清楚挂在哪里，例如：门诊三楼东侧。',
  'screens.do': '生成连接',
  'screens.linked': '连接已生成',
  'screens.linked-text':
    '请在那块屏幕的浏览器里打开下面的网址，只显示这一次。不要发给别人；发错了请断开，重新生成。',
  'screens.open': '就在这台电脑上打开',
  'screens.since': '{time} 连接',
  'screens.end': '断开',
  'screens.end-title': '断开“{name}”？',
  'screens.end-text': '断开后，这块屏幕马上不再显示叫号和签到码。',
  'tag.identity_unseen': '待核对证件',
  'tag.elder': '老年优先',
  'tag.military': '军人优先',
  'tag.disabled': '残疾人优先',
  'priority.open': '优先',
  'priority.title': '{name} 的就诊优先',
  'priority.text':
    '请先看本人的证件：军人有关证件或残疾人证。给了优先，叫号屏和后面的人都会看到标明；按本院规则，每叫几位最多有一位优先。',
  'priority.kind': '按哪一项',
  'priority.none': '不优先',
  'priority.do': '保存',
  'identity.check': '核对证件',
  'identity.title': '核对 {name} 的证件',
  'identity.text':
    '这位患者是用手机签到的。请看本人的身份证件，输入或读取证件号码；号只能由本人使用。',
  'identity.do': '核对',
} as const;
