import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from './context.ts';
import { hasWitnessed, logIdentity, logVkey } from './evidence/index.ts';
import { witnessSetting, type WitnessSetting } from './platform/evidence-config.ts';
import { projectFolder } from './platform/project.ts';

const letters = ['a', 'b'] as const;

/** Where nothing answers: a witness that refused to start is still named, so that nothing goes on unwitnessed. */
const nowhere = 'http://127.0.0.1:9';

export type DemoWitnesses = { settings: WitnessSetting[]; stop(): Promise<void> };

/**
 * The demo's two witnesses: processes of their own beside the server, which a real installation
 * leaves to other bodies. Their names say that they are not independent. One that refuses, because
 * the database was reset or restored under it, is told to `onError` and stays named: draws are then
 * burnt rather than held without it.
 */
export async function startDemoWitnesses(
  ctx: Context,
  onError: (error: unknown) => void,
): Promise<DemoWitnesses> {
  await ctx.sequencer.drain();
  const { origin } = await logIdentity(ctx);
  const log = logVkey(ctx.secrets, origin);
  const started = await Promise.all(
    letters.map((letter) => {
      const name = `demo-witness-${letter}.not-independent`;
      return startWitness({ log, name, dir: join(ctx.config.data_dir, `witness-${letter}`) });
    }),
  );
  for (const { refused } of started) if (refused) onError(new Error(refused));
  return {
    settings: started.flatMap(({ setting }) => setting ?? []),
    stop: async () => {
      await Promise.all(started.map((one) => one.end()));
    },
  };
}

type Started = { setting: WitnessSetting | undefined; refused?: string; end(): Promise<void> };

async function startWitness(witness: { log: string; name: string; dir: string }): Promise<Started> {
  const { log, name, dir } = witness;
  const child = spawn(
    process.execPath,
    [
      join(projectFolder, 'src/evidence/witness/cli.ts'),
      ...['--log', log, '--name', name, '--dir', dir, '--port', '0', '--until-stdin-ends'],
      ...(hasWitnessed(dir) ? [] : ['--first']),
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const end = async (): Promise<void> => {
    child.stdin.end();
    await ended;
  };
  const said = await firstWords(child, ended);
  const [, vkey, url] = /The witness (\S+) listens on (http:\/\/\S+?)\.\n/.exec(said) ?? [];
  if (vkey !== undefined && url !== undefined) return { setting: witnessSetting(vkey, url), end };
  const known = join(dir, 'vkey');
  return {
    setting: existsSync(known) ? witnessSetting(readFileSync(known, 'utf8').trim(), nowhere) : undefined, // prettier-ignore
    refused: `The demo witness ${name} does not countersign: ${said.trim()} Draws that name it are burnt.`,
    end,
  };
}

/** What a witness says until it listens or ends. */
function firstWords(child: ChildProcess, ended: Promise<void>): Promise<string> {
  return new Promise((resolve) => {
    let said = '';
    const hear = (chunk: unknown): void => {
      said += String(chunk);
      if (/ listens on \S+\.\n/.test(said)) resolve(said);
    };
    child.stdout?.on('data', hear);
    child.stderr?.on('data', hear);
    void ended.then(() => resolve(said));
  });
}
