import type { CheckId, CheckStatus } from '../../src/release/sealed-draw/verify-report.ts';

export type Language = 'zh' | 'en';

/** Every fixed text of the page; `data-word` in the template names one. */
const zh = {
  title: '核验随机派号',
  lead: '把医院公布的数据包放进来，您自己的设备会把这次派号从头算一遍，不用相信任何人的话。',
  offline: '不联网，什么也不会传出去。这个文件存在电脑或手机里就能用。',
  bundle: '数据包（必需）',
  'bundle-text':
    '从医院或平台下载的 .zip 文件，或解压后的整个文件夹。如果本页就在那个文件夹里，请把整个文件夹拖到这里：浏览器不许网页自己读旁边的文件。',
  drop: '把文件或文件夹拖到这里',
  'choose-zip': '选择 .zip 文件',
  'choose-folder': '选择文件夹',
  'choose-files': '选择几个文件',
  receipt: '我的回执（可选）',
  'receipt-text': '放入回执，才能查您的登记在不在名单里。',
  'choose-receipt': '选择回执文件',
  'paste-receipt': '或把扫回执二维码得到的文字粘贴在这里',
  other: '另一份数据包（可选）',
  'other-text':
    '请别的登记人、见证方或从别的渠道给您一份。两份对得上，才知道大家看到的是同一份。上一号派号的数据包也可以放在这里。',
  start: '开始核验',
  limits: '数据包证明不了的事',
  'limit-exclusions':
    '再派时“不给某人某号”的名单，可以核对它是事先固定、照着办的，不能核对它是否属实；它还会让人看出哪几个代号是一起的。',
  'limit-ghosts':
    '名单里有没有虚假的人、号是不是本人来看的、有没有账外加号，只看数据包不能排除，要靠实名核验、报到核对和公布到诊情况。',
  reading: '正在读取 {name}……',
  'given-bundle': '已放入：{name}，{count} 个文件。',
  'given-vector': '已放入公开的核对样例。',
  'given-partial': '已放入 {count} 个散文件。文件不全的检查会写“未检查”；放整个文件夹最稳妥。',
  'given-receipt': '已放入回执，短码 {code}。',
  'given-other': '已放入：{name}。要从别处取得，对比才有意义。',
  'not-receipt':
    '这不是回执。回执文件名一般是 receipt-….json，内容有 draw、e、leaf、sig、time、v 六项。',
  'is-secret': '这是撤回用的密码，不是回执。请不要给别人看，也不用放在这里。',
  'loose-twice': '有两个文件都叫 {name}。请把整个文件夹拖进来。',
  'no-manifest': '里面没有 manifest.json，不是数据包。',
  checking: '正在检查 {id} {name}……',
  facts: '这次派号',
  draw: '派号编号',
  hospital: '医院',
  group: '派号组',
  number: '医院第几次派号',
  places: '号数',
  entries: '登记数',
  close: '登记截止',
  beacon: '随机数来源',
  round: '信标轮次',
  seal: '封存值',
  city: '城市信标',
  drand: 'drand quicknet（在境外运行）',
  dice: '现场掷骰子',
  demo: '演示信标（不独立）',
  'demo-warning': '这次派号用的是演示信标，不独立：钥匙由系统自己保管，只能用于演示。',
  mine: '我的结果',
  'mine-code': '登记短码',
  'mine-rank': '排序名次',
  'mine-slot': '派到的场次',
  'mine-none': '没有派到',
  'mine-returned': '第 {n} 次退号再派派到的场次',
  'mine-note': '以上是数据包自己写的；V5、V8、V9、V11 都通过才算数。',
  'mine-missing': '名单里没有这条登记',
  checks: '逐项结果',
  failed: '请保存这份数据包和回执，向医院或卫生健康部门反映；任何人都能用同样的文件再算一遍。',
  open: '“未检查”不等于通过：还缺什么，写在各项下面。',
  again: '换了文件以后，可以再按一次“开始核验”。',
} as const;

type Word = keyof typeof zh;

const en: Record<Word, string> = {
  title: 'Verify a random allocation of numbers',
  lead: 'Give this page the bundle that the hospital published. Your own device recomputes the whole draw; you need not believe anybody.',
  offline:
    'It uses no network and sends nothing anywhere. Kept as a file, it works from your disk.',
  bundle: 'The bundle (needed)',
  'bundle-text':
    'The .zip file that you downloaded, or the whole folder if it is unzipped. If this page lies in that folder, drop the whole folder here: browsers do not let a page read the files beside it.',
  drop: 'Drop a file or folder here',
  'choose-zip': 'Choose a .zip file',
  'choose-folder': 'Choose a folder',
  'choose-files': 'Choose single files',
  receipt: 'My receipt (optional)',
  'receipt-text': 'Needed to look for your own entry in the list.',
  'choose-receipt': 'Choose a receipt file',
  'paste-receipt': 'or paste the text of the receipt’s QR code here',
  other: 'A second copy of the bundle (optional)',
  'other-text':
    'From another patient, a witness, or any other source. Only two copies that agree show that everybody saw the same. The bundle of the previous number may be given here too.',
  start: 'Verify',
  limits: 'What a bundle cannot prove',
  'limit-exclusions':
    'That somebody was kept from a returned place can be checked to have been fixed beforehand and applied, not to be true; it also shows that some pseudonyms belong together.',
  'limit-ghosts':
    'Ghost persons in the list, somebody else at the door, or numbers added off the ledger cannot be excluded from a bundle alone; identity checks, check-in and published attendance are for that.',
  reading: 'Reading {name} …',
  'given-bundle': 'Given: {name}, {count} files.',
  'given-vector': 'The public known-answer vector was given.',
  'given-partial':
    '{count} single files given. What lacks a file will say “not checked”; the whole folder is surest.',
  'given-receipt': 'Receipt given, short code {code}.',
  'given-other': 'Given: {name}. It proves something only if it comes from another source.',
  'not-receipt':
    'This is not a receipt. Its file is usually called receipt-….json and has draw, e, leaf, sig, time and v.',
  'is-secret':
    'This is the secret for withdrawing, not a receipt. Show it to nobody; it is not needed here.',
  'loose-twice': 'Two files are called {name}. Please drop the whole folder.',
  'no-manifest': 'There is no manifest.json in it; it is not a bundle.',
  checking: 'Checking {id} {name} …',
  facts: 'This draw',
  draw: 'Draw',
  hospital: 'Hospital',
  group: 'Group',
  number: 'Number at this hospital',
  places: 'Places',
  entries: 'Entries',
  close: 'Entries closed',
  beacon: 'Randomness',
  round: 'Beacon round',
  seal: 'Seal',
  city: 'city beacon',
  drand: 'drand quicknet (run abroad)',
  dice: 'dice thrown in the hall',
  demo: 'demo beacon (not independent)',
  'demo-warning':
    'This draw used the demo beacon, which is not independent: the system itself holds its key. It serves demonstrations only.',
  mine: 'My result',
  'mine-code': 'Short code',
  'mine-rank': 'Rank',
  'mine-slot': 'Session given',
  'mine-none': 'none',
  'mine-returned': 'Session given by return {n}',
  'mine-note': 'This is what the bundle says; it counts if V5, V8, V9 and V11 passed.',
  'mine-missing': 'this entry is not in the list',
  checks: 'Check by check',
  failed:
    'Keep this bundle and your receipt and report it to the hospital or the health authority; anybody can recompute the same files.',
  open: '“Not checked” is not “passed”: what is lacking stands under each.',
  again: 'After giving other files, press “Verify” again.',
};

export const WORDS: Record<Language, Record<Word, string>> = { zh, en };
export type { Word };

/** A text with its `{name}` parts filled in. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replaceAll(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}

export const STATUS: Record<Language, Record<CheckStatus, string>> = {
  zh: { pass: '✓ 通过', fail: '✗ 不通过', 'not-checked': '– 未检查' },
  en: { pass: '✓ passed', fail: '✗ FAILED', 'not-checked': '– not checked' },
};

/** What each check asks, for people who know nothing of hashes. */
export const QUESTIONS: Record<Language, Record<CheckId, string>> = {
  zh: {
    V1: '派号规则是不是在登记截止前就公布，之后没有改过？',
    V2: '用哪一轮随机数，是不是由时间算出，不是谁挑的？',
    V3: '名单是不是先封存、记入公开日志，随机数后产生？',
    V4: '公布的名单和封存的是不是一模一样？',
    V5: '我的回执是不是真的，我的登记在不在名单里？',
    V6: '随机数是不是来自规则写明的信标？',
    V7: '排序用的种子，是不是只由封存值和随机数算出？',
    V8: '每个人的排序值和名次对不对？',
    V9: '按名次和各人的志愿派号，结果对不对？',
    V10: '有没有人多占机会，人数和实名核验的是否一致？',
    V11: '退回的号是不是都按规则再派，最后的名单对不对得上？',
    V12: '别人看到的封存，和我看到的是不是同一份？',
  },
  en: {
    V1: 'Were the rules public before entries closed, and unchanged since?',
    V2: 'Does the round of the randomness follow from the clock, picked by nobody?',
    V3: 'Was the list sealed and logged before the randomness existed?',
    V4: 'Is the published list exactly the sealed one?',
    V5: 'Is my receipt genuine, and is my entry in the list?',
    V6: 'Is the randomness that of the beacon in the rules?',
    V7: 'Is the seed made of the seal and the randomness, and nothing else?',
    V8: 'Is everybody’s key and rank right?',
    V9: 'Were numbers given by rank and by everybody’s wishes?',
    V10: 'Did nobody have more than their share, and do the counts agree?',
    V11: 'Were returned numbers given out by the rules, and does the final list agree?',
    V12: 'Did others see the same seal as I do?',
  },
};
