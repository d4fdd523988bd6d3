import { createHash } from 'node:crypto';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { openDb } from '../../src/platform/db.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { projectFolder } from '../../src/platform/project.ts';
import type { Template } from './cluster.ts';

/** A short name for the contents of files, so that a template is made anew when one of them changes. */
export function contentsName(...patterns: string[]): string {
  const digest = createHash('sha256');
  const files = patterns.flatMap((pattern) => globSync(pattern, { cwd: projectFolder }));
  for (const file of files.sort())
    digest.update(file).update(readFileSync(join(projectFolder, file)));
  return digest.digest('hex').slice(0, 16);
}

/** A migrated database and nothing in it. */
export const migrated: Template = {
  name: `migrated-${contentsName('db/migrations/*.sql')}`,
  fill: async (url) => {
    const db = openDb(url);
    await migrate(db).finally(() => db.close());
  },
};
