import type { CleanPhoto } from './clean-photo.ts';

const marker = { soi: 0xd8, eoi: 0xd9, sos: 0xda, app0: 0xe0, app1: 0xe1, app14: 0xee, app15: 0xef, com: 0xfe }; // prettier-ignore

/** Start-of-frame markers; C4, C8 and CC between them are something else. */
const isFrame = (code: number): boolean =>
  code >= 0xc0 && code <= 0xcf && code !== 0xc4 && code !== 0xc8 && code !== 0xcc;

/** Application data and comments but JFIF and Adobe, without which colours change. */
const isExtra = (code: number): boolean =>
  code === marker.com || (code >= marker.app1 && code <= marker.app15 && code !== marker.app14);

/** A JPEG without its extras, ending at its end; of Exif only which side is up is written anew. */
export function readJpeg(bytes: Buffer): CleanPhoto | undefined {
  const kept: Buffer[] = [];
  let size: { width: number; height: number } | undefined;
  let up = 1;
  let scans = 0;
  let at = 2;
  for (;;) {
    if (bytes[at] !== 0xff) return undefined;
    while (bytes[at + 1] === 0xff) at++; // fill bytes
    const code = bytes[at + 1];
    if (code === undefined) return undefined;
    if (code === marker.eoi) break;
    const end = at + 2 + (at + 4 <= bytes.length ? bytes.readUInt16BE(at + 2) : 0);
    if (end < at + 4 || end > bytes.length) return undefined;
    const segment = bytes.subarray(at, end);
    if (isFrame(code)) size = sizeOf(segment);
    if (code === marker.app1) up = orientationOf(segment) ?? up;
    if (!isExtra(code)) kept.push(segment);
    at = end;
    if (code !== marker.sos) continue;
    scans++;
    const next = endOfScan(bytes, at);
    if (next === undefined) return undefined;
    kept.push(bytes.subarray(at, next));
    at = next;
  }
  if (!size || scans === 0) return undefined;
  const start = Buffer.from([0xff, marker.soi]);
  const end = Buffer.from([0xff, marker.eoi]);
  const exif = up === 1 ? [] : [exifWith(up)];
  return { kind: 'jpeg', ...size, bytes: Buffer.concat([start, ...exif, ...kept, end]) };
}

function sizeOf(segment: Buffer): { width: number; height: number } | undefined {
  if (segment.length < 9) return undefined;
  return { height: segment.readUInt16BE(5), width: segment.readUInt16BE(7) };
}

/** Where the next marker stands after a scan's data; restart markers and stuffed zeros belong to it. */
function endOfScan(bytes: Buffer, from: number): number | undefined {
  for (let at = bytes.indexOf(0xff, from); at >= 0; at = bytes.indexOf(0xff, at + 1)) {
    const code = bytes[at + 1];
    if (code === undefined) return undefined;
    if (code !== 0 && code !== 0xff && !(code >= 0xd0 && code <= 0xd7)) return at;
  }
  return undefined;
}

/** The orientation (1–8) an Exif segment tells, if it does. */
function orientationOf(segment: Buffer): number | undefined {
  if (segment.toString('latin1', 4, 10) !== 'Exif\0\0') return undefined;
  const tiff = segment.subarray(10);
  if (tiff.length < 8) return undefined;
  const isLittle = tiff.toString('latin1', 0, 2) === 'II';
  const two = (at: number): number => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const first = isLittle ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  if (first + 2 > tiff.length) return undefined;
  for (let entry = 0, count = two(first); entry < count; entry++) {
    const at = first + 2 + entry * 12;
    if (at + 12 > tiff.length) return undefined;
    if (two(at) !== 0x0112) continue;
    const value = two(at + 8);
    return value >= 1 && value <= 8 ? value : undefined;
  }
  return undefined;
}

/** An Exif segment that says which side is up, and nothing else. */
function exifWith(orientation: number): Buffer {
  const tiff = Buffer.from('4d4d002a00000008000101120003000000010000000000000000', 'hex');
  tiff.writeUInt16BE(orientation, 18);
  const body = Buffer.concat([Buffer.from('Exif\0\0', 'latin1'), tiff]);
  const head = Buffer.from([0xff, marker.app1, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
}
