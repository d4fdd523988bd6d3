import type { Clock } from './clock.ts';
import {
  createFieldCrypto,
  fieldHeader,
  indexHashOf,
  type FieldAlgorithm,
  type FieldCrypto,
  type IndexHash,
  type PersonKeyStore,
} from './crypto/index.ts';
import type { Queryable } from './db.ts';
import { sql } from './sql.ts';
import type { Secrets } from './secrets.ts';

/** What blind indexes are made with; changing it means making every index anew. */
export type FieldIndex = { id: string; hash: IndexHash };

/** The installation's field encryption, whose keys may change while it is used. */
export type FieldKeys = FieldCrypto & {
  /**
   * Takes over the keys as the database has them; a new installation's first key and index are
   * written down on the way. Until the first call only the first key is known.
   */
  refresh(db: Queryable): Promise<void>;
  /** Tells the database which keys this server knows and seals with. */
  report(db: Queryable, clock: Clock, server_id: string): Promise<void>;
  activeKeyId(): string;
  /** What every value sealed from now on begins with: the algorithm and the active key. */
  activeHeader(): Uint8Array;
  /** The same keys with another index: for making the indexes anew. */
  withIndex(index: FieldIndex): FieldCrypto;
  index(): FieldIndex;
};

type Ring = {
  keys: { id: string; key: Uint8Array }[];
  activeKeyId: string;
  index: FieldIndex;
};

const first_key_id = '1';

/**
 * The installation's field encryption, from its root secret: server and command lines agree on it.
 * `persons` is where the persons' own keys are.
 * `refresh` must follow before anything is opened in a database whose keys were ever changed.
 */
export function openFields(
  secrets: Secrets,
  persons: PersonKeyStore,
  algorithm: FieldAlgorithm = 'aes-256-gcm',
): FieldKeys {
  let ring: Ring = {
    keys: [{ id: first_key_id, key: secrets.key('field encryption 1') }],
    activeKeyId: first_key_id,
    index: { id: '1', hash: indexHashOf(algorithm) },
  };
  let known = '';
  const open = (index: FieldIndex): FieldCrypto =>
    createFieldCrypto({
      keys: ring.keys,
      activeKeyId: ring.activeKeyId,
      indexKey: secrets.key(index.id === '1' ? 'field index' : `field index ${index.id}`),
      indexHash: index.hash,
      algorithm,
      persons,
    });
  let fields = open(ring.index);
  return {
    seal: (plain, context) => fields.seal(plain, context),
    open: (sealed, context) => fields.open(sealed, context),
    blindIndex: (value, context) => fields.blindIndex(value, context),
    sealFor: (person_id, plain, context) => fields.sealFor(person_id, plain, context),
    persons,
    refresh: async (db) => {
      const next = await readRing(db, secrets, ring);
      const mark = JSON.stringify([next.keys.map(({ id }) => id), next.activeKeyId, next.index]);
      if (mark === known) return;
      known = mark;
      ring = next;
      fields = open(ring.index);
    },
    report: async (db, clock, server_id) => {
      await db.run(sql`
        insert into platform.field_key_server
          (server_id, algorithm, active_key_id, known_key_ids, seen_at)
        values (${server_id}, ${algorithm}, ${ring.activeKeyId}, ${ring.keys.map(({ id }) => id)}, ${clock.now()})
        on conflict (server_id) do update set
          active_key_id = excluded.active_key_id,
          known_key_ids = excluded.known_key_ids, seen_at = excluded.seen_at`);
    },
    activeKeyId: () => ring.activeKeyId,
    activeHeader: () => fieldHeader(algorithm, ring.activeKeyId),
    withIndex: open,
    index: () => ring.index,
  };
}

const wrapping = 'platform.field_key';

/** Wraps and unwraps field keys under the root secret. */
export function wrapper(secrets: Secrets): {
  wrap(key: Uint8Array): Uint8Array;
  unwrap(wrapped: Uint8Array): Uint8Array;
} {
  const crypto = createFieldCrypto({
    keys: [{ id: 'root', key: secrets.key('field key wrapping') }],
    activeKeyId: 'root',
    indexKey: secrets.key('field key wrapping index'),
    algorithm: 'aes-256-gcm',
  });
  return {
    wrap: (key) => crypto.seal(Buffer.from(key).toString('hex'), wrapping),
    unwrap: (wrapped) => Buffer.from(crypto.open(wrapped, wrapping), 'hex'),
  };
}

type KeyRow = { id: string; wrapped_key: Buffer; state: string };

async function readRing(db: Queryable, secrets: Secrets, own: Ring): Promise<Ring> {
  const { wrap, unwrap } = wrapper(secrets);
  const read = (): Promise<KeyRow[]> =>
    db.many<KeyRow>(sql`
      select id, wrapped_key, state from platform.field_key where state <> 'destroyed' order by id`);
  let rows = await read();
  if (rows.length === 0) {
    const first = secrets.key('field encryption 1');
    // By the database's clock: no rule asks when the first key came into being.
    await db.run(sql`insert into platform.field_key (id, wrapped_key, state, created_at)
      values (${first_key_id}, ${wrap(first)}, 'active', now()) on conflict do nothing`);
    rows = await read();
  }
  const active = rows.find((row) => row.state === 'active');
  if (!active) throw new Error('platform.field_key has no active key: restore it from its backup.');
  return {
    keys: rows.map((row) => ({ id: row.id, key: unwrap(row.wrapped_key) })),
    activeKeyId: active.id,
    index: await readIndex(db, own.index),
  };
}

/** The index as written down, or `own` for an installation that has written none yet. */
async function readIndex(db: Queryable, own: FieldIndex): Promise<FieldIndex> {
  const read = (): Promise<{ value: FieldIndex } | undefined> =>
    db.maybe<{ value: FieldIndex }>(
      sql`select value from platform.setting where name = 'field-index'`,
    );
  const known = await read();
  if (known) return known.value;
  await db.run(sql`insert into platform.setting (name, value)
    values ('field-index', ${JSON.stringify(own)}::jsonb) on conflict (name) do nothing`);
  return (await read())?.value ?? own;
}
