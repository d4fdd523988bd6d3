import type { Clock } from './clock.ts';
import type { FieldCrypto } from './crypto/index.ts';
import type { Queryable, Tx } from './db.ts';
import type { Random } from './random.ts';
import { sql } from './sql.ts';
import { utf8 } from './tlog/index.ts';
import { nodeHasher } from './tlog/node-hasher.ts';

const context = 'platform.person_key';

/** Gives each person a secret of their own, in the transaction that registers them. */
export async function createPersonKeys(
  tx: Tx,
  source: { clock: Clock; random: Random; fields: FieldCrypto },
  person_ids: string[],
): Promise<void> {
  const rows = person_ids.map((person_id) => ({
    person_id,
    sealed_key: Buffer.from(
      source.fields.seal(Buffer.from(source.random.bytes(32)).toString('hex'), context),
    ).toString('hex'),
  }));
  await tx.run(sql`
    insert into platform.person_key (person_id, sealed_key, created_at)
    select person_id, decode(sealed_key, 'hex'), ${source.clock.now()}
    from json_to_recordset(${JSON.stringify(rows)}) as r(person_id uuid, sealed_key text)
    on conflict do nothing`);
}

/** The keys of these persons; a person whose key was destroyed is absent. */
export async function readPersonKeys(
  db: Queryable,
  fields: FieldCrypto,
  person_ids: string[],
): Promise<Map<string, Uint8Array>> {
  const rows = await db.many<{ person_id: string; sealed_key: Buffer }>(sql`
    select person_id, sealed_key from platform.person_key where person_id = any(${person_ids}::uuid[])`);
  return new Map(
    rows.map((row) => [row.person_id, Buffer.from(fields.open(row.sealed_key, context), 'hex')]),
  );
}

/** Destroys a person's key: every salt derived from it is gone, and the log stays valid. */
export async function destroyPersonKey(tx: Tx, person_id: string): Promise<void> {
  await tx.run(sql`delete from platform.person_key where person_id = ${person_id}`);
}

/** The 128-bit salt of one event's log leaf (HMAC-SHA-256, cut); without the key nobody can guess it. */
export function eventSalt(person_key: Uint8Array, event_id: string): Uint8Array {
  return nodeHasher
    .hmac(person_key)(utf8(`leaf ${event_id}`))
    .subarray(0, 16);
}
