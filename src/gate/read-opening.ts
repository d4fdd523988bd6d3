import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db.ts';
import { Problem } from '../platform/problem.ts';
import { roomUnknown } from './errors.ts';
import { key_place } from './room.ts';
import { readRoom } from './store.ts';

/** How an early place follows from what is published; `rules.ts` does just this. */
const rule =
  'value = first 16 hexadecimal digits of HMAC-SHA-256(release_key, ' +
  '"zhenghao early place v1\\n<room_id>\\n<patient_id>\\n"); smaller values go first';

/**
 * What anybody needs to compute early places again: the hash that was committed before opening, and the
 * key once the room has opened; null before.
 * @throws Problem gate/room-unknown.
 */
export async function readOpening(ctx: { db: Db; fields: FieldCrypto }, room_id: string) {
  const row = await readRoom(ctx.db, room_id);
  if (!row) throw new Problem(roomUnknown);
  return {
    room_id,
    opens_at: row.opens_at.toISOString(),
    release_key_sha256: row.release_key_sha256.toString('hex'),
    release_key: row.state === 'announced' ? null : ctx.fields.open(row.sealed_release_key, key_place), // prettier-ignore
    early_count: row.early_count,
    rule,
  };
}
