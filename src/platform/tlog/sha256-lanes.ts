import { concatBytes, equalBytes, u32be } from './bytes.ts';
import { nobleHasher } from './hasher.ts';
import { CONSTANTS_AT, sha256Module, type LanesFunction } from './sha256-module.ts';

// SHA-256 of many short messages, four at a time, in WebAssembly: several times cheaper than a call each
// into a native library, in Node and in browsers alike. `hash-rows.ts` does without where there is none.

export const BLOCK_BYTES = 64;
export const DIGEST_BYTES = 32;

const STATE_WORDS = 8;
const PAGE_BYTES = 65_536;
const START_AT = CONSTANTS_AT + 256;
const KEYED_AT = START_AT + 4 * STATE_WORDS;
const FREE_AT = 1024;

/** Messages that lie in the engine's memory, padded to blocks; addresses are positions in that memory. */
export type HashJob = {
  count: number;
  /** Blocks of 64 bytes of every message. */
  blocks: number;
  /** Message n begins at `from + n·stride`. */
  from: number;
  stride: number;
  /** Digest n goes to `to + n·toStride`. */
  to: number;
  toStride: number;
  /** Where the hash starts; SHA-256's own initial value if absent. */
  state?: Uint32Array;
};

/** The engine and the memory it works in, of a fixed size. */
export type Lanes = {
  memory: Uint8Array;
  /** Works in fours: up to three messages past the last are read, and their digests written. */
  hash(job: HashJob): void;
  /** The state after one block, to start hashes from: the prepared key of an HMAC. Uses the first 128 bytes. */
  stateAfter(block: Uint8Array): Uint32Array;
};

let fractions: ReturnType<typeof rootFractions> | undefined;
let compiled: WebAssembly.Module | null | undefined;

/** A fresh engine with `bytes` of memory; null where WebAssembly or its vectors are missing or forbidden. */
export function openLanes(bytes: number): Lanes | null {
  if (compiled === undefined) compiled = compile();
  return compiled && instance(compiled, bytes);
}

function compile(): WebAssembly.Module | null {
  try {
    const module = new WebAssembly.Module(sha256Module());
    // An engine that disagrees with the portable hasher is not used.
    const block = Uint8Array.from({ length: BLOCK_BYTES }, (_, i) => (i === 32 ? 0x80 : i & 31));
    block.set([1, 0], BLOCK_BYTES - 2);
    block.fill(0, 33, BLOCK_BYTES - 2);
    const state = instance(module, 4 * BLOCK_BYTES).stateAfter(block);
    const digest = concatBytes(...Array.from(state, u32be));
    return equalBytes(digest, nobleHasher.sha256(block.subarray(0, 32))) ? module : null;
  } catch {
    return null; // an engine without vectors, or a content policy that forbids WebAssembly
  }
}

function instance(module: WebAssembly.Module, bytes: number): Lanes {
  const memory = new WebAssembly.Memory({ initial: Math.ceil((FREE_AT + bytes) / PAGE_BYTES) });
  const { exports } = new WebAssembly.Instance(module, { m: { m: memory } });
  return lanesOver(memory.buffer, exports['hash'] as LanesFunction);
}

function lanesOver(buffer: ArrayBuffer, run: LanesFunction): Lanes {
  const words = new DataView(buffer);
  const memory = new Uint8Array(buffer, FREE_AT);
  fractions ??= rootFractions();
  const { initial, constants } = fractions;
  // WebAssembly is little-endian whatever the machine.
  const write = (at: number, values: ArrayLike<number>): void => {
    for (let i = 0; i < values.length; i++) words.setUint32(at + 4 * i, values[i] as number, true);
  };
  write(CONSTANTS_AT, constants);
  write(START_AT, initial);
  function hash({ count, blocks, from, stride, to, toStride, state }: HashJob): void {
    if (count === 0) return;
    if (state) write(KEYED_AT, state);
    const start = state ? KEYED_AT : START_AT;
    run(start, FREE_AT + from, stride, blocks, FREE_AT + to, toStride, Math.ceil(count / 4));
  }
  function stateAfter(block: Uint8Array): Uint32Array {
    memory.set(block);
    hash({ count: 1, blocks: 1, from: 0, stride: 0, to: BLOCK_BYTES, toStride: 0 });
    const at = FREE_AT + BLOCK_BYTES;
    return Uint32Array.from({ length: STATE_WORDS }, (_, i) => words.getUint32(at + 4 * i));
  }
  return { memory, hash, stateAfter };
}

/** FIPS 180-4, 4.2.2 and 5.3.3: 32 bits of the roots of the first primes, behind the point. */
function rootFractions(): { initial: number[]; constants: number[] } {
  const bits = (root: number): number => Math.floor((root % 1) * 2 ** 32);
  const primes: number[] = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((prime) => n % prime)) primes.push(n);
  return {
    initial: primes.slice(0, STATE_WORDS).map((prime) => bits(Math.sqrt(prime))),
    constants: primes.map((prime) => bits(Math.cbrt(prime))),
  };
}
