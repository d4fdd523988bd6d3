// SHA-256 (FIPS 180-4) with access to the state between blocks, which neither the platform nor the hash
// library offers: HMAC under one key over a million short messages then costs two blocks a message
// instead of four and no call into native code.

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;

const INITIAL = Int32Array.of(
  0x6a09e667,
  0xbb67ae85,
  0x3c6ef372,
  0xa54ff53a,
  0x510e527f,
  0x9b05688c,
  0x1f83d9ab,
  0x5be0cd19,
);
const ROUND_CONSTANTS = cubeRootFractions();
const schedule = new Int32Array(64);

/** The first 32 bits of the fractional parts of the cube roots of the first 64 primes. */
function cubeRootFractions(): Int32Array {
  const constants = new Int32Array(64);
  let found = 0;
  for (let candidate = 2; found < 64; candidate++) {
    let isPrime = true;
    for (let divisor = 2; divisor * divisor <= candidate; divisor++) {
      if (candidate % divisor === 0) isPrime = false;
    }
    if (isPrime) constants[found++] = cubeRootFraction(BigInt(candidate));
  }
  return constants;
}

// Whole-number search for ⌊∛p · 2^32⌋: doubles would lose the last bits.
function cubeRootFraction(prime: bigint): number {
  const target = prime << 96n;
  let root = 0n;
  for (let bit = 1n << 36n; bit > 0n; bit >>= 1n) {
    if ((root + bit) ** 3n <= target) root += bit;
  }
  return Number(BigInt.asIntN(32, root));
}

/** Absorbs the 64 bytes of `block` from `offset` into `state` (eight words). */
function absorb(state: Int32Array, block: Uint8Array, offset: number): void {
  const w = schedule;
  for (let i = 0, at = offset; i < 16; i++, at += 4) {
    w[i] = (block[at]! << 24) | (block[at + 1]! << 16) | (block[at + 2]! << 8) | block[at + 3]!;
  }
  for (let i = 16; i < 64; i++) {
    const early = w[i - 15]!;
    const late = w[i - 2]!;
    const s0 = ((early >>> 7) | (early << 25)) ^ ((early >>> 18) | (early << 14)) ^ (early >>> 3);
    const s1 = ((late >>> 17) | (late << 15)) ^ ((late >>> 19) | (late << 13)) ^ (late >>> 10);
    w[i] = (w[i - 16]! + s0 + w[i - 7]! + s1) | 0;
  }
  let a = state[0]!;
  let b = state[1]!;
  let c = state[2]!;
  let d = state[3]!;
  let e = state[4]!;
  let f = state[5]!;
  let g = state[6]!;
  let h = state[7]!;
  for (let i = 0; i < 64; i++) {
    const s1 = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
    const t1 = (h + s1 + ((e & f) ^ (~e & g)) + ROUND_CONSTANTS[i]! + w[i]!) | 0;
    const s0 = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
    const t2 = (s0 + ((a & b) ^ (a & c) ^ (b & c))) | 0;
    h = g;
    g = f;
    f = e;
    e = (d + t1) | 0;
    d = c;
    c = b;
    b = a;
    a = (t1 + t2) | 0;
  }
  state[0] = (state[0]! + a) | 0;
  state[1] = (state[1]! + b) | 0;
  state[2] = (state[2]! + c) | 0;
  state[3] = (state[3]! + d) | 0;
  state[4] = (state[4]! + e) | 0;
  state[5] = (state[5]! + f) | 0;
  state[6] = (state[6]! + g) | 0;
  state[7] = (state[7]! + h) | 0;
}

const working = new Int32Array(8);
const tail = new Uint8Array(2 * BLOCK_BYTES);

/** Continues from `midstate` (which has absorbed one block) over `message` and writes the digest. */
function finish(midstate: Int32Array, message: Uint8Array, into: Uint8Array): void {
  for (let i = 0; i < 8; i++) working[i] = midstate[i]!;
  let offset = 0;
  for (; offset + BLOCK_BYTES <= message.length; offset += BLOCK_BYTES) {
    absorb(working, message, offset);
  }
  const rest = message.length - offset;
  const end = rest < BLOCK_BYTES - 8 ? BLOCK_BYTES : 2 * BLOCK_BYTES;
  for (let i = 0; i < rest; i++) tail[i] = message[offset + i]!;
  tail[rest] = 0x80;
  for (let i = rest + 1; i < end; i++) tail[i] = 0;
  const bits = (BLOCK_BYTES + message.length) * 8;
  for (let i = 1, value = bits; value > 0; i++, value = Math.floor(value / 256))
    tail[end - i] = value;
  absorb(working, tail, 0);
  if (end > BLOCK_BYTES) absorb(working, tail, BLOCK_BYTES);
  for (let i = 0; i < DIGEST_BYTES; i++) into[i] = working[i >> 2]! >>> (24 - 8 * (i & 3));
}

/**
 * HMAC-SHA-256 under a key of at most 64 bytes with its pads absorbed once. Returns a function from
 * message and 32-byte target to the target. RangeError for a longer key (hash it first).
 */
export function midstateHmac(
  key: Uint8Array,
): (message: Uint8Array, into: Uint8Array) => Uint8Array {
  if (key.length > BLOCK_BYTES) throw new RangeError('an HMAC key of more than one block');
  const [inner, outer] = [0x36, 0x5c].map((pad) => {
    const block = new Uint8Array(BLOCK_BYTES).fill(pad);
    key.forEach((byte, i) => (block[i] = byte ^ pad));
    const state = INITIAL.slice();
    absorb(state, block, 0);
    return state;
  }) as [Int32Array, Int32Array];
  const digest = new Uint8Array(DIGEST_BYTES);
  return (message, into) => {
    finish(inner, message, digest);
    finish(outer, digest, into);
    return into;
  };
}
