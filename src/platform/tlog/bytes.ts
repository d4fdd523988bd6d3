// Byte helpers that run unchanged in Node and in a browser.

const encoder = new TextEncoder();
const strictDecoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
const HEX_DIGITS = encoder.encode('0123456789abcdef');
const ROWS_AT_ONCE = 4096;
const NOT_HEX = 255;
// The value of each ASCII character as a hex digit.
const HEX_VALUES = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = HEX_DIGITS.indexOf(code);
  return value < 0 ? NOT_HEX : value;
});

/** UTF-8 bytes of a text. */
export function utf8(text: string): Uint8Array {
  return encoder.encode(text);
}

/** Text of UTF-8 bytes; throws TypeError on bytes that are not UTF-8. A leading BOM is kept. */
export function utf8Text(bytes: Uint8Array): string {
  return strictDecoder.decode(bytes);
}

/** Lower-case hex of bytes. */
export function toHex(bytes: Uint8Array): string {
  // Through bytes and a decoder: adding up short strings is ten times slower.
  const digits = new Uint8Array(bytes.length * 2);
  for (let i = 0; i < bytes.length; i++) {
    const byte = bytes[i] ?? 0;
    digits[2 * i] = HEX_DIGITS[byte >> 4] ?? 0;
    digits[2 * i + 1] = HEX_DIGITS[byte & 15] ?? 0;
  }
  return strictDecoder.decode(digits);
}

/** Bytes `from` … `from + count` of an array. */
export type ByteRange = { bytes: Uint8Array; from: number; count: number };

// Both ASCII digits of every byte as one 16-bit number.
const HEX_PAIRS = Uint16Array.from(
  { length: 256 },
  (_, byte) => ((HEX_DIGITS[byte >> 4] as number) << 8) | (HEX_DIGITS[byte & 15] as number),
);

/** A writer of ASCII hex digits into `into`, at an offset there; for an even number of bytes. */
export function hexWriter(into: Uint8Array): (range: ByteRange, offset: number) => void {
  const view = new DataView(into.buffer, into.byteOffset, into.byteLength);
  return ({ bytes, from, count }, offset) => {
    for (let i = from, at = offset; i < from + count; i += 2, at += 4) {
      const high = HEX_PAIRS[bytes[i] as number] as number;
      const low = HEX_PAIRS[bytes[i + 1] as number] as number;
      view.setUint32(at, (high << 16) | low);
    }
  };
}

/** Lower-case hex of every `rowBytes` bytes; cheaper than {@link toHex} for each row. */
export function toHexRows(bytes: Uint8Array, rowBytes: number): string[] {
  const rows: string[] = [];
  const step = rowBytes * ROWS_AT_ONCE;
  for (let start = 0; start < bytes.length; start += step) {
    const text = toHex(bytes.subarray(start, start + step));
    for (let at = 0; at < text.length; at += 2 * rowBytes)
      rows.push(text.slice(at, at + 2 * rowBytes));
  }
  return rows;
}

/** True when the text is lower-case hex of exactly `byteLength` bytes. */
export function isHex(text: unknown, byteLength: number): text is string {
  return (
    typeof text === 'string' && text.length === 2 * byteLength && /^(?:[0-9a-f]{2})*$/.test(text)
  );
}

/** Bytes of lower-case hex; throws TypeError on anything else, upper case included. */
export function fromHex(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length >> 1);
  writeHex(text, bytes, 0);
  return bytes;
}

function writeHex(text: string, into: Uint8Array, offset: number): void {
  if (text.length % 2 !== 0) throw new TypeError('hex text of odd length');
  let seen = 0;
  for (let i = 0, at = offset; i < text.length; i += 2, at++) {
    const high = HEX_VALUES[text.charCodeAt(i)] ?? NOT_HEX;
    const low = HEX_VALUES[text.charCodeAt(i + 1)] ?? NOT_HEX;
    seen |= high | low;
    into[at] = (high << 4) | low;
  }
  if (seen >= 16) throw new TypeError('not lower-case hex');
}

/** Reads `count` bytes of lower-case ASCII hex digits into `into` at `offset`; false if it is none. */
export function readHexText(
  { text, from, count }: { text: Uint8Array; from: number; count: number },
  into: Uint8Array,
  offset: number,
): boolean {
  let seen = 0;
  for (let i = 0, at = from; i < count; i++, at += 2) {
    const high = HEX_VALUES[text[at] as number] ?? NOT_HEX;
    const low = HEX_VALUES[text[at + 1] as number] ?? NOT_HEX;
    seen |= high | low;
    into[offset + i] = (high << 4) | low;
  }
  return seen < 16;
}

/** Standard base64 with padding (RFC 4648 section 4). */
export function toBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}

/** Bytes of standard base64; throws TypeError unless the text is exactly what {@link toBase64} writes. */
export function fromBase64(text: string): Uint8Array {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) {
    throw new TypeError('not base64');
  }
  const bytes = Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  if (toBase64(bytes) !== text) throw new TypeError('base64 with stray bits');
  return bytes;
}

/** The parts one after another. */
export function concatBytes(...parts: readonly Uint8Array[]): Uint8Array {
  const joined = new Uint8Array(parts.reduce((total, part) => total + part.length, 0));
  let offset = 0;
  for (const part of parts) {
    joined.set(part, offset);
    offset += part.length;
  }
  return joined;
}

/** Unsigned 32-bit big-endian; throws RangeError outside 0 … 2^32 − 1. */
export function u32be(value: number): Uint8Array {
  if (!Number.isInteger(value) || value < 0 || value > 0xffffffff) {
    throw new RangeError('not an unsigned 32-bit integer');
  }
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** Unsigned 64-bit big-endian of a safe integer; throws RangeError outside 0 … 2^53 − 1. */
export function u64be(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0)
    throw new RangeError('not a safe unsigned integer');
  return concatBytes(u32be(Math.floor(value / 0x100000000)), u32be(value % 0x100000000));
}

/** The unsigned 32-bit big-endian integer at `offset`; throws RangeError past the end. */
export function readU32be(bytes: Uint8Array, offset = 0): number {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(offset);
}

/** The unsigned 64-bit big-endian integer at `offset`; throws RangeError past the end or above 2^53 − 1. */
export function readU64be(bytes: Uint8Array, offset = 0): number {
  const value = readU32be(bytes, offset) * 0x100000000 + readU32be(bytes, offset + 4);
  if (!Number.isSafeInteger(value)) throw new RangeError('64-bit integer beyond 2^53');
  return value;
}

/** True when both hold the same bytes. Not constant-time: everything compared here is public. */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}
