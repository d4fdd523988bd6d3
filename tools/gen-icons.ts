import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { projectFolder } from '../src/platform/project.ts';

// The sign of the site as PNG, for the home screens of phones: 正 in white on green. It is five straight
// strokes, so it is drawn here, and no program for pictures is needed. Run when the sign changes:
// node tools/gen-icons.ts.

type Box = { left: number; top: number; right: number; bottom: number };

const green = [0x0b, 0x57, 0x52] as const;
const white = [0xff, 0xff, 0xff] as const;

/** The strokes of 正 in a square of 100. */
const strokes: Box[] = [
  { left: 24, top: 25, right: 76, bottom: 33 },
  { left: 46, top: 25, right: 54, bottom: 75 },
  { left: 50, top: 46, right: 72, bottom: 54 },
  { left: 30, top: 44, right: 38, bottom: 75 },
  { left: 20, top: 69, right: 80, bottom: 77 },
];

const isInside = (x: number, y: number, box: Box): boolean =>
  x >= box.left && x < box.right && y >= box.top && y < box.bottom;

function picture(size: number): Buffer {
  const rows: number[] = [];
  for (let y = 0; y < size; y++) {
    rows.push(0);
    for (let x = 0; x < size; x++) {
      const [across, down] = [((x + 0.5) * 100) / size, ((y + 0.5) * 100) / size];
      rows.push(...(strokes.some((stroke) => isInside(across, down, stroke)) ? white : green));
    }
  }
  return Buffer.from(rows);
}

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(data.length);
  const sum = Buffer.alloc(4);
  sum.writeUInt32BE(crc32(body));
  return Buffer.concat([length, body, sum]);
}

function png(size: number): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(size, 0);
  header.writeUInt32BE(size, 4);
  header.set([8, 2, 0, 0, 0], 8); // eight bits of red, green and blue
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(picture(size), { level: 9 })),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

for (const size of [192, 512])
  writeFileSync(join(projectFolder, `web/public/icon-${size}.png`), png(size));
