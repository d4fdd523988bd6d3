// Writes the WebAssembly module behind `sha256-lanes.ts`: SHA-256 over four messages side by side, one in
// each 32-bit lane of a 128-bit vector. Assembled here from its instructions, so that what runs can be read.

/** Where the module expects the 64 round constants in its memory. */
export const CONSTANTS_AT = 0;

/** hash(init, from, stride, blocks, to, toStride, groups); see {@link sha256Module}. */
export type LanesFunction = (
  ...args: [number, number, number, number, number, number, number]
) => void;

type Code = readonly number[];

const ROUNDS = 64;
const ROUNDS_AT_ONCE = 16;
const BLOCK_BYTES = 64;
const LANES = [0, 1, 2, 3] as const;

const I32 = 0x7f;
const V128 = 0x7b;
const EMPTY_BLOCK_TYPE = 0x40;

// Parameters and locals by number: seven parameters, then the vectors, then the counters.
const [INIT, FROM, STRIDE, BLOCKS, TO, TO_STRIDE, GROUPS] = [0, 1, 2, 3, 4, 5, 6];
const WORKING = 7;
const STATE = WORKING + 8;
const WORDS = STATE + 8;
const ROW = WORDS + 16;
const VECTORS = 8 + 8 + 16 + 4;
const POINTER = ROW + 4;
const BLOCK = POINTER + 1;
const CONSTANTS = POINTER + 2;
const COUNTERS = 3;

function unsigned(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return [...bytes, rest];
    bytes.push((rest % 128) | 128);
  }
}

function signed(value: number): number[] {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    if (rest >= -64 && rest < 64) return [...bytes, rest & 127];
    bytes.push((rest & 127) | 128);
  }
}

const seq = (...codes: readonly Code[]): number[] => codes.flat();
const vector = (code: number, ...immediates: number[]): number[] => [
  0xfd,
  ...unsigned(code),
  ...immediates,
];
const get = (local: number): number[] => [0x20, ...unsigned(local)];
const set = (local: number): number[] => [0x21, ...unsigned(local)];
const tee = (local: number): number[] => [0x22, ...unsigned(local)];
const number = (value: number): number[] => [0x41, ...signed(value)];
const plus = (a: Code, b: Code): number[] => seq(a, b, [0x6a]);
const times = (a: Code, b: Code): number[] => seq(a, b, [0x6c]);
const load = (address: Code, offset: number): number[] =>
  seq(address, vector(0x00, 0, ...unsigned(offset)));
const loadSplat = (address: Code, offset: number): number[] =>
  seq(address, vector(0x09, 2, ...unsigned(offset)));
const store = (address: Code, value: Code, offset: number): number[] =>
  seq(address, value, vector(0x0b, 0, ...unsigned(offset)));
const add = (a: Code, ...rest: readonly Code[]): number[] =>
  rest.reduce<number[]>((sum, b) => seq(sum, b, vector(0xae)), [...a]);
const xor = (a: Code, ...rest: readonly Code[]): number[] =>
  rest.reduce<number[]>((sum, b) => seq(sum, b, vector(0x51)), [...a]);
const shiftRight = (a: Code, bits: number): number[] => seq(a, number(bits), vector(0xad));
const shiftLeft = (a: Code, bits: number): number[] => seq(a, number(bits), vector(0xab));
const rotate = (a: Code, bits: number): number[] =>
  seq(shiftRight(a, bits), shiftLeft(a, 32 - bits), vector(0x50));
/** Bits of `a` where `mask` is 1, of `b` where it is 0. */
const select = (a: Code, b: Code, mask: Code): number[] => seq(a, b, mask, vector(0x52));
const shuffle = (a: Code, b: Code, bytes: readonly number[]): number[] =>
  seq(a, b, vector(0x0d, ...bytes));
/** Runs the body while the counter, lowered by one after each run, is not zero; it must start above zero. */
const repeat = (counter: number, body: Code): number[] =>
  seq(
    [0x03, EMPTY_BLOCK_TYPE],
    body,
    plus(get(counter), number(-1)),
    tee(counter),
    [0x0d, 0],
    [0x0b],
  );

/** Word `i` of a pair of vectors (0–3 the first's, 4–7 the second's), its bytes turned round. */
const turned = (i: number): number[] => [4 * i + 3, 4 * i + 2, 4 * i + 1, 4 * i];
const LOW_WORDS = [0, 4, 1, 5].flatMap(turned);
const HIGH_WORDS = [2, 6, 3, 7].flatMap(turned);
const LOW_HALVES = [0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23];
const HIGH_HALVES = LOW_HALVES.map((byte) => byte + 8);

/** Turns four rows of words into four columns, each word's bytes reversed: both ways, rows and lanes. */
function transpose(rows: readonly Code[], into: (column: number) => Code): number[] {
  const [a, b, c, d] = rows as [Code, Code, Code, Code];
  const halves = [
    shuffle(a, b, LOW_WORDS),
    shuffle(a, b, HIGH_WORDS),
    shuffle(c, d, LOW_WORDS),
    shuffle(c, d, HIGH_WORDS),
  ];
  const kept = halves.map((half, i) => seq(half, set(ROW + i)));
  const [ab0, ab1] = [get(ROW), get(ROW + 1)];
  const [cd0, cd1] = [get(ROW + 2), get(ROW + 3)];
  return seq(
    ...kept,
    shuffle(ab0, cd0, LOW_HALVES),
    into(0),
    shuffle(ab0, cd0, HIGH_HALVES),
    into(1),
    shuffle(ab1, cd1, LOW_HALVES),
    into(2),
    shuffle(ab1, cd1, HIGH_HALVES),
    into(3),
  );
}

/** One round of FIPS 180-4, 6.2.2; instead of moving eight values their names move by one each round. */
function round(t: number): number[] {
  const name = (i: number): number => WORKING + ((i + 8 * ROUNDS - t) % 8);
  const [a, b, c, d] = [get(name(0)), get(name(1)), get(name(2)), get(name(3))];
  const [e, f, g, h] = [get(name(4)), get(name(5)), get(name(6)), get(name(7))];
  const sum1 = xor(rotate(e, 6), rotate(e, 11), rotate(e, 25));
  const sum0 = xor(rotate(a, 2), rotate(a, 13), rotate(a, 22));
  const constant = loadSplat(get(CONSTANTS), CONSTANTS_AT + 4 * t);
  const choice = select(f, g, e);
  const majority = select(c, b, xor(a, b));
  return seq(
    add(h, get(WORDS + t), constant, sum1, choice),
    set(name(7)),
    add(d, h),
    set(name(3)),
    add(h, sum0, majority),
    set(name(7)),
  );
}

/** Word t + 16 of the message schedule, in the place of word t. */
function nextWord(t: number): number[] {
  const word = (i: number): Code => get(WORDS + (i % ROUNDS_AT_ONCE));
  const [early, late] = [word(t + 1), word(t + 14)];
  const sigma0 = xor(rotate(early, 7), rotate(early, 18), shiftRight(early, 3));
  const sigma1 = xor(rotate(late, 17), rotate(late, 19), shiftRight(late, 10));
  return seq(add(word(t), sigma0, word(t + 9), sigma1), set(WORDS + t));
}

function compressBlock(): number[] {
  const sixteen = Array.from({ length: ROUNDS_AT_ONCE }, (_, t) => t);
  const eight = sixteen.slice(0, 8);
  const message = LANES.map((part) =>
    transpose(
      LANES.map((lane) => load(plus(get(POINTER), times(get(STRIDE), number(lane))), 16 * part)),
      (word) => set(WORDS + 4 * part + word),
    ),
  );
  return seq(
    ...message,
    ...eight.map((i) => seq(get(STATE + i), set(WORKING + i))),
    number(0),
    set(CONSTANTS),
    ...sixteen.map(round),
    // The remaining three times sixteen rounds; CONSTANTS runs 64, 128, 192 as an address and a counter.
    [0x03, EMPTY_BLOCK_TYPE],
    plus(get(CONSTANTS), number(4 * ROUNDS_AT_ONCE)),
    set(CONSTANTS),
    ...sixteen.map((t) => seq(nextWord(t), round(t))),
    get(CONSTANTS),
    number(4 * (ROUNDS - ROUNDS_AT_ONCE)),
    [0x48, 0x0d, 0, 0x0b],
    ...eight.map((i) => seq(add(get(STATE + i), get(WORKING + i)), set(STATE + i))),
    plus(get(POINTER), number(BLOCK_BYTES)),
    set(POINTER),
  );
}

function hashGroup(): number[] {
  const eight = [0, 1, 2, 3, 4, 5, 6, 7];
  const digests = [0, 4].map((half) =>
    seq(
      transpose(
        LANES.map((i) => get(STATE + half + i)),
        (lane) => set(WORDS + lane),
      ),
      ...LANES.map((lane) => {
        const address = plus(get(TO), times(get(TO_STRIDE), number(lane)));
        return store(address, get(WORDS + lane), 4 * half);
      }),
    ),
  );
  return seq(
    ...eight.map((i) => seq(loadSplat(get(INIT), 4 * i), set(STATE + i))),
    seq(get(FROM), set(POINTER), get(BLOCKS), set(BLOCK)),
    repeat(BLOCK, compressBlock()),
    ...digests,
    seq(plus(get(FROM), times(get(STRIDE), number(4))), set(FROM)),
    seq(plus(get(TO), times(get(TO_STRIDE), number(4))), set(TO)),
  );
}

const sized = (content: Code): number[] => [...unsigned(content.length), ...content];
const section = (id: number, ...items: readonly Code[]): number[] => [
  id,
  ...sized(seq(unsigned(items.length), ...items)),
];
const name = (text: string): number[] => sized(Array.from(text, (one) => one.charCodeAt(0)));

/**
 * The bytes of a module that imports memory `m.m` and exports `hash(init, from, stride, blocks, to,
 * toStride, groups)`: for each of `groups` groups of four messages, starts from the eight 32-bit words at
 * `init` (the machine's byte order), takes `blocks` blocks of 64 bytes of each message, padding included,
 * and writes the digests. Message n begins at `from + n·stride`, its digest at `to + n·toStride`.
 */
export function sha256Module(): Uint8Array<ArrayBuffer> {
  const body = seq(
    [2, ...unsigned(VECTORS), V128, COUNTERS, I32],
    repeat(GROUPS, hashGroup()),
    [0x0b],
  );
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [0x60, 7, ...LANES.map(() => I32), I32, I32, I32, 0]),
    ...section(2, [...name('m'), ...name('m'), 0x02, 0x00, 1]),
    ...section(3, [0]),
    ...section(7, [...name('hash'), 0x00, 0]),
    ...section(10, sized(body)),
  ]);
}
