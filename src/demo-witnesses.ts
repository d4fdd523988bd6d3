import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Context } from './context.ts';
import { hasWitnessed, logIdentity, logVkey } from './evidence/index.ts';
import { witnessSetting, type WitnessSetting } from './platform/evidence-config.ts';
import { projectFolder } from './platform/project.ts';

const letters = ['a', 'b'] as const;

export type DemoWitnesses = {
  /** Their addresses come in as they begin to listen; until then, and after a refusal, they are empty. */
  settings: WitnessSetting[];
  /** Settles when each of them listens or has refused. */
  ready: Promise<unknown>;
  stop(): Promise<void>;
};

/**
 * The demo's two witnesses: processes of their own beside the server, which a real installation
 * leaves to other bodies. Their names say that they are not independent. Only at their first start are
 * they waited for; later their keys are known from their folders, and they begin when `after` is done, so
 * that the server's own start is not held up. One that refuses, because the
 * database was reset or restored under it, is told to `onError` and stays named: draws are then burnt
 * rather than held without it.
 */
export async function startDemoWitnesses(
  ctx: Context,
  onError: (error: unknown) => void,
  after: Promise<unknown> = Promise.resolve(),
): Promise<DemoWitnesses> {
  await ctx.sequencer.drain();
  const { origin } = await logIdentity(ctx);
  const log = logVkey(ctx.secrets, origin);
  const started = letters.map((letter) => {
    const name = `demo-witness-${letter}.not-independent`;
    const dir = join(ctx.config.data_dir, `witness-${letter}`);
    return startWitness({ log, name, dir, after });
  });
  for (const { ready, name } of started)
    void ready.then((refused) => {
      if (refused !== undefined)
        onError(
          new Error(
            `The demo witness ${name} does not countersign: ${refused} Draws that name it are burnt.`,
          ),
        );
    });
  const settings = await Promise.all(started.map((one) => one.setting));
  return {
    settings: settings.filter((one) => one !== undefined),
    ready: Promise.all(started.map((one) => one.ready)),
    stop: async () => {
      await Promise.all(started.map((one) => one.end()));
    },
  };
}

type Started = {
  name: string;
  /** Undefined only when it refused before it ever had a key. */
  setting: Promise<WitnessSetting | undefined>;
  /** What it said when it refused; undefined once it listens. */
  ready: Promise<string | undefined>;
  end(): Promise<void>;
};

type Asked = { log: string; name: string; dir: string; after: Promise<unknown> };

function startWitness({ log, name, dir, after }: Asked): Started {
  const known = knownSetting(dir);
  let running: { child: ChildProcess; ended: Promise<void> } | undefined;
  let stopped = false;
  const run = (): Promise<string> => {
    if (stopped) return Promise.resolve('');
    const child = spawnWitness({ log, name, dir });
    const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    running = { child, ended };
    return firstWords(child, ended);
  };
  const words = known ? after.then(run) : run();
  const setting = known ? Promise.resolve(known) : words.then(() => knownSetting(dir));
  const ready = Promise.all([words, setting]).then(([said, named]) => {
    const [, vkey, url] = /The witness (\S+) listens on (http:\/\/\S+?)\.\n/.exec(said) ?? [];
    if (stopped) return undefined;
    if (!named || vkey !== named.vkey || url === undefined) return said.trim();
    named.url = url;
    return undefined;
  });
  const end = async (): Promise<void> => {
    stopped = true;
    running?.child.stdin?.end();
    await running?.ended;
  };
  return { name, setting, ready, end };
}

function spawnWitness({ log, name, dir }: Omit<Asked, 'after'>): ChildProcess {
  return spawn(
    process.execPath,
    [
      join(projectFolder, 'src/evidence/witness/cli.ts'),
      ...['--log', log, '--name', name, '--dir', dir, '--port', '0', '--until-stdin-ends'],
      ...(hasWitnessed(dir) ? [] : ['--first']),
    ],
    { stdio: ['pipe', 'pipe', 'pipe'] },
  );
}

/** A witness whose folder tells its key, not yet listening. */
function knownSetting(dir: string): WitnessSetting | undefined {
  const file = join(dir, 'vkey');
  return existsSync(file) ? witnessSetting(readFileSync(file, 'utf8').trim(), '') : undefined;
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
