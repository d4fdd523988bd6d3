/**
 * Signs that must not wait for a number, in general words (通用提示). They are shown, and named as
 * general, until a hospital has approved its own for the speciality. Keys are official codes; a code
 * without lines of its own uses its parent's, then only those for all.
 */
export const redFlagsForAll: readonly string[] = [
  '胸口压着疼、憋气，或疼到胳膊、后背',
  '突然口角歪斜、一边胳膊腿没力气、说话不清',
  '喘不上气、嘴唇发紫',
  '叫不醒、抽搐，或大出血止不住',
];

export const redFlagsOf: Readonly<Record<string, readonly string[]>> = {
  '03.01': ['咯血，或安静时也喘不上气'],
  '03.02': ['呕血、黑便，或肚子剧痛、发硬'],
  '03.03': ['突然剧烈头痛、喷射样呕吐'],
  '03.04': ['胸痛超过 15 分钟不缓解', '心慌伴出冷汗、眼前发黑'],
  '03.08': ['糖尿病人出冷汗、意识模糊，或恶心呕吐、呼吸深快'],
  '04.03': ['骨头外露、肢体变形，或受伤后手脚发凉发白'],
  '04.04': ['突然完全尿不出来，或阴囊突然剧痛'],
  '05': ['孕期出血、腹痛、破水，或胎动明显减少', '下腹突然剧痛伴头晕、出冷汗'],
  '07': ['不满 3 个月的孩子发烧', '孩子抽搐、精神很差叫不应、呼吸费力、尿很少'],
  '10': [
    '突然看不见或视力骤降',
    '眼睛被化学品溅到（先用大量清水冲）、被尖东西扎伤',
    '眼睛剧痛伴头痛、恶心、看灯有彩圈',
  ],
  '11': ['异物卡喉、呼吸费力', '鼻血压住 15 分钟还不停'],
  '12': ['面部、颈部迅速肿起，张口、吞咽或呼吸困难'],
  '13': ['全身起疹同时胸闷、喘、嘴唇或眼皮肿'],
  '15': ['有伤害自己或他人的念头：请马上告诉身边的人，并去急诊或打 120'],
};
