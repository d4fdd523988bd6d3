import { createHash, randomBytes, randomInt } from 'node:crypto';

/** The only source of chance. */
export type Random = {
  bytes(length: number): Uint8Array;
  /** A whole number in [0, limit). */
  below(limit: number): number;
};

export const systemRandom: Random = {
  bytes: (length) => randomBytes(length),
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
