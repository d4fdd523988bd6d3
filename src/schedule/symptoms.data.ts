/**
 * Which speciality people usually begin with for a complaint, in their own words. General knowledge to
 * find a department by, never a diagnosis; a hospital reviews it before it relies on it. Specialities
 * are official codes (see `specialties.data.ts`), the first choice first. `urgent`: the complaint
 * itself may be an emergency, so pages speak of 120 before they speak of numbers.
 */
export type Symptom = {
  words: readonly string[];
  specialties: readonly string[];
  part: BodyPart;
  urgent?: true;
};

export const bodyParts = [
  ['head', '头、神经'],
  ['eye', '眼睛'],
  ['ear-nose-throat', '耳、鼻、喉'],
  ['mouth', '口腔、牙齿'],
  ['chest', '胸、心、肺'],
  ['belly', '肚子、肠胃'],
  ['urine', '小便、肾'],
  ['bones', '骨、关节、腰腿'],
  ['skin', '皮肤'],
  ['women', '妇科、怀孕'],
  ['mind', '睡眠、情绪'],
  ['whole', '全身、慢性病'],
] as const;
export type BodyPart = (typeof bodyParts)[number][0];

const of = (part: BodyPart, specialties: string, words: string, urgent = false): Symptom => ({
  words: words.split(' '),
  specialties: specialties.split(' '),
  part,
  ...(urgent ? { urgent: true } : {}),
});

export const symptoms: readonly Symptom[] = [
  of('head', '03.03', '头痛 头疼 偏头痛 头晕 眩晕 头昏'),
  of('head', '03.03', '手脚麻木 手麻 脚麻 手抖 面瘫 记性差 记忆力下降'),
  of('head', '03.03 20', '口角歪斜 说话不清 半边身子没力气 一侧无力 中风', true),
  of('head', '03.03 20', '抽搐 昏迷 晕倒 意识不清', true),
  of('head', '04.02 04', '头部外伤 脑外伤'),
  of('eye', '10', '眼睛红 眼红 眼睛痒 眼睛干 眼干 流泪 眼屎多 迎风流泪'),
  of('eye', '10', '看不清 视力下降 近视 远视 散光 老花 斜视 弱视 飞蚊 白内障 青光眼 麦粒肿 结膜炎'),
  of('eye', '10 20', '突然看不见 眼睛进化学品 眼外伤', true),
  of('ear-nose-throat', '11', '鼻塞 流鼻涕 打喷嚏 鼻炎 流鼻血 打呼噜 鼾症'),
  of('ear-nose-throat', '11', '耳鸣 听力下降 耳朵疼 耳痛 耳朵流水 中耳炎'),
  of('ear-nose-throat', '11', '嗓子疼 咽痛 喉咙痛 声音嘶哑 扁桃体发炎 咽炎'),
  of('ear-nose-throat', '11 20', '异物卡喉 鱼刺卡喉咙', true),
  of('mouth', '12', '牙疼 牙痛 蛀牙 牙龈出血 智齿 口腔溃疡 牙齿松动 拔牙 洗牙 补牙 镶牙 矫正牙齿'),
  of('chest', '03.04', '心慌 心悸 早搏 心律不齐 高血压 血压高 冠心病 胸闷'),
  of('chest', '03.04 20', '胸痛 胸口疼 胸口压着疼', true),
  of('chest', '03.01', '咳嗽 咳痰 哮喘 气短 气喘 支气管炎 肺结节 肺炎'),
  of('chest', '03.01 20', '呼吸困难 喘不上气 咯血', true),
  of('chest', '04.01 04', '乳房疼 乳房肿块 乳腺结节'),
  of(
    'belly',
    '03.02',
    '胃疼 胃痛 肚子疼 肚子痛 腹痛 腹泻 拉肚子 便秘 恶心 呕吐 反酸 烧心 胃胀 腹胀 消化不良 黄疸',
  ),
  of('belly', '03.02 20', '呕血 吐血 便血 黑便', true),
  of('belly', '04.01 04', '阑尾炎 胆结石 疝气 痔疮 肛门疼 甲状腺结节'),
  of('urine', '03.07', '水肿 蛋白尿 肾炎 尿里有泡沫'),
  of('urine', '04.04', '尿频 尿急 尿痛 血尿 前列腺 肾结石 排尿困难'),
  of(
    'bones',
    '04.03',
    '腰疼 腰痛 腿疼 膝盖疼 关节疼 脖子疼 颈椎病 肩膀疼 扭伤 骨折 腰椎间盘 骨质疏松',
  ),
  of('bones', '03.09 04.03', '关节肿 晨僵 风湿 类风湿 痛风'),
  of('bones', '27 04.03', '慢性疼痛 带状疱疹后疼'),
  of('bones', '21', '康复 偏瘫康复 术后康复'),
  of(
    'skin',
    '13',
    '皮疹 起疹子 皮肤痒 湿疹 痘痘 青春痘 脱发 掉头发 荨麻疹 脚气 灰指甲 银屑病 白癜风 带状疱疹',
  ),
  of('women', '05.01 05', '月经不调 痛经 白带异常 下身痒 子宫肌瘤 更年期'),
  of('women', '05.02 05', '怀孕 产检 停经 孕期检查 早孕'),
  of('women', '05.02 05 20', '孕期出血 孕妇肚子疼 胎动减少 破水', true),
  of('women', '05.05 05', '不孕 备孕 怀不上'),
  of('mind', '15', '失眠 睡不着 焦虑 抑郁 情绪低落 心情不好 心烦'),
  of('whole', '03.08', '糖尿病 血糖高 甲亢 甲减 口渴多饮 肥胖 消瘦'),
  of('whole', '03.06', '贫血 牙龈老出血 淋巴结肿大 身上淤青'),
  of('whole', '02 03', '发烧 发热 感冒 乏力 没力气 体检异常 开药 慢病复查 不知道看什么科'),
  of('whole', '03.10 13', '过敏 花粉过敏'),
  of('whole', '19', '肿瘤 癌症 化疗 放疗'),
  of('whole', '03.11 02', '老年体检 老年病 老人多种病'),
  of('whole', '50', '中医调理 针灸 推拿 中药'),
  of('whole', '07', '小孩发烧 孩子咳嗽 宝宝腹泻 孩子发烧 小儿发热 小孩咳嗽'),
  of('whole', '09 07', '孩子不长个 生长发育 孩子挑食 发育迟缓'),
  of('whole', '16 03', '肝炎 乙肝'),
];

/** The speciality of children and of old people, before that of the part of the body. */
export const ageSpecialties = {
  child: ['07', '08', '09'],
  adult: [],
  elder: ['03.11'],
} as const satisfies Record<string, readonly string[]>;
export type AgeGroup = keyof typeof ageSpecialties;
