import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Converter } from 'opencc-js/cn2t';
import { projectFolder } from '../src/platform/project.ts';
import { toTraditional, type HantTable } from '../web/shared/hant.ts';

/** Where sentences stand that a page can show. */
const sources = ['web/{patient,console,shared,screen,kiosk}/zh*.ts', 'src/**/*.ts'];

/** Words that hospitals write in notices and no source of ours has. */
const hospital_words =
  '干眼症 口干 干燥 皮肤干燥 饼干 干部 干预 复发 复健 康复 重复用药 头发 理发 发热 发烧 面部 面条 ' +
  '松弛 放松 台风 制剂 体制 别针 特别 须知 胡须 里面 公里 后天 皇后 了解 明了 针对 准备 水准 尿布 公布 征象 征求 ' +
  '系统 关系 联系 只要 一只 手术台 台州 吃药 党参 钟点 余额 剩余 范围 致敬 细致 注意 注射 周围 周到 借助 凭借 占位 占号';

/** Where the dictionary takes two words for another one: 三天后 is no goddess. */
const corrections = [
  ['天后', '天後'],
  ['合並', '合併'],
] as const;

/**
 * The table of `web/shared/hant-table.ts`: every character that is written otherwise in traditional
 * Chinese, and those words of ours in which a character has another form than it has alone (复诊 is
 * 複診, 恢复 is 恢復). So a few kilobytes do what the whole dictionary would do for the same sentences.
 */
export function hantTable(): string {
  const dictionary = Converter({ from: 'cn', to: 'tw' });
  const openCc = (text: string): string =>
    corrections.reduce((said, [wrong, right]) => said.replaceAll(wrong, right), dictionary(text));
  const chars = commonCharacters().filter((char) => openCc(char) !== char);
  const traditional = chars.map((char) => openCc(char)).join('');
  const words: Record<string, string> = {};
  const table = { from: chars.join(''), to: traditional, words };
  for (const text of [...sentences(), ...hospital_words.split(' ')]) learn(text, openCc, table);
  const rows = Object.entries(words).sort(([a], [b]) => (a < b ? -1 : 1));
  return `// Written by npm run gen from the dictionary of opencc-js; see tools/gen-hant.ts.
import type { HantTable } from './hant.ts';

export const hantTable: HantTable = {
  from: '${table.from}',
  to: '${table.to}',
  words: {
${rows.map(([from, to]) => `    ${from}: '${to}',`).join('\n')}
  },
};
`;
}

/** The 6,763 characters of GB 2312: what names and sentences of a hospital are written with. */
function commonCharacters(): string[] {
  const decoder = new TextDecoder('gbk');
  const chars: string[] = [];
  for (let high = 0xb0; high <= 0xf7; high++)
    for (let low = 0xa1; low <= 0xfe; low++) chars.push(decoder.decode(Uint8Array.of(high, low)));
  return chars.filter((char) => /^\p{Script=Han}$/u.test(char));
}

/** Every run of Chinese characters in the sources, once. */
function sentences(): Set<string> {
  const paths = globSync(sources, { cwd: projectFolder }).filter(
    (path) => !path.endsWith('.test.ts'),
  );
  const texts = paths.map((path) => readFileSync(join(projectFolder, path), 'utf8'));
  return new Set(texts.flatMap((text) => text.match(/[\u4e00-\u9fff]{2,}/g) ?? []));
}

/** Adds words until the table gives what the dictionary gives. */
function learn(
  text: string,
  openCc: (text: string) => string,
  table: HantTable & { words: Record<string, string> },
): void {
  const wanted = [...openCc(text)];
  for (let round = 0; round < text.length; round++) {
    const got = [...toTraditional(text, table)];
    const at = got.findIndex((char, place) => char !== wanted[place]);
    if (at < 0) return;
    const word = shortestWord([...text], wanted, at, openCc);
    // A word that is in the table already is what went wrong: a longer one goes before it.
    const known = table.words[word.join('')] !== undefined;
    const from = known ? [...text] : word;
    table.words[from.join('')] = openCc(from.join(''));
  }
}

/** The fewest characters around a place that the dictionary turns into what the whole text gives. */
function shortestWord(
  text: string[],
  wanted: string[],
  at: number,
  openCc: (text: string) => string,
): string[] {
  for (let length = 2; length <= text.length; length++)
    for (
      let start = Math.max(0, at - length + 1);
      start <= Math.min(at, text.length - length);
      start++
    ) {
      const part = text.slice(start, start + length);
      if (openCc(part.join('')) === wanted.slice(start, start + length).join('')) return part;
    }
  return text;
}
