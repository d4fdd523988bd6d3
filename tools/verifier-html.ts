import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { build } from 'vite';
import { projectFolder } from '../src/platform/project.ts';

const folder = join(projectFolder, 'web/verifier');

/**
 * The single-file verifier: page, style and script in one text that asks for nothing else. The policy
 * names the hashes of both, so that nothing that comes in with a bundle could ever run.
 */
export async function verifierHtml(): Promise<string> {
  const [page, style, script] = await Promise.all([
    readFile(join(folder, 'index.html'), 'utf8'),
    readFile(join(folder, 'style.css'), 'utf8'),
    bundledScript(),
  ]);
  const policy = [
    "default-src 'none'",
    // The quick hash is WebAssembly where the browser has it.
    `script-src '${hashOf(script)}' 'wasm-unsafe-eval'`,
    `style-src '${hashOf(style)}'`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const parts = {
    'content="POLICY"': `content="${policy}"`,
    '<style></style>': `<style>${style}</style>`,
    '<script></script>': `<script>${script}</script>`,
  };
  return Object.entries(parts).reduce((text, [gap, part]) => text.replace(gap, () => part), page);
}

async function bundledScript(): Promise<string> {
  const built = await build({
    configFile: false,
    logLevel: 'warn',
    root: folder,
    build: {
      write: false,
      target: 'es2020',
      minify: true,
      lib: { entry: join(folder, 'main.ts'), formats: ['iife'], name: 'verifier' },
    },
  });
  const outputs = Array.isArray(built) ? built : [built];
  const chunks = outputs.flatMap((one) => ('output' in one ? one.output : []));
  const [chunk] = chunks;
  if (chunks.length !== 1 || chunk?.type !== 'chunk')
    throw new Error('The verifier is one script.');
  return chunk.code.trim().replaceAll('</script', String.raw`<\/script`);
}

function hashOf(text: string): string {
  return `sha256-${createHash('sha256').update(text).digest('base64')}`;
}
