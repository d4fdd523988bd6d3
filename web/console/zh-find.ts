/** Words of 指路与急症提示. English has the same keys in `en-find.ts`. */
export const findZh = {
  'nav.find': '指路与急症提示',
  'find.lead':
    '患者挂号前先看到这些“不能等号”的情况。没有审定的专科，页面显示通用提示并写明“未经本院审定”。请临床科室看过再审定。',
  'find.for-all': '没有单独审定的专科',
  'find.approved': '已审定 {time}',
  'find.general': '通用提示',
  'find.lines-of': '{name}：不能等号的情况',
  'find.lines-hint': '一行一条，最多 12 条，用患者听得懂的话。',
  'find.approve': '审定并公布',
  'find.use-general': '换回通用提示的内容',
  'find.campuses': '院区位置',
  'find.campuses-lead': '地址写在每张医生卡片上；经纬度让患者看到离自己多远，可以不填。',
  'find.address': '地址',
  'find.latitude': '纬度（WGS 84，度）',
  'find.longitude': '经度（WGS 84，度）',
  'find.save-of': '保存{name}的位置',
  'find.saved': '已保存。',
} as const;
