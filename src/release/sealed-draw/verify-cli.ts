import { parseArgs } from 'node:util';
import { nodeHasher } from '../../platform/tlog/node-hasher.ts';
import { DrawError } from './errors.ts';
import { readBundle, readJsonFile, readLog } from './read-bundle.ts';
import { say, sentenceOf, type Sentence } from './sentence.ts';
import { verifyBundle } from './verify.ts';
import type { VerifyOptions } from './verify-context.ts';
import { tally, verdict, type Check } from './verify-report.ts';

const USAGE = say(
  '用法：npm run draw:verify -- 数据包 [--receipt 回执文件] [--other 另一份数据包] [--log 日志网址或文件夹] [--lang zh|en]\n' +
    '数据包是文件夹、.zip 文件，或公开的核对样例（.json）。--other 可以给多次；上一号的数据包也用它给。',
  'Usage: npm run draw:verify -- BUNDLE [--receipt FILE] [--other BUNDLE] [--log URL|FOLDER] [--lang zh|en]\n' +
    'BUNDLE is a folder, a .zip, or the known-answer vector as .json. --other may be repeated, and takes\n' +
    'the bundle of the previous number too.',
);

const LIMITS = say(
  '再派时不给某人某号（x），可以核对它先固定、后照办，不能核对它属实；名单里有没有虚假的人，数据包证明不了。',
  'That exclusions (x) were fixed and applied can be checked, not that they are true; a bundle cannot prove that no ghost persons are in the pool.',
);

const MARKS: Record<Check['status'], string> = {
  pass: 'pass  通过    ',
  fail: 'FAIL  不通过  ',
  'not-checked': '----  未检查  ',
};

type Language = 'zh' | 'en' | 'both';

process.exitCode = await main(process.argv.slice(2));

/** Exit code 0: no check failed; 1: a check failed; 2: the input could not be used. */
async function main(args: string[]): Promise<number> {
  let language: Language = 'both';
  try {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        receipt: { type: 'string' },
        other: { type: 'string', multiple: true },
        log: { type: 'string' },
        lang: { type: 'string' },
      },
    });
    const { lang } = values;
    if (lang === 'zh' || lang === 'en') language = lang;
    else if (lang !== undefined) throw new DrawError('bundle', USAGE);
    const [path] = positionals;
    if (path === undefined || positionals.length > 1) throw new DrawError('bundle', USAGE);
    const options: VerifyOptions = { hasher: nodeHasher };
    if (values.receipt !== undefined) options.receipt = await readJsonFile(values.receipt);
    if (values.other) options.others = await Promise.all(values.other.map(readBundle));
    if (values.log !== undefined) options.log = await readLog(values.log);
    const checks = verifyBundle(await readBundle(path), options);
    for (const check of checks) print(linesOf(check, language));
    print(['', ...inLanguage(verdict(checks), language), ...inLanguage(LIMITS, language)]);
    return tally(checks).fail > 0 ? 1 : 0;
  } catch (error) {
    for (const line of inLanguage(sentenceOf(error), language)) console.error(line);
    return 2;
  }
}

function print(lines: readonly string[]): void {
  for (const line of lines) console.log(line);
}

function linesOf({ id, name, status, told }: Check, language: Language): string[] {
  const names = inLanguage(name, language).join(' · ');
  const lines = told.flatMap((sentence) => inLanguage(sentence, language));
  return [`${MARKS[status]}${id.padEnd(4)}${names}`, ...lines.map((line) => `        ${line}`)];
}

/** A sentence as lines; one that is the same in both languages is told once. */
function inLanguage({ zh, en }: Sentence, language: Language): string[] {
  if (language === 'both') return zh === en ? [en] : [zh, en];
  return [language === 'zh' ? zh : en];
}
