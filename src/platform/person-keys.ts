import type { Clock } from './clock.ts';
import { person_key_context as context, type FieldCrypto } from './crypto/index.ts';
import type { Random } from './random.ts';
import { utf8 } from './tlog/index.ts';
import { nodeHasher } from './tlog/node-hasher.ts';

/** Gives each of these persons (or accounts) a secret of their own; one that has a key keeps it. */
export function createPersonKeys(
  source: { clock: Clock; random: Random; fields: FieldCrypto },
  person_ids: readonly string[],
): void {
  const { fields } = source;
  const created_at = source.clock.now();
  fields.persons.add(
    person_ids.map((person_id) => ({
      person_id,
      sealed_key: fields.seal(Buffer.from(source.random.bytes(32)).toString('hex'), context),
      created_at,
    })),
  );
}

/** The keys of these persons; a person whose key was destroyed is absent. */
export function readPersonKeys(
  fields: FieldCrypto,
  person_ids: readonly string[],
): Map<string, Uint8Array> {
  return new Map(
    [...fields.persons.read(person_ids)].map(([id, bytes]) => [
      id,
      Buffer.from(fields.open(bytes, context), 'hex'),
    ]),
  );
}

/**
 * Destroys keys: what was sealed under them is unreadable wherever it was copied, every salt derived
 * from them is gone, and the log stays valid. A repeat changes nothing.
 */
export async function destroyPersonKeys(
  fields: FieldCrypto,
  person_ids: readonly string[],
): Promise<void> {
  await fields.persons.remove(person_ids);
}

/** Seals every person's key anew under the active field key, after that key was changed. */
export async function resealPersonKeys(fields: FieldCrypto): Promise<number> {
  let done = 0;
  for (let after = ''; ;) {
    const ids = await fields.persons.page(after, 1000);
    if (ids.length === 0) return done;
    const keys = fields.persons.read(ids);
    await fields.persons.replace(
      [...keys].map(([person_id, bytes]) => ({
        person_id,
        sealed_key: fields.seal(fields.open(bytes, context), context),
      })),
    );
    done += keys.size;
    after = ids.at(-1) ?? after;
  }
}

/** How many persons' keys do not begin with `header`: are sealed under another field key than today's. */
export async function personKeysLeft(fields: FieldCrypto, header: Uint8Array): Promise<number> {
  let left = 0;
  for (let after = ''; ;) {
    const ids = await fields.persons.page(after, 1000);
    if (ids.length === 0) return left;
    for (const sealed of fields.persons.read(ids).values())
      if (Buffer.compare(sealed.subarray(0, header.length), header) !== 0) left += 1;
    after = ids.at(-1) ?? after;
  }
}

/** Whether this person's fields can be opened still. */
export function hasPersonKey(fields: FieldCrypto, person_id: string): boolean {
  return fields.persons.read([person_id]).size === 1;
}

/** The 128-bit salt of one event's log leaf (HMAC-SHA-256, cut); without the key nobody can guess it. */
export function eventSalt(person_key: Uint8Array, event_id: string): Uint8Array {
  return nodeHasher
    .hmac(person_key)(utf8(`leaf ${event_id}`))
    .subarray(0, 16);
}
