import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { dumpSchema } from '../src/platform/schema-dump.ts';
import { problemCatalogue } from '../src/platform/problem.ts';
import { projectFolder } from '../src/platform/project.ts';
import { testApp, type TestApp } from '../test/support/app.ts';
import { routeMatrix } from '../test/support/route-matrix.ts';
import { hantTable } from './gen-hant.ts';
import { sentencesPage } from './sentences.ts';
import { verifierHtml } from './verifier-html.ts';

/**
 * `npm run gen` writes the files that are made from the code and the migrations; `--check` compares
 * them with what is there and writes nothing.
 */
const makers: Record<string, (made: TestApp) => string | Promise<string>> = {
  'openapi.json': ({ app }) =>
    `${JSON.stringify(sorted((app as unknown as { swagger(): unknown }).swagger()), null, 2)}\n`,
  'db/schema.sql': ({ ctx }) => dumpSchema(ctx.db),
  'docs/errors.md': errorsPage,
  'docs/sentences.md': sentencesPage,
  'test/route-matrix.json': ({ routes }) => matrixText(routes),
  'src/release/verify.html': verifierHtml,
  'web/shared/hant-table.ts': hantTable,
};

/** The same document with the keys of every object in order, so that a move of code changes nothing. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (value === null || typeof value !== 'object') return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

/** One line a route, so that a diff shows what changed for whom. */
function matrixText(routes: TestApp['routes']): string {
  const lines = Object.entries(routeMatrix(routes)).map(
    ([route, access]) => `  ${JSON.stringify(route)}: ${JSON.stringify(access)}`,
  );
  return `{\n${lines.join(',\n')}\n}\n`;
}

function errorsPage(): string {
  const rows = problemCatalogue().map(
    ({ code, status, message, english }) => `| \`${code}\` | ${status} | ${message} | ${english} |`,
  );
  return `# Errors

Every refusal is an RFC 9457 \`application/problem+json\` with \`code\`, \`status\`, \`detail\` (Chinese),
\`title\` (English) and \`request_id\`. Codes are stable. This page is written by \`npm run gen\`.

| code | status | 中文 | English |
| --- | --- | --- | --- |
${rows.join('\n')}
`;
}

const comparing = process.argv.includes('--check');
const made = await testApp();
try {
  const stale: string[] = [];
  for (const [name, make] of Object.entries(makers)) {
    const file = join(projectFolder, name);
    const text = await make(made);
    if (existsSync(file) && readFileSync(file, 'utf8') === text) continue;
    stale.push(name);
    if (!comparing) writeFileSync(file, text);
  }
  if (comparing && stale.length > 0) {
    console.error(`Not up to date: ${stale.join(', ')}. Run npm run gen.`);
    process.exitCode = 1;
  } else if (!comparing)
    console.log(stale.length > 0 ? `Wrote ${stale.join(', ')}.` : 'Up to date.');
} finally {
  await made.stop();
}
