import type { FieldCrypto } from '../../platform/crypto/index.ts';
import type { Queryable } from '../../platform/db.ts';
import type { ValidDocument } from '../documents/index.ts';
import { erasedIndex, hex } from '../sealing.ts';
import { idsOfErased } from './store.ts';

/* Who had their data deleted and comes back is the same person to running rules, and to nothing else. */

export { revivePersons } from './store.ts';

/**
 * The ids under which these documents' holders were known before their data was deleted, while a
 * restriction, a loss or a no-show of theirs still runs; undefined for everybody else.
 */
export async function erasedPersons(
  db: Queryable,
  fields: FieldCrypto,
  documents: readonly ValidDocument[],
): Promise<(string | undefined)[]> {
  const pseudonyms = documents.map(({ type, number }) => hex(erasedIndex(fields, type, number)));
  const ids = await idsOfErased(db, pseudonyms);
  return pseudonyms.map((pseudonym) => ids.get(pseudonym));
}

export async function erasedPerson(
  ctx: { db: Queryable; fields: FieldCrypto },
  document: ValidDocument,
): Promise<string | undefined> {
  return (await erasedPersons(ctx.db, ctx.fields, [document]))[0];
}
