import type { Plugin, Rolldown } from 'vite';

/**
 * What a page of the patients begins with, besides what all begin with. The server names it with the
 * page itself (src/early.ts), so that it comes together with the scripts instead of after them.
 * `*` is one part of an address, `$1` what stood there; `module` is the page's own script.
 */
const pages: readonly { path: string; module?: string; reads?: readonly string[] }[] = [
  { path: '/' },
  { path: '/h/*', reads: ['/api/hospitals/$1'] },
  { path: '/h/*/d/*', reads: ['/api/hospitals/$1'] },
  {
    path: '/h/*/s/*',
    module: 'session',
    reads: ['/api/sessions/$2', '/api/sessions/$2/besides'],
  },
  { path: '/draws', module: 'draws' },
  { path: '/draws/*', module: 'draw', reads: ['/api/draws/$1'] },
  { path: '/visits', module: 'visits', reads: ['/api/me', '/api/appointments'] },
  { path: '/visits/*', module: 'visit', reads: ['/api/me', '/api/appointments/$1/guide'] },
  { path: '/entries', module: 'entries', reads: ['/api/me'] },
  { path: '/entries/*', module: 'entry', reads: ['/api/me'] },
  { path: '/waiting', module: 'waiting', reads: ['/api/me'] },
  { path: '/patients', module: 'people', reads: ['/api/me'] },
  { path: '/report', module: 'report' },
  { path: '/sign-in', module: 'sign-in' },
];
const always = ['/api/info', '/api/hospitals'];

type Chunk = Rolldown.OutputChunk;
type Bundle = Rolldown.OutputBundle;

/** Writes early.json beside the pages: for each path a pattern and the value of its `Link` header. */
export function earlyLinks(): Plugin {
  return {
    name: 'early-links',
    // Last of all: until then files may still get other names.
    generateBundle: {
      order: 'post',
      handler(_options, bundle) {
        const there = new Set(
          chunksOf(bundle)
            .filter(isFirst)
            .flatMap((one) => filesOf(one, bundle)),
        );
        const rows = pages.map(({ path, module, reads = [] }) => {
          const files = module === undefined ? [] : filesOf(chunkOf(module, bundle), bundle);
          const links = [
            ...files.filter((file) => !there.has(file)).map(linkOfFile),
            ...[...always, ...reads].map((read) => `<${read}>; rel=preload; as=fetch; crossorigin`),
          ];
          return [`^${path.replace(/\*/g, '([\\w-]+)')}$`, links.join(', ')];
        });
        this.emitFile({ type: 'asset', fileName: 'early.json', source: JSON.stringify(rows) });
      },
    },
  };
}

const chunksOf = (bundle: Bundle): Chunk[] =>
  Object.values(bundle).filter((one): one is Chunk => one.type === 'chunk');

const isFirst = ({ facadeModuleId }: Chunk): boolean =>
  facadeModuleId?.endsWith('/web/index.html') ?? false;

function chunkOf(module: string, bundle: Bundle): Chunk {
  const file = `/web/patient/${module}.tsx`;
  const found = chunksOf(bundle).find(({ moduleIds }) => moduleIds.some((id) => id.endsWith(file)));
  if (!found) throw new Error(`the build has no ${file}`);
  return found;
}

/** A script with all it imports, and their styles. */
function filesOf(chunk: Chunk, bundle: Bundle, known = new Set<string>()): string[] {
  if (known.has(chunk.fileName)) return [];
  known.add(chunk.fileName);
  const { viteMetadata } = chunk as Chunk & { viteMetadata?: { importedCss: Set<string> } };
  for (const css of viteMetadata?.importedCss ?? []) known.add(css);
  for (const name of chunk.imports) {
    const next = bundle[name];
    if (next?.type === 'chunk') filesOf(next, bundle, known);
  }
  return [...known];
}

const linkOfFile = (file: string): string =>
  file.endsWith('.css')
    ? `</${file}>; rel=preload; as=style; crossorigin`
    : `</${file}>; rel=modulepreload; crossorigin`;
