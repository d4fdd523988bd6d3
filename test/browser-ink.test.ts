import assert from 'node:assert/strict';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { drawn, fontConfig, launchBrowser, NoChineseError } from './support/browser.ts';
import { startReadable, unpackedChromium, type BrowserOptions } from './support/browser.ts';

async function assertInk(options: BrowserOptions): Promise<void> {
  const browser = await launchBrowser(options);
  try {
    const [hao, missing] = await drawn(browser, ['号', '\u{10fffd}']);
    assert.ok(hao && missing);
    // The strokes of 号 at 80 px cover several hundred pixels, and fewer than the whole square.
    assert.ok(hao.dark > 300 && hao.dark < 6400, `号 left ${hao.dark} dark pixels`);
    assert.notEqual(hao.bitmap, missing.bitmap);
    const page = await browser.newPage();
    await page.setContent('<button onclick="this.textContent = \'挂号\'">正号</button>');
    await page.getByRole('button', { name: '正号' }).click();
    assert.equal(await page.getByRole('button').textContent(), '挂号');
    await page.close();
    const context = await browser.newContext();
    await (await context.newPage()).goto('data:text/html,ok');
    await context.close();
    assert.ok(browser.isConnected());
  } finally {
    await browser.close();
  }
}

describe('the browser of the tests', () => {
  it('draws Chinese', () => assertInk({}));

  it('draws Chinese where only the packages from npm are there', () => assertInk({ only: 'npm' }));

  it('is refused when it has no Chinese font', async () => {
    const { path, libraries, noChinese } = await packagedWithoutChinese();
    const env = { ...libraries, ...noChinese };
    const starting = startReadable({ path, args: ['--no-sandbox', '--disable-gpu'], env });
    await assert.rejects(starting, NoChineseError);
  });

  it('gets the Chinese font from npm where the machine has none', async () => {
    const { path, libraries, noChinese } = await packagedWithoutChinese();
    const folder = await mkdtemp(join(tmpdir(), 'zhenghao-browser-'));
    const settings = Object.entries({ ...noChinese, ...libraries });
    // A Chromium of the machine, whose machine has only Latin fonts until it is told of others.
    const chromePath = join(folder, 'chromium');
    const lines = settings.map(([name, value]) => `export ${name}="\${${name}:-${value}}"`);
    await writeFile(chromePath, ['#!/bin/sh', ...lines, `exec "${path}" "$@"`, ''].join('\n'));
    await chmod(chromePath, 0o755);
    try {
      await assertInk({ only: 'system', chromePath });
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  });
});

/** The packaged Chromium with a font configuration that knows only its own Latin font. */
async function packagedWithoutChinese(): Promise<{
  path: string;
  libraries: Record<string, string>;
  noChinese: Record<string, string>;
}> {
  const folder = await unpackedChromium();
  return {
    path: join(folder, 'chromium'),
    libraries: { LD_LIBRARY_PATH: join(folder, 'al2023', 'lib') },
    noChinese: await fontConfig('fontconfig-latin', [join(folder, 'fonts')]),
  };
}
