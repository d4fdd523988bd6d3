import { createHash } from 'node:crypto';
import type { Plugin, Rolldown } from 'vite';

/** Pages that are worth having without a network, besides the first: one's own numbers. */
const wanted = [
  /\/patient\/(visits|visit|visit-direct|receipt-card|elder-[a-z]+|display)\.tsx$/,
  /\/shared\/(qr-code\.tsx|hant|hant-table)(\.ts)?$/,
];

/** Tells the worker (`worker.ts`, built as /sw.js) which files to keep. */
export function offlinePages(): Plugin {
  return {
    name: 'offline-pages',
    // Last of all: until then files may still get other names.
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const worker = bundle['sw.js'];
        if (worker?.type !== 'chunk') return;
        const files = shellOf(bundle).map((name) => `/${name}`);
        const name = createHash('sha256').update(files.join('\n')).digest('hex').slice(0, 12);
        worker.code = worker.code
          .replace(/(["'`])SHELL_FILES\1/, files.map((file) => JSON.stringify(file)).join(','))
          .replace(/(["'`])SHELL_NAME\1/, JSON.stringify(`zh-pages-${name}`));
      },
    },
  };
}

type Chunk = Rolldown.OutputChunk;

/** The first page, the wanted ones, and all they import, with their styles. */
function shellOf(bundle: Rolldown.OutputBundle): string[] {
  const chunks = Object.values(bundle).filter((one): one is Chunk => one.type === 'chunk');
  const isRoot = (chunk: Chunk): boolean =>
    (chunk.facadeModuleId?.endsWith('/web/index.html') ?? false) ||
    chunk.moduleIds.some((id) => wanted.some((pattern) => pattern.test(id)));
  const files = new Set<string>();
  const add = (chunk: Chunk): void => {
    if (files.has(chunk.fileName)) return;
    files.add(chunk.fileName);
    for (const css of stylesOf(chunk)) files.add(css);
    for (const name of chunk.imports) {
      const next = bundle[name];
      if (next?.type === 'chunk') add(next);
    }
  };
  chunks.filter(isRoot).forEach(add);
  return [...files].sort();
}

function stylesOf(chunk: Chunk): Iterable<string> {
  const { viteMetadata } = chunk as Chunk & { viteMetadata?: { importedCss: Set<string> } };
  return viteMetadata?.importedCss ?? [];
}
