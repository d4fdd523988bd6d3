import { openDb, type Db } from '../../src/platform/db.ts';
import { testCluster } from './cluster.ts';
import { migrated } from './filled.ts';

/** A fresh, migrated database of its own for one test file. */
export async function testDatabase(): Promise<{ db: Db; url: string; stop(): Promise<void> }> {
  const cluster = await testCluster(migrated);
  const db = openDb(cluster.url);
  return {
    db,
    url: cluster.url,
    stop: async () => {
      await db.close();
      await cluster.stop();
    },
  };
}
