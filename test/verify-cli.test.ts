import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { crc32, deflateRawSync } from 'node:zlib';
import { zipFiles } from '../src/platform/zip.ts';
import { manifestHash, verifyBundle, type BundleFiles } from '../src/release/sealed-draw/index.ts';
import { unzip } from '../src/release/sealed-draw/unzip.ts';
import { makeSyntheticDraw } from './support/synthetic-draw.ts';
import { CHEATS, evidence, HONEST, MORE_CHEATS, type Evidence } from './support/tampered-draws.ts';

const folder = mkdtempSync(join(tmpdir(), 'verify-cli-'));
after(() => rmSync(folder, { recursive: true }));

const cli = fileURLToPath(new URL('../src/release/sealed-draw/verify-cli.ts', import.meta.url));

function draw_verify(...args: string[]): { status: number | null; out: string; err: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [cli, ...args], {
    encoding: 'utf8',
  });
  return { status, out: stdout, err: stderr };
}

function write(name: string, files: BundleFiles): string {
  for (const [path, bytes] of files) {
    mkdirSync(dirname(join(folder, name, path)), { recursive: true });
    writeFileSync(join(folder, name, path), bytes);
  }
  return join(folder, name);
}

function writeZip(name: string, files: BundleFiles): string {
  const path = join(folder, `${name}.zip`);
  writeFileSync(path, zipFiles(files));
  return path;
}

function argumentsFor(name: string, { files, receipt, other }: Evidence): string[] {
  const file = join(folder, `${name}.receipt.json`);
  writeFileSync(file, JSON.stringify(receipt));
  const bundle = writeZip(name, files);
  return [bundle, '--receipt', file, '--other', writeZip(`${name}.other`, other)];
}

/** The checks by their mark in the printed text. */
function marked(out: string, mark: string): string[] {
  return out.split('\n').flatMap((line) => {
    const match = line.startsWith(mark) ? /\bV\d+\b/.exec(line) : null;
    return match ? [match[0]] : [];
  });
}

for (const [what, { check, make }] of Object.entries({ ...CHEATS, ...MORE_CHEATS })) {
  test(`[R016] the command line: ${what}, and ${check} alone fails`, () => {
    const { status, out, err } = draw_verify(...argumentsFor(check, make()));
    assert.deepEqual(marked(out, 'FAIL'), [check], out + err);
    assert.equal(marked(out, 'pass').length, 11, out);
    assert.equal(status, 1);
  });
}

test('every check V1 to V12 is the only one to fail in some case', () => {
  const alone = new Set(Object.values({ ...CHEATS, ...MORE_CHEATS }).map(({ check }) => check));
  assert.equal(alone.size, 12);
  assert.ok(Object.keys(CHEATS).length >= 14);
});

test('an honest draw passes every check from folder, stored and deflated archive, with log and receipt', () => {
  for (const options of [HONEST, { kind: 'dice' }, { kind: 'demo', returns: false }] as const) {
    const draw = makeSyntheticDraw(options);
    const given = evidence(draw);
    const args = argumentsFor('honest', given).slice(1);
    const log = write(`honest-log-${draw.parts.manifest.beacon.kind}`, draw.logFiles);
    const deflated = join(folder, 'deflated.zip');
    writeFileSync(deflated, deflatedZip(draw.files, 'a folder/'));
    const sources = [
      write(`honest-${options.kind}`, draw.files),
      writeZip('honest', draw.files),
      deflated,
    ];
    for (const bundle of options === HONEST ? sources : sources.slice(1, 2)) {
      const { status, out, err } = draw_verify(bundle, ...args, '--log', log);
      assert.equal(status, 0, out + err);
      assert.equal(marked(out, 'pass').length, 12, out);
      assert.match(out, /12 项检查全部通过。\nAll 12 checks passed\./);
    }
  }
});

test('a second seal in the log fails V12 alone, a false log is refused or fails', async () => {
  const draw = makeSyntheticDraw({ ...HONEST, tamper: { firstRun: (pool) => pool.slice(1) } });
  const checks = verifyBundle(draw.files, { log: draw.log, receipt: draw.receipts[3] });
  const failed = checks.filter(({ status }) => status === 'fail');
  assert.deepEqual(
    failed.map(({ id }) => id),
    ['V12'],
  );
  const bundle = writeZip('second-seal', draw.files);
  const log = write('second-seal-log', draw.logFiles);
  const server = createServer((request, reply) => {
    try {
      reply.end(readFileSync(join(log, request.url ?? '')));
    } catch {
      reply.writeHead(404).end();
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  server.close();
  const gone = draw_verify(bundle, '--log', `http://127.0.0.1:${port}/`);
  assert.equal(gone.status, 2);
  assert.match(gone.err, /cannot be reached \(ECONNREFUSED\)/);
});

test('without receipt, copy and witnesses nothing is called passed, and the exit code is 0', () => {
  const draw = makeSyntheticDraw({ kind: 'demo', witnesses: 0, returns: false });
  const { status, out } = draw_verify(writeZip('bare', draw.files), '--lang', 'en');
  assert.equal(status, 0);
  assert.deepEqual(marked(out, '----'), ['V1', 'V3', 'V5', 'V12']);
  assert.equal(out.match(/not checked: needs /g)?.length, 4);
  assert.match(out, /No fault found: 8 passed, 4 not checked\./);
  assert.doesNotMatch(out, /[一-鿿]{6,}/, 'English only');
});

test('the chain of manifests is checked by the bundle of the number before', () => {
  const first = makeSyntheticDraw({ kind: 'dice' });
  const prev = manifestHash(first.parts.manifest);
  const second = makeSyntheticDraw({ kind: 'dice', number: 2, prev });
  const v1 = (others: BundleFiles[]) => verifyBundle(second.files, { others })[0];
  assert.equal(v1([])?.status, 'not-checked');
  assert.equal(v1([second.files])?.status, 'not-checked');
  const both = verifyBundle(second.files, { others: [first.files, second.files] });
  assert.deepEqual([both[0]?.status, both[11]?.status], ['pass', 'pass']);
  assert.equal(verifyBundle(second.files, { others: [first.files] })[11]?.status, 'not-checked');
  const broken = makeSyntheticDraw({ kind: 'dice', number: 2, prev: 'ab'.repeat(32) });
  assert.equal(verifyBundle(broken.files, { others: [first.files] })[0]?.status, 'fail');
});

test('a draw of single files without its returns accuses nobody', () => {
  const draw = makeSyntheticDraw(HONEST);
  const loose = new Map([...draw.files].filter(([path]) => !path.includes('/')));
  assert.equal(verifyBundle(loose)[10]?.status, 'fail', 'a whole bundle must hold them');
  const check = verifyBundle(loose, { partial: true })[10];
  assert.equal(check?.status, 'not-checked');
  assert.match(check?.told[0]?.en ?? '', /needs returns\/001\/returns\.jsonl/);
});

test('a damaged, cut off, locked or doubled archive is refused with a sentence', async () => {
  const files = new Map([['manifest.json', Buffer.from('{"a":1}')]]);
  const good = zipFiles(files);
  assert.deepEqual([...(await unzip(good)).keys()], ['manifest.json']);
  const broken = (change: (bytes: Buffer) => void): Buffer => {
    const copy = Buffer.from(good);
    change(copy);
    return copy;
  };
  const directory = good.readUInt32LE(good.length - 6);
  const cases: [RegExp, Buffer][] = [
    [/damaged/, broken((bytes) => bytes.writeUInt8(0x20, 30 + 'manifest.json'.length))],
    [/not a whole/, good.subarray(0, -4)],
    [/encrypted/, broken((bytes) => bytes.writeUInt16LE(1, directory + 8))],
    [/unknown way/, broken((bytes) => bytes.writeUInt16LE(9, directory + 10))],
    [/cannot be unpacked/, broken((bytes) => bytes.writeUInt16LE(8, directory + 10))],
    [/1 GiB/, broken((bytes) => bytes.writeUInt32LE(2 ** 31, directory + 24))],
    [/cut off or damaged/, broken((bytes) => bytes.writeUInt32LE(5, good.length - 6))],
  ];
  for (const [told, bytes] of cases) await assert.rejects(unzip(bytes), told);
});

/** An archive as other programs make it: deflated, in a folder. */
function deflatedZip(files: BundleFiles, top: string): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [path, data] of files) {
    const name = Buffer.from(top + path);
    const packed = deflateRawSync(data);
    const facts = Buffer.alloc(26);
    facts.writeUInt16LE(20, 0);
    facts.writeUInt16LE(8, 4);
    facts.writeUInt32LE(crc32(data), 10);
    facts.writeUInt32LE(packed.length, 14);
    facts.writeUInt32LE(data.length, 18);
    facts.writeUInt16LE(name.length, 22);
    parts.push(Buffer.from('PK\x03\x04', 'latin1'), facts, name, packed);
    const entry = Buffer.alloc(46);
    entry.write('PK\x01\x02', 'latin1');
    facts.copy(entry, 6);
    entry.writeUInt32LE(offset, 42);
    directory.push(entry, name);
    offset += 30 + name.length + packed.length;
  }
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(files.size, 10);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...parts, ...directory, end]);
}
