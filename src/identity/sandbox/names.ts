/** Ordinary surnames by falling frequency; compound and rarer ones stand at the end. */
export const SURNAMES: readonly string[] = [
  ...Array.from('王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余'),
  ...Array.from('于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷'),
  ...Array.from('龙黎史陶贺毛郝顾龚邵万覃武钱戴严莫孔向汤区仇解查单朴乐盖'),
  '欧阳',
  '上官',
  '司马',
  '诸葛',
  '皇甫',
  '尉迟',
];

export const GIVEN_MALE: readonly string[] = Array.from(
  '伟强磊军勇杰涛明超刚平辉鹏飞波斌宇浩凯健俊帆峰龙志文建国华海洋林东亮成康星宁坤松',
);

export const GIVEN_FEMALE: readonly string[] = Array.from(
  '芳娜敏静丽艳娟霞玲玉兰英梅莉红雪琳洁婷雅慧怡萱欣悦琪颖燕萍蓉云月秀珍桂凤春妍彤',
);

export const GIVEN_SHARED: readonly string[] = Array.from(
  '一子思雨晨佳嘉晓小永天新安然心可若清和乐之远山景庆瑞泽涵润禾知行',
);

/** Characters beyond the basic plane or beyond old fonts: systems that lose them fail here first. */
export const GIVEN_RARE: readonly string[] = Array.from('𬍛㛃䶮喆堃淼翀彧祎𬭎𣲗𬱖');

export const DOTTED_MALE: readonly string[] = [
  '阿卜杜拉',
  '买买提',
  '艾力',
  '吐尔逊',
  '玉素甫',
  '叶尔肯',
  '库尔班',
];

export const DOTTED_FEMALE: readonly string[] = [
  '阿依古丽',
  '古丽娜尔',
  '热依汗',
  '帕提古丽',
  '迪丽努尔',
  '阿依努尔',
];
