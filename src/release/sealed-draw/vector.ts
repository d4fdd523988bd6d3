import { canonicalBytes, nobleHasher, utf8 } from '../../platform/tlog/index.ts';
import { QUICKNET } from './beacon.ts';
import { entryId } from './entry.ts';
import { DrawError } from './errors.ts';
import { linesBytes, type BundleFiles } from './files.ts';
import { hex, integer, list, nullable, object, text } from './shape.ts';

const vectorShape = object({
  manifest: text,
  manifestHash: hex(32),
  entrants: list(object({ name: text, weight: integer(1), preferences: list(text) })),
  personTag: text,
  nonce: text,
  pool: list(text),
  root: hex(32),
  seal: hex(32),
  beaconRound: integer(1),
  beaconSignature: hex(48),
  randomness: hex(32),
  seed: hex(32),
  ranking: list(object({ name: text, key: hex(32), slot: nullable(text) })),
});

/** The known-answer vector as the files of a bundle; DrawError 'bundle' if it is not that vector's form. */
export function vectorFiles(value: unknown): BundleFiles {
  const vector = vectorShape(
    value,
    'A .json file given as a bundle is read as the known-answer vector, which',
  );
  const idOf = new Map(
    vector.entrants.map(({ name }) => {
      const personTag = nobleHasher.sha256(utf8(`demo-tag:${name}`));
      const nonce = nobleHasher.sha256(utf8(`demo-nonce:${name}`));
      return [name, entryId({ manifestHash: vector.manifestHash, personTag, nonce })] as const;
    }),
  );
  const entry = (name: string): string => {
    const e = idOf.get(name);
    if (e === undefined) throw new DrawError('bundle', `The vector ranks the unknown ${name}.`);
    return e;
  };
  const { manifestHash, root, seal, randomness, seed } = vector;
  const sealFile = { entries: vector.pool.length, manifestHash, root, seal, sealedAt: 0 };
  const noProof = {
    checkpoint: '',
    inclusion: { index: 0, proof: [] },
    timestamps: [],
    witnesses: [],
  };
  const { chain, publicKey } = QUICKNET;
  const round = vector.beaconRound;
  const signature = vector.beaconSignature;
  return new Map([
    ['manifest.json', utf8(vector.manifest)],
    ['pool.jsonl', utf8(vector.pool.map((line) => `${line}\n`).join(''))],
    ['seal.json', canonicalBytes({ ...sealFile, ...noProof })],
    ['beacon.json', canonicalBytes({ chain, publicKey, randomness, round, seed, signature })],
    ['ranking.jsonl', linesBytes(vector.ranking.map(({ name, key }) => ({ e: entry(name), key })))],
    [
      'allocation.jsonl',
      linesBytes(vector.ranking.map(({ name, slot }) => ({ e: entry(name), slot }))),
    ],
  ]);
}
