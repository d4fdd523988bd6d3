import { DrawError } from './errors.ts';
import { say, sentenceOf } from './sentence.ts';

// Reads .zip archives in Node and in browsers alike, so that both verifiers read the same files.

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_OF_DIRECTORY = 0x06054b50;
const END_BYTES = 22;
const COMMENT_MAX = 0xffff;
const UNPACKED_BYTES_MAX = 2 ** 30;
const STORED = 0;
const DEFLATED = 8;
const ENCRYPTED_FLAG = 1;

type Entry = { name: string; method: number; crc: number; size: number; packed: Uint8Array };

/** The files of an archive by path; DrawError 'bundle' with a plain sentence when it cannot be read. */
export async function unzip(archive: Uint8Array): Promise<Map<string, Uint8Array>> {
  const entries = readDirectory(archive);
  const total = entries.reduce((sum, { size }) => sum + size, 0);
  if (total > UNPACKED_BYTES_MAX) {
    throw refusal('解压后超过 1 GiB', 'it unpacks to more than 1 GiB');
  }
  const files = new Map<string, Uint8Array>();
  for (const entry of entries) {
    if (files.has(entry.name)) {
      throw refusal(`里面有两个 ${entry.name}`, `it holds ${entry.name} twice`);
    }
    files.set(entry.name, await unpack(entry));
  }
  return files;
}

function refusal(zh: string, en: string): DrawError {
  return new DrawError(
    'bundle',
    say(`压缩包读不出来：${zh}。`, `The .zip file cannot be read: ${en}.`),
  );
}

function readDirectory(archive: Uint8Array): Entry[] {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = findEnd(view);
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  const entries: Entry[] = [];
  try {
    for (let i = 0; i < count; i++) {
      if (view.getUint32(at, true) !== CENTRAL_HEADER) throw new RangeError('no header');
      const [nameBytes, extraBytes, commentBytes] = [28, 30, 32].map((offset) =>
        view.getUint16(at + offset, true),
      ) as [number, number, number];
      const entry = readEntry(archive, view, { at, nameBytes });
      if (!isClutter(entry.name)) entries.push(entry);
      at += 46 + nameBytes + extraBytes + commentBytes;
    }
  } catch (error) {
    if (error instanceof DrawError) throw error;
    throw refusal('文件不完整', 'it is cut off or damaged');
  }
  return entries;
}

// Folders, and what some systems add to every archive.
function isClutter(name: string): boolean {
  return name.endsWith('/') || name.startsWith('__MACOSX/') || name.endsWith('.DS_Store');
}

function findEnd(view: DataView): number {
  const last = view.byteLength - END_BYTES;
  for (let at = last; at >= Math.max(0, last - COMMENT_MAX); at--) {
    if (view.getUint32(at, true) === END_OF_DIRECTORY) return at;
  }
  throw refusal('它不是 .zip 文件，或者没有下载完整', 'it is not a whole .zip file');
}

function readEntry(
  archive: Uint8Array,
  view: DataView,
  { at, nameBytes }: { at: number; nameBytes: number },
): Entry {
  const name = new TextDecoder().decode(archive.subarray(at + 46, at + 46 + nameBytes));
  const flags = view.getUint16(at + 8, true);
  const method = view.getUint16(at + 10, true);
  if (flags & ENCRYPTED_FLAG) throw refusal(`${name} 有密码`, `${name} is encrypted`);
  if (method !== STORED && method !== DEFLATED) {
    throw refusal(`${name} 的压缩方式不认识`, `${name} is packed in an unknown way`);
  }
  const [crc, packedSize, size] = [16, 20, 24].map((offset) =>
    view.getUint32(at + offset, true),
  ) as [number, number, number];
  const local = view.getUint32(at + 42, true);
  if ([packedSize, size, local].includes(0xffffffff)) {
    throw refusal('它大于 4 GiB', 'it is larger than 4 GiB');
  }
  if (view.getUint32(local, true) !== LOCAL_HEADER) throw new RangeError('no local header');
  const from = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  if (from + packedSize > archive.length) throw new RangeError('cut off');
  const packed = archive.subarray(from, from + packedSize);
  return { name: name.replaceAll('\\', '/'), method, crc, size, packed };
}

async function unpack({ name, method, crc, size, packed }: Entry): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = method === STORED ? packed : await inflate(packed, size);
  } catch (error) {
    const { zh, en } = sentenceOf(error);
    throw refusal(`${name} 解不开（${zh}）`, `${name} cannot be unpacked (${en})`);
  }
  if (bytes.length !== size || crc32(bytes) !== crc) {
    throw refusal(`${name} 已损坏`, `${name} is damaged`);
  }
  return bytes;
}

async function inflate(packed: Uint8Array, size: number): Promise<Uint8Array> {
  const bytes = new Uint8Array(size);
  let filled = 0;
  const stream = new Blob([packed as Uint8Array<ArrayBuffer>])
    .stream()
    .pipeThrough(new DecompressionStream('deflate-raw'));
  const reader = stream.getReader();
  for (let piece = await reader.read(); !piece.done; piece = await reader.read()) {
    // A false size in the directory must not fill the memory.
    if (filled + piece.value.length > size) throw new RangeError('larger than it says');
    bytes.set(piece.value, filled);
    filled += piece.value.length;
  }
  return bytes.subarray(0, filled);
}

const CRC_TABLE = Int32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  return value;
});

function crc32(bytes: Uint8Array): number {
  let crc = -1;
  for (let i = 0; i < bytes.length; i++) {
    crc = (crc >>> 8) ^ (CRC_TABLE[(crc ^ (bytes[i] as number)) & 0xff] as number);
  }
  return (crc ^ -1) >>> 0;
}
