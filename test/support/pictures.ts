/** Pictures made of their parts, with what cameras write into them, for tests that look for it. */
export const traces = ['GPS-31.23N-121.47E', 'PhoneModel-9', 'taken 2026:11-20'] as const;

const segment = (code: number, body: Buffer): Buffer => {
  const head = Buffer.from([0xff, code, 0, 0]);
  head.writeUInt16BE(body.length + 2, 2);
  return Buffer.concat([head, body]);
};

/** An Exif segment with an orientation and the traces behind it. */
function exif(orientation: number): Buffer {
  const tiff = Buffer.from('49492a0008000000010012010300010000000000000000000000', 'hex');
  tiff.writeUInt16LE(orientation, 18);
  return segment(0xe1, Buffer.concat([Buffer.from('Exif\0\0'), tiff, Buffer.from(traces[0])]));
}

/** A JPEG with Exif, XMP, a comment, and a film hidden behind its end. */
export function jpegWithTraces(
  options: { width?: number; height?: number; orientation?: number; seed?: number } = {},
): Buffer {
  const { width = 40, height = 30, orientation = 6, seed = 1 } = options;
  const frame = Buffer.from([8, 0, 0, 0, 0, 1, 1, 0x11, 0]);
  frame.writeUInt16BE(height, 1);
  frame.writeUInt16BE(width, 3);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, Buffer.from('JFIF\0\x01\x01\0\0\x01\0\x01\0\0')),
    exif(orientation),
    segment(0xe1, Buffer.from(`http://ns.adobe.com/xap/1.0/\0${traces[1]}`)),
    segment(0xfe, Buffer.from(traces[2])),
    segment(0xdb, Buffer.alloc(65, 1)),
    segment(0xc0, frame),
    segment(0xda, Buffer.from([1, 1, 0, 0, 63, 0])),
    Buffer.from([0x12, 0xff, 0x00, 0x34, 0xff, 0xd0, 0x56, seed]),
    Buffer.from([0xff, 0xd9]),
    Buffer.from(`behind the end: ${traces[0]}`),
  ]);
}

const chunk = (name: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.writeUInt32BE(body.length);
  head.write(name, 4, 'latin1');
  return Buffer.concat([head, body, Buffer.alloc(4)]);
};

export function pngWithTraces(): Buffer {
  const head = Buffer.from('00000028000000200806000000', 'hex');
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', head),
    chunk('tEXt', Buffer.from(traces[1])),
    chunk('eXIf', Buffer.from(traces[0])),
    chunk('IDAT', Buffer.from([1, 2, 3])),
    chunk('tIME', Buffer.from(traces[2])),
    chunk('IEND', Buffer.alloc(0)),
    Buffer.from(traces[0]),
  ]);
}

const riff = (name: string, body: Buffer): Buffer => {
  const head = Buffer.alloc(8);
  head.write(name, 0, 'latin1');
  head.writeUInt32LE(body.length, 4);
  return Buffer.concat([head, body, Buffer.alloc(body.length % 2)]);
};

export function webpWithTraces(): Buffer {
  const wide = Buffer.from([0b0010_1100, 0, 0, 0, 39, 0, 0, 29, 0, 0]);
  const body = Buffer.concat([
    Buffer.from('WEBP'),
    riff('VP8X', wide),
    riff('VP8 ', Buffer.from([0, 0, 0, 0x9d, 0x01, 0x2a, 40, 0, 30, 0])),
    riff('EXIF', Buffer.from(traces[0])),
    riff('XMP ', Buffer.from(traces[1])),
  ]);
  return riff('RIFF', body);
}
