import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export { startServerProcess } from '../../tools/torture/server-process.ts';

/** A folder for a server's data that the test removes itself. */
export function dataFolder(): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'zhenghao-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}
