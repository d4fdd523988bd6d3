import { createHash, randomBytes, randomFillSync, randomInt } from 'node:crypto';

/** The only source of chance. */
export type Random = {
  bytes(length: number): Uint8Array;
  /** A whole number in [0, limit). */
  below(limit: number): number;
};

// Asking the system costs as much for 16 bytes as for 8,192, and an id is needed for every row.
const pool = Buffer.alloc(8192);
const pooled_max = 64;
let pool_left = 0;

function pooledBytes(length: number): Uint8Array {
  if (length > pooled_max) return randomBytes(length);
  if (pool_left < length) {
    randomFillSync(pool);
    pool_left = pool.length;
  }
  const from = pool_left - length;
  const bytes = Uint8Array.from(pool.subarray(from, pool_left));
  // What was given out is forgotten here: a key must not lie in memory twice.
  pool.fill(0, from, pool_left);
  pool_left = from;
  return bytes;
}

export const systemRandom: Random = {
  bytes: pooledBytes,
  below: (limit) => randomInt(limit),
};

/** Reproducible bytes for tests, the laboratory and demos; never for keys of a real installation. */
export function seededRandom(seed: string): Random {
  let counter = 0;
  const bytes = (length: number): Uint8Array => {
    const out = Buffer.alloc(length);
    for (let at = 0; at < length; at += 32) {
      createHash('sha256').update(`${seed}:${counter++}`).digest().copy(out, at);
    }
    return out;
  };
  return {
    bytes,
    below: (limit) => Number(Buffer.from(bytes(8)).readBigUInt64BE() % BigInt(limit)),
  };
}
