import { crc32 } from 'node:zlib';

const local_header = 0x04034b50;
const central_header = 0x02014b50;
const end_of_directory = 0x06054b50;
/** 1980-01-01, the earliest date a zip can hold: the same files make the same bytes. */
const dos_date = 0x0021;
const utf8_names = 0x0800;

/** A zip file (stored, not compressed) of these files, by path. Under 4 GiB and 65,535 files. */
export function zipFiles(files: ReadonlyMap<string, Uint8Array>): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, data] of files) {
    const name = Buffer.from(path);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0); // version needed
    facts.writeUInt16LE(utf8_names, 2);
    facts.writeUInt16LE(dos_date, 8);
    facts.writeUInt32LE(crc32(data), 10);
    facts.writeUInt32LE(data.length, 14);
    facts.writeUInt32LE(data.length, 18);
    facts.writeUInt16LE(name.length, 22);
    const signature = Buffer.alloc(4);
    signature.writeUInt32LE(local_header);
    parts.push(signature, facts, name, Buffer.from(data));
    directory.push(centralEntry(facts, name, offset));
    offset += 30 + name.length + data.length;
  }
  const size = directory.reduce((sum, entry) => sum + entry.length, 0);
  const end = Buffer.alloc(22);
  end.writeUInt32LE(end_of_directory, 0);
  end.writeUInt16LE(files.size, 8);
  end.writeUInt16LE(files.size, 10);
  end.writeUInt32LE(size, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}

function centralEntry(facts: Buffer, name: Buffer, offset: number): Buffer {
  const entry = Buffer.alloc(46);
  entry.writeUInt32LE(central_header, 0);
  entry.writeUInt16LE(20, 4); // version made by
  facts.copy(entry, 6);
  entry.writeUInt32LE(offset, 42);
  return Buffer.concat([entry, name]);
}
