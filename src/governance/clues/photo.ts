import type { CleanPhoto } from './clean-photo.ts';
import { readJpeg } from './photo-jpeg.ts';
import { readPng, readWebp } from './photo-png-webp.ts';

export type PhotoFault = 'not-a-picture' | 'broken' | 'too-many-pixels';

/** Whoever opens a photo must not wait for a picture made to fill their memory. */
const pixels_max = 60_000_000;
const side_max = 16_384;

/**
 * Reads a photo by its first bytes, whatever it is called, and keeps of it only what draws it: the
 * place, the camera and the hour that phones write into pictures are left out.
 * @returns the picture, or what is wrong with it.
 */
export function cleanPhoto(bytes: Buffer): CleanPhoto | PhotoFault {
  const read = readerOf(bytes);
  if (!read) return 'not-a-picture';
  const photo = read(bytes);
  if (!photo) return 'broken';
  const { width, height } = photo;
  if (width < 1 || height < 1) return 'broken';
  if (width > side_max || height > side_max || width * height > pixels_max)
    return 'too-many-pixels';
  return photo;
}

function readerOf(bytes: Buffer): ((bytes: Buffer) => CleanPhoto | undefined) | undefined {
  if (bytes.subarray(0, 3).equals(Buffer.from([0xff, 0xd8, 0xff]))) return readJpeg;
  if (bytes.subarray(0, 8).equals(Buffer.from('89504e470d0a1a0a', 'hex'))) return readPng;
  if (bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP')
    return readWebp;
  return undefined;
}
