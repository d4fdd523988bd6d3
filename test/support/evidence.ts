import { createHash } from 'node:crypto';
import type { NewEvent } from '../../src/platform/outbox.ts';
import { appendEvents } from '../../src/platform/outbox.ts';
import { manualClock } from '../../src/platform/clock.ts';
import type { Db } from '../../src/platform/db.ts';
import { memoryKeys } from '../../src/platform/crypto/index.ts';
import { openFields } from '../../src/platform/field-keys.ts';
import { newId } from '../../src/platform/id.ts';
import { createPersonKeys } from '../../src/platform/person-keys.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { secretsFrom } from '../../src/platform/secrets.ts';
import { sql } from '../../src/platform/sql.ts';
import { createSequencer, logVkey } from '../../src/evidence/index.ts';
import { testDatabase } from './database.ts';

export const TEST_ORIGIN = 'log.example/test';

/** A database with a log of its own, makers of events, and the keys to check them with. */
export async function evidenceWorld(seed: string) {
  const { db, url, stop } = await testDatabase();
  const clock = manualClock(new Date('2026-11-24T01:00:00Z'));
  const random = seededRandom(seed);
  const secrets = secretsFrom(createHash('sha256').update(seed).digest());
  const fields = openFields(secrets, memoryKeys());
  const ctx = { db, clock, random, secrets, fields };
  const vkey = logVkey(secrets, TEST_ORIGIN);
  const tell = (events: NewEvent[]) => db.tx((tx) => appendEvents(tx, ctx, events));
  return {
    ctx,
    url,
    stop,
    vkey,
    sequencer: (options = {}) => createSequencer(ctx, { origin: TEST_ORIGIN, ...options }),
    tell,
    /** One change of a number: no person. */
    change: (subject: string, version: number): NewEvent => ({
      name: 'booking.number.voided',
      hospital_id: null,
      subject,
      version,
      actor: 'staff:test',
      payload: { session_id: 's', slot_id: subject, state: 'void', reason: 'test' },
    }),
    visit: (person_id: string, subject: string, version = 1): NewEvent => ({
      name: 'booking.visit.booked',
      hospital_id: null,
      subject,
      version,
      person_id,
      actor: 'account:test',
      payload: {
        appointment_id: newId(ctx),
        session_id: 's',
        slot_id: subject,
        status: 'booked',
        channel: 'web',
      },
    }),
    person: async () => {
      const person_id = newId(ctx);
      createPersonKeys(ctx, [person_id]);
      return person_id;
    },
    leaves: () => allLeaves(db),
  };
}

async function allLeaves(db: Db): Promise<{ event_id: string; data: string }[]> {
  return db.many(
    sql`select event_id, convert_from(data, 'UTF8') as data from evidence.leaf order by index`,
  );
}

/** Does what only somebody with the owner's rights on the database could: past every trigger. */
export async function tamper(db: Db, statement: string): Promise<void> {
  await db.tx(async (tx) => {
    await tx.run(sql`set local session_replication_role = replica`);
    await tx.run({ text: statement, values: [] });
  });
}
