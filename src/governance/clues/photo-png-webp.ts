import type { CleanPhoto } from './clean-photo.ts';

/** Chunks without which a PNG looks different; text, time and Exif are not among them. */
const drawn = new Set(['IHDR', 'PLTE', 'IDAT', 'IEND', 'tRNS', 'gAMA', 'sRGB', 'cHRM']);

/** A PNG with the chunks that draw it, ending at its end. */
export function readPng(bytes: Buffer): CleanPhoto | undefined {
  const kept = [bytes.subarray(0, 8)];
  const seen = new Set<string>();
  for (let at = 8; ;) {
    if (at + 12 > bytes.length) return undefined;
    const end = at + 12 + bytes.readUInt32BE(at);
    const name = bytes.toString('latin1', at + 4, at + 8);
    if (end > bytes.length || !/^[A-Za-z]{4}$/.test(name)) return undefined;
    if (at === 8 && (name !== 'IHDR' || end - at !== 25)) return undefined;
    if (drawn.has(name)) kept.push(bytes.subarray(at, end));
    seen.add(name);
    at = end;
    if (name === 'IEND') break;
  }
  if (!seen.has('IDAT')) return undefined;
  const size = { width: bytes.readUInt32BE(16), height: bytes.readUInt32BE(20) };
  return { kind: 'png', ...size, bytes: Buffer.concat(kept) };
}

const pictures = new Set(['VP8 ', 'VP8L', 'VP8X', 'ALPH', 'ANIM', 'ANMF']);

/** In the flags of VP8X: colour profile, Exif and XMP follow. */
const said_extras = 0b0010_1100;

/** A WebP without Exif, XMP and colour profile, and without the flags that announce them. */
export function readWebp(bytes: Buffer): CleanPhoto | undefined {
  const kept: Buffer[] = [];
  let size: { width: number; height: number } | undefined;
  const whole = Math.min(bytes.length, 8 + bytes.readUInt32LE(4));
  for (let at = 12; at + 8 <= whole;) {
    const name = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const end = at + 8 + length + (length % 2);
    if (end > whole) return undefined;
    const chunk = Buffer.from(bytes.subarray(at, end));
    size ??= sizeOf(name, chunk.subarray(8));
    if (name === 'VP8X') chunk[8] = (chunk[8] ?? 0) & ~said_extras;
    if (pictures.has(name)) kept.push(chunk);
    at = end;
  }
  if (!size) return undefined;
  const body = Buffer.concat(kept);
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  head.writeUInt32LE(body.length + 4, 4);
  return { kind: 'webp', ...size, bytes: Buffer.concat([head, body]) };
}

function sizeOf(name: string, data: Buffer): { width: number; height: number } | undefined {
  if (name === 'VP8X' && data.length >= 10)
    return { width: data.readUIntLE(4, 3) + 1, height: data.readUIntLE(7, 3) + 1 };
  if (name === 'VP8 ' && data.length >= 10)
    return { width: data.readUInt16LE(6) & 0x3fff, height: data.readUInt16LE(8) & 0x3fff };
  if (name === 'VP8L' && data.length >= 5) {
    const bits = data.readUInt32LE(1);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  return undefined;
}
