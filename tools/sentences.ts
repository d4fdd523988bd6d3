import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { problemCatalogue } from '../src/platform/problem.ts';
import { projectFolder } from '../src/platform/project.ts';

const read = (path: string): string => readFileSync(join(projectFolder, path), 'utf8');
const find = (pattern: string): string[] =>
  globSync(pattern, { cwd: projectFolder })
    .map((path) => path.replaceAll('\\', '/'))
    .sort();

/**
 * Every sentence a patient can be shown, in one page to be read aloud and reviewed: the words of the
 * pages, the refusals, the notices, and what else the server writes. Made by `npm run gen`.
 */
export async function sentencesPage(): Promise<string> {
  // Each module declares its refusals when it is loaded.
  await import('../src/app.ts');
  const parts = [
    `# 患者看得到的每一句话

Every sentence a patient can be shown, for review: read it aloud. This page is written by
\`npm run gen\` from the code, and a test holds it current. Refusals include those of staff pages.`,
    `## 页面上的字\n\n${await pageWords()}`,
    `## 办不成时说的话\n\n${refusals()}`,
    `## 通知与短信\n\n${notices()}`,
    `## 服务器写出的其他话\n\n${otherSentences()}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

/** Key and words, file by file; a file that spreads others tells only its own. */
async function pageWords(): Promise<string> {
  const seen = new Set<string>();
  const parts: string[] = [];
  const files = find('web/{patient,shared}/zh*.ts');
  const last = (path: string): number => Number(path.endsWith('/zh.ts'));
  for (const path of files.toSorted((a, b) => last(a) - last(b))) {
    const words = Object.values((await import(join(projectFolder, path))) as object)[0] as Record<
      string,
      string
    >;
    const own = Object.entries(words).filter(([key]) => !seen.has(`${path.split('/')[1]} ${key}`));
    for (const [key] of own) seen.add(`${path.split('/')[1]} ${key}`);
    parts.push(`### ${path}\n\n${own.map(([key, text]) => `- \`${key}\` ${text}`).join('\n')}`);
  }
  return parts.join('\n\n');
}

function refusals(): string {
  return problemCatalogue()
    .map(({ code, message }) => `- \`${code}\` ${message}`)
    .join('\n');
}

/** As their own test keeps them, with sample facts filled in. */
function notices(): string {
  const kept = read('src/notify/templates.test.ts.snapshot');
  const texts = [...kept.matchAll(/^exports\[`[^`]+`\] = `\n([\s\S]*?)\n`;$/gm)];
  return texts
    .flatMap(([, text = '']) => text.split('\n'))
    .map((line) => (line === '' ? '' : line.replace(/^([a-z_]+)( |$)/, '`$1`$2')))
    .map((line) => (line === '' ? '' : `- ${line}`))
    .join('\n')
    .replaceAll(/\n{2,}/g, '\n');
}

/** Files whose sentences stand above, are read by staff, or are made up for demos and other machines. */
const elsewhere =
  /(errors\.ts|\.test\.ts|^src\/(notify|demo|paper)|\/(sandbox|import|channels|sealed-draw|staff-security)\/|-columns\.ts|staff-routes\.ts|office-routes\.ts|permissions\.ts|openapi\.ts)/;

/** Literals that are sentences: Chinese with a mark of a sentence in or behind them. */
function otherSentences(): string {
  const parts = find('src/**/*.ts')
    .filter((path) => !elsewhere.test(path))
    .map((path) => [path, sentencesIn(read(path))] as const)
    .filter(([, found]) => found.length > 0);
  return parts
    .map(([path, found]) => `### ${path}\n\n${found.map((text) => `- ${text}`).join('\n')}`)
    .join('\n\n');
}

function sentencesIn(source: string): string[] {
  const bare = source
    .replaceAll(/\/\*[\s\S]*?\*\//g, '')
    .replaceAll(/(^|\s)\/\/.*$/gm, '$1')
    .replaceAll(/\bsummary:\s*(['"`])(?:(?!\1)[\s\S])*\1/g, '')
    .replaceAll(/\bproblem\([\s\S]*?\);/g, '');
  const literals = bare.matchAll(/'([^'\n]*)'|"([^"\n]*)"|`([^`]*)`/g);
  const texts = [...literals].map(([, single, double, long]) => single ?? double ?? long ?? '');
  const said = texts
    .filter((text) => /[\u4e00-\u9fff]/.test(text) && /[。？！；，：]/.test(text))
    .map((text) =>
      text
        .replaceAll(/\$\{[^}]*\}/g, '{…}')
        .replaceAll(/\s*\n\s*/g, ' ')
        .trim(),
    );
  return [...new Set(said)];
}
