/** The rules for dependency-cruiser, made from architecture.cjs. */
const { modules, entries, browserSafe } = require('../architecture.cjs');

const escape = (path) => path.replaceAll('.', '\\.');
const anyOf = (paths) => `^(${paths.map(escape).join('|')})`;

/** The files of `name` that others may import. */
const doors = (name) =>
  name === 'platform' ? ['src/platform/'] : [`src/${name}/index.ts`, ...(entries[name] ?? [])];

const direction = Object.entries(modules).map(([name, uses]) => ({
  name: `${name}-uses-only-what-it-may`,
  severity: 'error',
  from: { path: `^src/${name}/`, pathNot: '\\.test\\.ts$' },
  to: {
    path: '^(src|web|test|tools|bench|lab)/',
    pathNot: [`^src/${name}/`, '^src/events\\.ts$', ...uses.map((use) => anyOf(doors(use)))],
  },
}));

module.exports = {
  forbidden: [
    ...direction,
    {
      name: 'modules-are-entered-through-their-index',
      severity: 'error',
      from: { path: '^src/[^/]+\\.ts$' },
      to: {
        path: `^src/(${Object.keys(modules).join('|')})/`,
        pathNot: Object.keys(modules).map((name) => anyOf(doors(name))),
      },
    },
    {
      name: 'every-folder-is-a-known-module',
      severity: 'error',
      from: {},
      to: { path: '^src/[^/]+/', pathNot: `^src/(${Object.keys(modules).join('|')})/` },
    },
    {
      name: 'the-web-knows-http-only',
      severity: 'error',
      from: { path: '^web/' },
      to: { path: '^(src|test|tools)/', pathNot: browserSafe.map((path) => `^${escape(path)}`) },
    },
    {
      name: 'the-two-faces-share-only-web-shared',
      severity: 'error',
      from: { path: '^web/([^/]+)/' },
      to: { path: '^web/[^/]+/', pathNot: ['^web/shared/', '^web/$1/'] },
    },
    {
      name: 'browser-safe-libraries-use-no-node',
      severity: 'error',
      from: {
        path: anyOf(browserSafe),
        pathNot: '(-cli|/vector|/read-bundle|/node-hasher|\\.test)\\.ts$',
      },
      to: { dependencyTypes: ['core'] },
    },
    {
      name: 'tests-stay-out-of-the-product',
      severity: 'error',
      from: { path: '^(src|web)/', pathNot: '\\.test\\.ts$' },
      to: { path: '(^test/|\\.test\\.ts$)' },
    },
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'imports-resolve',
      severity: 'error',
      from: { path: '^(src|web|test|tools)/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.cjs', '.json', '.d.ts'],
    },
  },
};
