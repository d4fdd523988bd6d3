import { parseArgs } from 'node:util';
import { nodeHasher } from '../../platform/tlog/node-hasher.ts';
import { DrawError } from './errors.ts';
import { readBundle, readJsonFile, readLog } from './read-bundle.ts';
import { verifyBundle } from './verify.ts';
import type { VerifyOptions } from './verify-context.ts';
import type { Check } from './verify-report.ts';

const USAGE =
  'Usage: npm run draw:verify -- BUNDLE [--receipt FILE] [--other BUNDLE] [--log URL|FOLDER]\n' +
  'BUNDLE is a folder, a .zip, or the known-answer vector as .json.';

const MARKS: Record<Check['status'], string> = {
  pass: 'pass  通过    ',
  fail: 'FAIL  不通过  ',
  'not-checked': '----  未检查  ',
};

process.exitCode = await main(process.argv.slice(2));

/** Exit code 0: no check failed; 1: a check failed; 2: the input could not be used. */
async function main(args: string[]): Promise<number> {
  try {
    const { positionals, values } = parseArgs({
      args,
      allowPositionals: true,
      options: {
        receipt: { type: 'string' },
        other: { type: 'string' },
        log: { type: 'string' },
      },
    });
    const [path] = positionals;
    if (path === undefined || positionals.length > 1) throw new DrawError('bundle', USAGE);
    const options: VerifyOptions = { hasher: nodeHasher };
    if (values.receipt !== undefined) options.receipt = await readJsonFile(values.receipt);
    if (values.other !== undefined) options.other = await readBundle(values.other);
    if (values.log !== undefined) options.log = await readLog(values.log);
    const checks = verifyBundle(await readBundle(path), options);
    for (const check of checks) console.log(lineOf(check));
    const failed = checks.filter(({ status }) => status === 'fail');
    console.log(summaryOf(checks));
    return failed.length > 0 ? 1 : 0;
  } catch (error) {
    console.error(error instanceof Error ? error.message : String(error));
    return 2;
  }
}

function lineOf({ id, name, status, detail }: Check): string {
  return `${MARKS[status]}${id.padEnd(4)}${name.zh} (${name.en}): ${detail}`;
}

function summaryOf(checks: readonly Check[]): string {
  const count = (status: Check['status']): number =>
    checks.filter((check) => check.status === status).length;
  return `${count('pass')} passed, ${count('fail')} failed, ${count('not-checked')} not checked.`;
}
