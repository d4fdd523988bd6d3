import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { chromium, type Browser } from 'playwright-core';
import { hasCode } from '../../src/platform/database-server-lock.ts';

const run = promisify(execFile);
const require = createRequire(import.meta.url);

const CACHE = join(import.meta.dirname, '..', '..', '.cache');
const FOLDERS = ['/usr/local/bin', '/usr/bin', '/snap/bin'];
const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];
const MAC = '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome';

/** Chromium sees the same surroundings on every machine. */
const ENV = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: tmpdir(), LANG: 'C.UTF-8' };

/**
 * The packaged Chromium is built for a cloud that renders trusted pages; these switches of its own
 * would turn off what tests check (origins), or make it fall over when a page closes.
 */
const UNWANTED = /^--(single-process|disable-web-security|allow-running-insecure-content|headless)/;

type Candidate = { path: string; args: string[]; env: Record<string, string> };

export type BrowserOptions = {
  /** `system`: a Chromium of the machine or of its package manager; `npm`: the packaged one. */
  only?: 'system' | 'npm';
  /** A Chromium or Chrome to try first. */
  chromePath?: string | undefined;
  /** Switches besides the usual ones, e.g. a port for another tool to steer it. */
  args?: readonly string[];
  /** A browser as people have it before the packaged one, which can do less than a whole Chromium. */
  wholeFirst?: boolean;
};

/**
 * Starts a headless Chromium that draws Chinese: the one in npm, which is the same everywhere and needs
 * half the processor, else one on this machine, else Debian's (installed when root may). Where the
 * machine has no Chinese font, one from npm is used.
 * Throws, naming everything that was tried, when none of them draws 「号」.
 */
export async function launchBrowser(options: BrowserOptions = {}): Promise<Browser> {
  const tried: string[] = [];
  const { args = [] } = options;
  const attempt = async (name: string, start: () => Promise<Browser>): Promise<Browser | void> => {
    try {
      return await start();
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      tried.push(`${name}: ${reason.slice(0, 1500)}`);
    }
  };
  const packaged = (): Promise<Browser | void> =>
    attempt('@sparticuz/chromium from npm', () => startPackaged(args));
  const own = options.chromePath !== undefined || options.wholeFirst === true;
  if (options.only !== 'system' && !own) {
    const browser = await packaged();
    if (browser) return browser;
  }
  if (options.only !== 'npm') {
    const installed = systemBrowsers(options.chromePath);
    if (installed.length === 0) tried.push('no Chromium or Chrome is installed');
    for (const path of installed) {
      const browser = await attempt(path, () => startSystem(path, args));
      if (browser) return browser;
    }
    const browser = await attempt('apt-get install chromium', () => startDebian(args));
    if (browser) return browser;
  }
  if (options.only !== 'system' && own) {
    const browser = await packaged();
    if (browser) return browser;
  }
  throw new Error(`No browser that draws Chinese could be started. Tried:\n${tried.join('\n')}`);
}

/** Chromiums and Chromes that are installed here, the preferred one first. */
function systemBrowsers(chromePath: string | undefined): string[] {
  const usual = [...NAMES.flatMap((name) => FOLDERS.map((folder) => join(folder, name))), MAC];
  return [...(chromePath ? [chromePath] : []), ...usual.filter((path) => existsSync(path))];
}

async function startSystem(path: string, args: readonly string[]): Promise<Browser> {
  const candidate = { path, args: ['--disable-gpu', ...args], env: ENV };
  try {
    return await startReadable(candidate);
  } catch (error) {
    if (!(error instanceof NoChineseError)) throw error;
    return startReadable({ ...candidate, env: { ...ENV, ...(await fontEnv()) } });
  }
}

async function startDebian(args: readonly string[]): Promise<Browser> {
  if (process.geteuid?.() !== 0) throw new Error('only root can install it');
  if (!existsSync('/usr/bin/apt-get')) throw new Error('this machine has no apt-get');
  process.stderr.write('Installing chromium and fonts-noto-cjk with apt-get for the tests.\n');
  const options = {
    env: { ...ENV, PATH: `/usr/sbin:/sbin:${ENV.PATH}`, DEBIAN_FRONTEND: 'noninteractive' },
    timeout: 10 * 60_000,
    maxBuffer: 64 * 1024 * 1024,
  };
  await run('apt-get', ['update'], options);
  await run('apt-get', ['install', '-y', 'chromium', 'fonts-noto-cjk'], options);
  const path = systemBrowsers(undefined)[0];
  if (path === undefined) throw new Error('apt-get succeeded, but there is no chromium after it');
  return startSystem(path, args);
}

async function startPackaged(args: readonly string[]): Promise<Browser> {
  const folder = await unpackedChromium();
  const { default: packaged } = await import('@sparticuz/chromium');
  const own = packaged.args.filter((arg) => !UNWANTED.test(arg));
  return startReadable({
    path: join(folder, 'chromium'),
    args: ['--no-sandbox', '--disable-gpu', '--disable-software-rasterizer', ...own, ...args],
    env: { ...ENV, LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'), ...(await fontEnv()) },
  });
}

/**
 * The package unpacks into the temporary folder and takes whatever file it finds there for a whole
 * one, and it changes the environment of its process. So it unpacks in a process of its own, into a
 * folder that gets its name when it is complete. Gives the folder with `chromium` and its libraries.
 */
export async function unpackedChromium(): Promise<string> {
  const entry = require.resolve('@sparticuz/chromium');
  const packageFile = join(dirname(entry), '..', 'package.json');
  const { version }: { version: string } = JSON.parse(await readFile(packageFile, 'utf8'));
  const folder = join(CACHE, `chromium-${version}-${process.arch}`);
  if (existsSync(folder)) return folder;
  const draft = `${folder}.${randomBytes(4).toString('hex')}`;
  await mkdir(draft, { recursive: true });
  try {
    const script = `
      const { default: chromium } = await import(process.argv[1]);
      await chromium.executablePath();`;
    // The libraries that a bare machine lacks are only unpacked for this environment.
    const env = { ...ENV, TMPDIR: draft, AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x' };
    const url = import.meta.resolve('@sparticuz/chromium');
    await run(process.execPath, ['--input-type=module', '-e', script, url], { env });
    await rename(draft, folder);
  } catch (error) {
    // Another test process was faster.
    if (!hasCode(error, 'EEXIST', 'ENOTEMPTY')) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
}

/** Points Chromium at a font configuration that has the Chinese font from npm. */
async function fontEnv(): Promise<Record<string, string>> {
  const fonts = join(dirname(require.resolve('@embedpdf/fonts-sc')), '..', 'fonts');
  if (!(await readdir(fonts)).some((name) => name.endsWith('.otf'))) {
    throw new Error(`${fonts} holds no fonts; run npm install again`);
  }
  return fontConfig('fontconfig', [fonts, '/usr/share/fonts', '/usr/local/share/fonts']);
}

/** Writes a configuration with only the given font folders and gives the variables that use it. */
export async function fontConfig(name: string, folders: string[]): Promise<Record<string, string>> {
  const folder = join(CACHE, name);
  await mkdir(folder, { recursive: true });
  const escape = (text: string): string => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const text = [
    '<?xml version="1.0"?>',
    '<!DOCTYPE fontconfig SYSTEM "fonts.dtd">',
    '<fontconfig>',
    ...folders.map((path) => `  <dir>${escape(path)}</dir>`),
    `  <cachedir>${escape(join(folder, 'cache'))}</cachedir>`,
    '</fontconfig>',
    '',
  ].join('\n');
  const draft = join(folder, `draft-${randomBytes(4).toString('hex')}`);
  await writeFile(draft, text);
  await rename(draft, join(folder, 'fonts.conf'));
  return { FONTCONFIG_PATH: folder, FONTCONFIG_FILE: join(folder, 'fonts.conf') };
}

/** A browser that starts but shows Chinese as nothing or as boxes. */
export class NoChineseError extends Error {}

/** What was seen to draw Chinese in this process need not show it again. */
const proven = new Set<string>();

/** Starts a browser and keeps it only if it draws Chinese. */
export async function startReadable(candidate: Candidate): Promise<Browser> {
  const { path, args, env } = candidate;
  const browser = await chromium.launch({ executablePath: path, args, env, timeout: 30_000 });
  const name = JSON.stringify(candidate);
  if (proven.has(name)) return browser;
  try {
    const [first, second, missing] = await drawn(browser, ['号', '王', '\u{10fffd}']);
    if (first === undefined || first.dark === 0) {
      throw new NoChineseError('it starts, but 「号」 leaves no ink');
    }
    if (first.bitmap === missing?.bitmap || first.bitmap === second?.bitmap) {
      throw new NoChineseError('it starts, but draws 「号」 as the box of a missing character');
    }
    proven.add(name);
    return browser;
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/**
 * Draws each text at 80 px and reads the screenshot back: the number of dark pixels, and the
 * picture as text of one character for each pixel.
 */
export async function drawn(
  browser: Browser,
  texts: string[],
): Promise<{ dark: number; bitmap: string }[]> {
  const page = await browser.newPage({ viewport: { width: 160, height: 160 } });
  const results: { dark: number; bitmap: string }[] = [];
  try {
    for (const text of texts) {
      await page.setContent(
        `<meta charset="utf-8"><body style="margin:20px;background:#fff;color:#000">
         <div lang="zh-CN" style="font:80px/100px sans-serif">${text}</div>`,
      );
      const png = (await page.screenshot({ type: 'png' })).toString('base64');
      const bitmap = await page.evaluate(readPixels, `data:image/png;base64,${png}`);
      results.push({ dark: bitmap.replaceAll('.', '').length, bitmap });
    }
    return results;
  } finally {
    await page.close();
  }
}

/** Runs in the page, whose canvas is the PNG decoder at hand. */
async function readPixels(url: string): Promise<string> {
  const image = new Image();
  image.src = url;
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = image.width;
  canvas.height = image.height;
  const context = canvas.getContext('2d');
  if (context === null) throw new Error('This browser has no canvas.');
  context.drawImage(image, 0, 0);
  const { data } = context.getImageData(0, 0, image.width, image.height);
  let bitmap = '';
  for (let i = 0; i < data.length; i += 4) bitmap += (data[i] ?? 255) < 128 ? '#' : '.';
  return bitmap;
}
