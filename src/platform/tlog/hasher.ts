import { hmac } from '@noble/hashes/hmac.js';
import { sha256 } from '@noble/hashes/sha2.js';

/** A MAC with its key already absorbed; writes into `into` when given (32 bytes), else into a new array. */
export type Mac = (message: Uint8Array, into?: Uint8Array) => Uint8Array;

/**
 * The two hash primitives of the log and the draw, injected so that a server can pass a native
 * implementation while a browser uses the portable one. Results are 32 bytes.
 */
export type Hasher = {
  sha256(bytes: Uint8Array, into?: Uint8Array): Uint8Array;
  /** HMAC-SHA-256; the key schedule is done once for all messages under the key. */
  hmac(key: Uint8Array): Mac;
};

const freshSha256 = sha256.create();
const workingSha256 = sha256.create();

/** Portable {@link Hasher} (no Node modules), for browsers and as the default. */
export const nobleHasher: Hasher = {
  sha256(bytes, into = new Uint8Array(32)) {
    // Re-using one state object saves an allocation and a clear per hash.
    freshSha256._cloneInto(workingSha256);
    workingSha256.update(bytes).digestInto(into);
    return into;
  },
  hmac(key) {
    const keyed = hmac.create(sha256, key);
    const working = keyed.clone();
    return (message, into = new Uint8Array(32)) => {
      keyed._cloneInto(working);
      working.update(message).digestInto(into);
      return into;
    };
  },
};
