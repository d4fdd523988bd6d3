import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectFolder } from '../src/platform/project.ts';

/** Everything the built pages are made from. */
const sources = [
  'web',
  'src/release/sealed-draw',
  'src/platform/tlog',
  'vite.config.ts',
  'package-lock.json',
];

/** Builds the pages when they are missing or older than their sources. */
export async function buildPages(): Promise<void> {
  const page = join(projectFolder, 'dist/web/index.html');
  const newest = Math.max(...sources.map((path) => changedAt(join(projectFolder, path))));
  if (existsSync(page) && statSync(page).mtimeMs > newest) return;
  const { build } = await import('vite');
  await build({ configFile: join(projectFolder, 'vite.config.ts'), logLevel: 'warn' });
}

/** The newest change below `path`; a folder's own time tells of deleted files. */
function changedAt(path: string): number {
  const entry = statSync(path);
  if (!entry.isDirectory()) return entry.mtimeMs;
  const inside = readdirSync(path).map((name) => changedAt(join(path, name)));
  return Math.max(entry.mtimeMs, ...inside);
}

/** Ends with a sentence on a Node that is too old for the sources. */
export function requireNode(): void {
  if (Number(process.versions.node.split('.')[0]) >= 24) return;
  console.error(
    `This needs Node 24 or newer and runs on ${process.versions.node}. Start it through npm ` +
      '(npm start, npm test), which uses the Node that npm ci installed.',
  );
  process.exit(1);
}
