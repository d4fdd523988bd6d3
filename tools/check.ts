import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { projectFolder } from '../src/platform/project.ts';
import { requireNode } from './pages.ts';

/** `npm run check`: everything a change must pass besides the tests. All parts run; each is told. */
type Part = {
  name: string;
  command: string[];
  /** What is wrong with the output of a command that ended well. */
  fault?: (output: string) => string | undefined;
};

const modules_min = 100;

const parts: Part[] = [
  { name: 'types', command: ['tsc', '-p', '.'] },
  { name: 'lint', command: ['oxlint', '--type-aware', '--report-unused-disable-directives'] },
  {
    name: 'boundaries',
    command: ['depcruise', '--config', 'tools/boundaries.cjs', 'src', 'web', 'test', 'tools'],
    // With a TypeScript it cannot load it checks nothing and is content.
    fault: (output) => {
      const cruised = Number(/\((\d+) modules/.exec(output)?.[1] ?? 0);
      return cruised > modules_min ? undefined : `only ${cruised} modules were looked at`;
    },
  },
  { name: 'dead code', command: ['knip', '--no-progress', '--treat-config-hints-as-errors'] },
  { name: 'format', command: ['prettier', '--check', '--log-level', 'warn', '.'] },
  { name: 'generated files, schema', command: ['node', 'tools/gen.ts', '--check'] },
];

type Outcome = { part: Part; ok: boolean; output: string; seconds: number };

async function runPart(part: Part): Promise<Outcome> {
  const started = performance.now();
  const [program = '', ...args] = part.command;
  const command = program === 'node' ? process.execPath : bin(program);
  const { code, output } = await collect(command, args);
  const fault = code === 0 ? part.fault?.(output) : undefined;
  return {
    part,
    ok: code === 0 && fault === undefined,
    output: fault === undefined ? output : `${output}\n${fault}`,
    seconds: (performance.now() - started) / 1000,
  };
}

const bin = (program: string): string => join(projectFolder, 'node_modules/.bin', program);

function collect(command: string, args: string[]): Promise<{ code: number; output: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd: projectFolder,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, FORCE_COLOR: '0' },
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.on('error', reject);
    child.on('close', (code) => resolve({ code: code ?? 1, output }));
  });
}

requireNode();
const wanted = process.argv.slice(2);
const queue = parts.filter(({ name }) => wanted.length === 0 || wanted.includes(name));
const failed: string[] = [];
/** Two parts at a time; what a part had to say is printed when it failed. */
async function work(): Promise<void> {
  for (let part = queue.shift(); part; part = queue.shift()) {
    const { ok, output, seconds } = await runPart(part);
    console.log(`${ok ? '✔' : '✖'} ${part.name.padEnd(26)} ${seconds.toFixed(1).padStart(6)} s`);
    if (ok) continue;
    failed.push(part.name);
    console.log(output.trimEnd().replaceAll(/^/gm, '    '));
  }
}
await Promise.all([work(), work()]);
if (failed.length > 0) console.log(`\nFailed: ${failed.join(', ')}.`);
process.exitCode = failed.length > 0 ? 1 : 0;
