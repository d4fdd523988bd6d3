import { openDb, type Db } from '../../src/platform/db.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { testCluster } from './cluster.ts';

/** A fresh, migrated database of its own for one test file. */
export async function testDatabase(): Promise<{ db: Db; url: string; stop(): Promise<void> }> {
  const cluster = await testCluster();
  const db = openDb(cluster.url);
  await migrate(db);
  return {
    db,
    url: cluster.url,
    stop: async () => {
      await db.close();
      await cluster.stop();
    },
  };
}
