/** Words of the call screen. It hangs in a waiting room and speaks Chinese. */
export const words = {
  title: '候诊叫号',
  unlinked: '这块屏幕还没有连接',
  'unlinked-text':
    '请在医院工作台的“叫号屏”里新建一个连接，在这台屏幕上打开它给出的网址。连接断开后也会显示这一页。',
  lost: '网络断开了，正在重新连接。请留意分诊台叫号。',
  'sound-on': '打开声音',
  'sound-off': '关闭声音',
  'sound-hint': '声音还没有打开',
  bright: '亮色',
  dark: '暗色',
  room: '诊室',
  called: '请就诊',
  next: '请准备',
  missed: '过号',
  waiting: '候诊 {n} 人',
  nobody: '现在没有人候诊',
  'nobody-text': '到院后请先签到。',
  number: '{n} 号',
  say: '请 {n} 号，到{room}就诊',
  caption: '请 {n} 号 {name} 到 {room} 就诊',
  page: '第 {n} 页，共 {all} 页',
  'check-in': '手机签到',
  'check-in-text': '用手机相机扫码，或在“候诊查询”里输入签到码',
  'check-in-desk': '没有手机，请到分诊台签到，一样排队',
  'check-in-left': '{n} 秒后换新码',
  'check-in-none': '签到码暂时没有，请到分诊台签到',
  'tag.referral': '转诊',
  'tag.green_channel': '绿色通道',
  'tag.follow_up': '复诊',
  'tag.added': '加号',
  'tag.missed': '过号重排',
  'tag.elder': '老年优先',
  'tag.military': '军人优先',
  'tag.disabled': '优先',
  order:
    '按号的时间先后叫号；优先、转诊、绿色通道等已标明，每叫几位最多有一位优先。过号的人自动排到后面两位左右，不用重新取号。',
} as const;

export type Word = keyof typeof words;

/** The words of a key, with {n} filled in. */
export function say(key: Word, params: Readonly<Record<string, string | number>> = {}): string {
  return words[key].replace(/\{(\w+)\}/g, (whole, name: string) => String(params[name] ?? whole));
}
