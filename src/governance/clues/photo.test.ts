import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  jpegWithTraces,
  pngWithTraces,
  traces,
  webpWithTraces,
} from '../../../test/support/pictures.ts';
import type { CleanPhoto } from './clean-photo.ts';
import { cleanPhoto } from './photo.ts';

function cleaned(bytes: Buffer): CleanPhoto {
  const photo = cleanPhoto(bytes);
  if (typeof photo === 'string') throw new Error(photo);
  return photo;
}

test('a photo keeps what draws it; place, camera, hour and what hides behind its end are gone', () => {
  for (const [kind, bytes] of [
    ['jpeg', jpegWithTraces()],
    ['png', pngWithTraces()],
    ['webp', webpWithTraces()],
  ] as const) {
    const photo = cleaned(bytes);
    assert.equal(photo.kind, kind);
    for (const trace of traces) assert.ok(!photo.bytes.includes(trace), `${kind} tells ${trace}`);
    assert.deepEqual(cleaned(photo.bytes).bytes, photo.bytes, 'what is clean stays as it is');
  }
  assert.deepEqual(
    [jpegWithTraces(), pngWithTraces(), webpWithTraces()].map((bytes) => {
      const { width, height } = cleaned(bytes);
      return [width, height];
    }),
    [
      [40, 30],
      [40, 32],
      [40, 30],
    ],
  );
});

test('a JPEG taken upright stays upright: of Exif only which side is up is written anew', () => {
  const turned = cleaned(jpegWithTraces({ orientation: 6 })).bytes;
  const at = turned.indexOf('Exif\0\0');
  assert.ok(at > 0);
  assert.equal(turned.readUInt16BE(at - 2), 34, 'nothing else is in the segment');
  assert.equal(turned.readUInt16BE(at + 6 + 18), 6);
  assert.ok(!cleaned(jpegWithTraces({ orientation: 1 })).bytes.includes('Exif'));
  assert.ok(!cleaned(jpegWithTraces({ orientation: 99 })).bytes.includes('Exif'));
});

test('what is no picture, or ends too early, is refused and never half kept', () => {
  assert.equal(cleanPhoto(Buffer.from('<svg onload=alert(1)>')), 'not-a-picture');
  assert.equal(cleanPhoto(Buffer.from('GIF89a............')), 'not-a-picture');
  assert.equal(cleanPhoto(Buffer.alloc(0)), 'not-a-picture');
  for (const whole of [jpegWithTraces(), pngWithTraces(), webpWithTraces()]) {
    const photo = cleaned(whole);
    const drawn = photo.kind === 'webp' ? 12 : photo.bytes.length - 1;
    for (let length = 12; length < drawn; length++) {
      const part = cleanPhoto(photo.bytes.subarray(0, length));
      assert.equal(typeof part, 'string', `${photo.kind} cut at ${length}`);
    }
  }
});

test('a picture made to fill the reader’s memory is refused by its size alone', () => {
  const huge = { width: 16_000, height: 16_000 };
  assert.equal(cleanPhoto(jpegWithTraces(huge)), 'too-many-pixels');
  assert.equal(cleanPhoto(jpegWithTraces({ width: 0 })), 'broken');
});

test('random bytes behind a good beginning neither hang nor throw', () => {
  let state = 7;
  const next = (): number => (state = (state * 1103515245 + 12345) % 2 ** 31) % 256;
  for (const good of [jpegWithTraces(), pngWithTraces(), webpWithTraces()])
    for (let round = 0; round < 400; round++) {
      const bytes = Buffer.from(good);
      for (let n = 0; n < 6; n++)
        bytes[12 + ((next() * 256 + next()) % (bytes.length - 12))] = next();
      cleanPhoto(bytes);
    }
});
