import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  startServerProcess as start,
  type ServerProcess,
} from '../../tools/torture/server-process.ts';

/** A server as a process of its own, which takes what its modules compile to from the test run. */
export function startServerProcess(
  path: string,
  environment: Record<string, string> = {},
): Promise<ServerProcess> {
  const { NODE_COMPILE_CACHE } = process.env;
  return start(path, { ...(NODE_COMPILE_CACHE ? { NODE_COMPILE_CACHE } : {}), ...environment });
}

/** A folder for a server's data that the test removes itself. */
export function dataFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'zhenghao-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
