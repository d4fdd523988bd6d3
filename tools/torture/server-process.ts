import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { projectFolder } from '../../src/platform/project.ts';

export type ServerProcess = {
  url: string;
  output(): string;
  child: ChildProcess;
  data_dir: string;
  /** SIGTERM, and the code the process ends with. */
  stop(): Promise<number | null>;
};

const ready_seconds_max = 120;

const children = new Set<ChildProcess>();
// Whoever dies must not leave a server behind.
process.once('exit', () => {
  for (const child of children) child.kill('SIGKILL');
});

/** Runs the server as a process of its own; `ready` is when it says so, and fails when it ends first. */
export function spawnServer(
  data_dir: string,
  environment: Record<string, string> = {},
): { child: ChildProcess; ready: Promise<ServerProcess> } {
  const child = spawn(process.execPath, [join(projectFolder, 'src/server.ts')], {
    env: {
      PATH: process.env['PATH'],
      DATA_DIR: data_dir,
      PORT: '0',
      LOG_LEVEL: 'silent',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.add(child);
  let output = '';
  child.stdout.on('data', (chunk) => (output += String(chunk)));
  child.stderr.on('data', (chunk) => (output += String(chunk)));
  const ended = new Promise<number | null>((resolve) =>
    child.once('exit', (code) => {
      children.delete(child);
      resolve(code);
    }),
  );
  const stop = async (): Promise<number | null> => {
    if (child.exitCode === null) child.kill('SIGTERM');
    return ended;
  };
  const url = new Promise<string>((resolve, reject) => {
    const fail = (why: string): void => reject(new Error(`the server ${why}:\n${output}`));
    const timer = setTimeout(
      () => fail(`was not ready in ${ready_seconds_max} s`),
      ready_seconds_max * 1000,
    );
    const look = (): void => {
      const found = /patients\s+(https?:\/\/\S+?)\/\n/.exec(output);
      if (!found?.[1]) return;
      clearTimeout(timer);
      resolve(found[1]);
    };
    child.stdout.on('data', look);
    void ended.then((code) => {
      clearTimeout(timer);
      fail(`ended with ${code}`);
    });
  });
  const ready = url.then((at) => ({ url: at, output: () => output, child, data_dir, stop }));
  return { child, ready };
}

/** Runs the server as a process of its own and waits until it says that it is ready. */
export function startServerProcess(
  data_dir: string,
  environment: Record<string, string> = {},
): Promise<ServerProcess> {
  return spawnServer(data_dir, environment).ready;
}
