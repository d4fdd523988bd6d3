import assert from 'node:assert/strict';
import { createHash, createHmac } from 'node:crypto';
import { test } from 'node:test';
import { ed25519 } from '@noble/curves/ed25519.js';
import {
  appendLeafHashes,
  canonicalText,
  consistencyProof,
  consistencyProofFromTiles,
  cosign,
  cosignatureTime,
  decodeEntries,
  edgeRoot,
  EMPTY_EDGE,
  encodeEntries,
  entriesPath,
  formatCheckpoint,
  formatNote,
  formatVkey,
  fromBase64,
  fromHex,
  inclusionProof,
  inclusionProofFromTiles,
  leafHash,
  nobleHasher,
  noteKey,
  parseCanonical,
  parseCheckpoint,
  parseNote,
  parseTilePath,
  parseVkey,
  readEdge,
  rootBuilder,
  rootOfLeaves,
  rootOfLeafHashes,
  signNote,
  tilePath,
  toBase64,
  toHex,
  utf8,
  verifyConsistency,
  verifyInclusion,
  verifyNote,
  type ReadTile,
} from './index.ts';
import { nodeHasher } from './node-hasher.ts';

// The eight leaves and the roots of the trees over their prefixes used by the certificate
// transparency implementations as common test vectors.
const LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
];
const ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
];

function leafHashes(count: number): Uint8Array[] {
  return Array.from({ length: count }, (_, i) => leafHash(utf8(`entry ${i}`), nodeHasher));
}

test('canonical JSON follows the examples of RFC 8785', () => {
  const text = String.raw`{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],"string":"\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/","literals":[null,true,false]}`;
  assert.equal(
    canonicalText(JSON.parse(text)),
    '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
  );
  const keys = JSON.parse(
    String.raw`{"\u20ac":"Euro Sign","\r":"Carriage Return","\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face","\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"}`,
  ) as Record<string, string>;
  assert.deepEqual(
    Object.values(JSON.parse(`{"a":${canonicalText(keys)}}`).a as object).slice(0, 2),
    ['One', 'Carriage Return'],
  );
  assert.deepEqual(
    [...canonicalText(keys).matchAll(/:"([^"]+)"/g)].map((match) => match[1]),
    [
      'Carriage Return',
      'One',
      'Control',
      'Latin Small Letter O With Diaeresis',
      'Euro Sign',
      'Emoji: Grinning Face',
      'Hebrew Letter Dalet With Dagesh',
    ],
  );
});

test('canonical JSON writes the sample numbers of RFC 8785 appendix B and refuses the rest', () => {
  const samples: [string, string][] = [
    ['0000000000000000', '0'],
    ['8000000000000000', '0'],
    ['0000000000000001', '5e-324'],
    ['7fefffffffffffff', '1.7976931348623157e+308'],
    ['4340000000000000', '9007199254740992'],
    ['44b52d02c7e14af5', '9.999999999999997e+22'],
    ['444b1ae4d6e2ef50', '1e+21'],
    ['3eb0c6f7a0b5ed8d', '0.000001'],
    ['41b3de4355555553', '333333333.3333332'],
    ['becbf647612f3696', '-0.0000033333333333333333'],
    ['43143ff3c1cb0959', '1424953923781206.2'],
  ];
  for (const [bits, text] of samples) {
    assert.equal(
      canonicalText(new DataView(fromHex(bits).buffer as ArrayBuffer).getFloat64(0)),
      text,
    );
  }
  for (const bad of [
    NaN,
    Infinity,
    undefined,
    { a: undefined },
    [undefined],
    '\ud800',
    { '\udead': 1 },
    1n,
    () => 1,
  ]) {
    assert.throws(() => canonicalText(bad), TypeError);
  }
  for (const text of ['{"b":1,"a":2}', '{"a":1,"a":1}', '[1.0]', '"\\u0041"', ' 1']) {
    assert.throws(() => parseCanonical(text), SyntaxError);
  }
  assert.deepEqual(parseCanonical('{"a":[1,"é"]}'), { a: [1, 'é'] });
});

test('the native and the portable hasher agree with the platform', () => {
  for (const hasher of [nobleHasher, nodeHasher]) {
    for (const keyLength of [0, 32, 64, 65, 200]) {
      const mac = hasher.hmac(new Uint8Array(keyLength).fill(7));
      for (const length of [0, 36, 1, 55, 56, 63, 64, 65, 119, 120, 128, 200, 5000, 36]) {
        const message = Uint8Array.from({ length }, (_, i) => i * 37 + length);
        const expected = createHmac('sha256', new Uint8Array(keyLength).fill(7))
          .update(message)
          .digest('hex');
        assert.equal(toHex(mac(message)), expected);
        assert.equal(
          toHex(hasher.sha256(message)),
          createHash('sha256').update(message).digest('hex'),
        );
      }
    }
  }
});

test('Merkle roots match the certificate transparency vectors', () => {
  for (let size = 1; size <= 7; size++) {
    assert.equal(toHex(rootOfLeaves(LEAVES.slice(0, size).map(fromHex))), ROOTS[size - 1]);
  }
  assert.equal(
    toHex(rootOfLeaves([])),
    'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855',
  );
});

test('inclusion and consistency proofs verify for every small tree and for nothing else', () => {
  for (let size = 1; size <= 18; size++) {
    const hashes = leafHashes(size);
    const root = rootOfLeafHashes(hashes);
    for (let index = 0; index < size; index++) {
      const proof = inclusionProof(hashes, index);
      const leaf = hashes[index] as Uint8Array;
      const claim = { index, size, leaf, root, proof };
      assert.equal(verifyInclusion(claim), true);
      assert.equal(verifyInclusion({ ...claim, index: index + 1 }), false);
      assert.equal(verifyInclusion({ ...claim, leaf: leafHash(utf8('other')) }), false);
      assert.equal(verifyInclusion({ ...claim, proof: [...proof, leaf] }), false);
    }
    for (let oldSize = 0; oldSize <= size; oldSize++) {
      const oldRoot = rootOfLeafHashes(hashes.slice(0, oldSize));
      const proof = consistencyProof(hashes, oldSize);
      const claim = { oldSize, oldRoot, newSize: size, newRoot: root, proof };
      assert.equal(verifyConsistency(claim), true, `${oldSize} → ${size}`);
      const forged = leafHash(utf8('forged'));
      assert.equal(verifyConsistency({ ...claim, oldRoot: forged }), false);
      if (oldSize > 0) assert.equal(verifyConsistency({ ...claim, newRoot: forged }), false);
      assert.equal(verifyConsistency({ ...claim, proof: [...proof, forged] }), false);
    }
  }
});

test('a streaming root can be read at any time and continued', () => {
  const hashes = leafHashes(70);
  const builder = rootBuilder(nodeHasher);
  hashes.forEach((hash, i) => {
    builder.push(hash);
    assert.deepEqual(builder.root(), rootOfLeafHashes(hashes.slice(0, i + 1)));
  });
  assert.equal(builder.size(), 70);
});

test('notes, verifier keys and cosignatures read the examples of the C2SP specifications', () => {
  const vkey = parseVkey('PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW');
  const text =
    "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n";
  const note = parseNote(
    `${text}\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n`,
  );
  assert.equal(verifyNote(note, vkey), true);
  assert.equal(verifyNote({ ...note, text: `${text}!\n` }, vkey), false);
  assert.equal(
    formatVkey(vkey),
    'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW',
  );
  assert.deepEqual(parseNote(formatNote(note.text, note.signatures)), note);
});

test('a witness countersigns a checkpoint with its time', () => {
  const secretKey = new Uint8Array(32).fill(3);
  const logSecret = new Uint8Array(32).fill(4);
  const text = formatCheckpoint({ origin: 'log.example/x', size: 5, root: new Uint8Array(32) });
  const line = cosign(text, { name: 'witness.example/w', secretKey }, 1_700_000_000);
  const note = parseNote(formatNote(text, [signNote(text, 'log.example/x', logSecret), line]));
  const witness = parseVkey(
    formatVkey(noteKey('witness.example/w', 4, ed25519.getPublicKey(secretKey))),
  );
  assert.equal(cosignatureTime(note, witness), 1_700_000_000);
  assert.equal(
    verifyNote(note, noteKey('log.example/x', 1, ed25519.getPublicKey(logSecret))),
    true,
  );
  assert.equal(
    verifyNote(note, noteKey('log.example/y', 1, ed25519.getPublicKey(logSecret))),
    false,
  );
  assert.equal(cosignatureTime({ ...note, text: text.replace('5', '6') }, witness), null);
  assert.equal(cosignatureTime(note, noteKey('other', 4, witness.publicKey)), null);
  assert.deepEqual(parseCheckpoint(note.text), {
    origin: 'log.example/x',
    size: 5,
    root: new Uint8Array(32),
  });
  for (const bad of [
    'a\n05\nAAAA\n',
    'a\n5\n',
    '\n5\nAAAA\n',
    `a\n5\n${toBase64(new Uint8Array(31))}\n`,
  ]) {
    assert.throws(() => parseCheckpoint(bad), TypeError);
  }
});

test('tile paths are spelled as the specification says', () => {
  assert.equal(tilePath({ level: 0, index: 1234067, width: 256 }), 'tile/0/x001/x234/067');
  assert.equal(tilePath({ level: 2, index: 0, width: 1 }), 'tile/2/000.p/1');
  assert.equal(entriesPath(1000, 12), 'tile/entries/x001/000.p/12');
  for (const path of [
    'tile/0/x001/x234/067',
    'tile/2/000.p/1',
    'tile/63/999',
    'tile/entries/x001/000.p/12',
  ]) {
    const place = parseTilePath(path);
    assert.ok(place);
    const { level, index, width } = place;
    assert.equal(
      level === 'entries' ? entriesPath(index, width) : tilePath({ level, index, width }),
      path,
    );
  }
  for (const path of [
    'tile/0/x000/001',
    'tile/0/1',
    'tile/64/001',
    'tile/0/001.p/256',
    'tile/0/001.p/0',
    'tile/00/001',
    '/tile/0/001',
  ]) {
    assert.equal(parseTilePath(path), null, path);
  }
});

test('tiles give the same roots and proofs as the leaves, however they were appended', async () => {
  const hashes = leafHashes(70_000);
  const store = new Map<string, Uint8Array>();
  const readTile: ReadTile = (place) => {
    const bytes = store.get(tilePath(place));
    assert.ok(bytes, `no ${tilePath(place)}`);
    return bytes;
  };
  let edge = EMPTY_EDGE;
  for (const size of [1, 255, 256, 257, 1000, 65_536, 65_537, 70_000]) {
    const appended = appendLeafHashes(edge, hashes.slice(edge.size, size), nodeHasher);
    edge = appended.edge;
    for (const tile of appended.tiles) store.set(tilePath(tile), tile.bytes);
    assert.deepEqual(
      edgeRoot(edge, nodeHasher),
      rootOfLeafHashes(hashes.slice(0, size), nodeHasher),
    );
    const oldSize = Math.ceil(size / 3);
    const part = hashes.slice(0, size);
    assert.deepEqual(
      await consistencyProofFromTiles(readTile, oldSize, size),
      consistencyProof(part, oldSize, nodeHasher),
    );
    const index = Math.floor(size / 2);
    assert.deepEqual(
      await inclusionProofFromTiles(readTile, index, size),
      inclusionProof(part, index, nodeHasher),
    );
    assert.deepEqual(await readEdge(readTile, size), edge);
  }
  // The specification's own example: 273 full and one partial level-0 tile, and so on.
  assert.equal(store.get('tile/0/273.p/112')?.length, 112 * 32);
  assert.equal(store.get('tile/1/001.p/17')?.length, 17 * 32);
  assert.equal(store.get('tile/2/000.p/1')?.length, 32);
});

test('entry bundles carry entries of every permitted length', () => {
  const entries = [new Uint8Array(0), utf8('a'), new Uint8Array(65_535).fill(1)];
  assert.deepEqual(decodeEntries(encodeEntries(entries)), entries);
  assert.throws(() => encodeEntries([new Uint8Array(65_536)]), RangeError);
  assert.throws(() => decodeEntries(Uint8Array.of(0, 2, 1)), RangeError);
  assert.throws(() => decodeEntries(Uint8Array.of(0)), RangeError);
});

test('hex and base64 have one spelling', () => {
  assert.deepEqual(fromHex('00ff'), Uint8Array.of(0, 255));
  for (const bad of ['0', '0G', 'AB', '0x', 'é0', '0\u0130', '`0', ':0'])
    assert.throws(() => fromHex(bad), TypeError);
  assert.deepEqual(fromBase64('AP8='), Uint8Array.of(0, 255));
  for (const bad of ['AP8', 'AP9=', 'A_8=', 'AP8=\n'])
    assert.throws(() => fromBase64(bad), TypeError);
});
