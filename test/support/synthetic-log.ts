import { ed25519 } from '@noble/curves/ed25519.js';
import {
  appendLeafHashes,
  COSIGNATURE_V1_ALG,
  cosign,
  EMPTY_EDGE,
  encodeEntries,
  entriesPath,
  formatCheckpoint,
  formatNote,
  formatVkey,
  inclusionProof,
  leafHash,
  noteKey,
  rootOfLeafHashes,
  signNote,
  TILE_WIDTH,
  tilePath,
  toHex,
  utf8,
} from '../../src/platform/tlog/index.ts';
import type { Inclusion } from '../../src/release/sealed-draw/index.ts';

/** A log in memory with its own key and witnesses, for tests. */
export type SyntheticLog = {
  origin: string;
  publicKey: string;
  vkeys: string[];
  leaves: Uint8Array[];
  /** Appends a leaf and proves it under a checkpoint that the witnesses countersign at `time`. */
  log(data: Uint8Array, time: number): Inclusion;
  /** The current checkpoint as a note signed by the log alone. */
  checkpoint(): string;
  /** The files of the tiled log by path. */
  files(): Map<string, Uint8Array>;
};

/** Opens an empty log with `witnessCount` witnesses. */
export function openSyntheticLog(witnessCount: number): SyntheticLog {
  const origin = 'log.example/city';
  const secretKey = new Uint8Array(32).fill(0x21);
  const witnesses = Array.from({ length: witnessCount }, (_, i) => ({
    name: `witness${i}.example`,
    secretKey: new Uint8Array(32).fill(0x31 + i),
  }));
  const vkeys = witnesses.map((witness) =>
    formatVkey(noteKey(witness.name, COSIGNATURE_V1_ALG, ed25519.getPublicKey(witness.secretKey))),
  );
  const leaves: Uint8Array[] = [utf8('{"t":"somebody else’s entry"}')];
  const hashes = (): Uint8Array[] => leaves.map((data) => leafHash(data));
  const head = (): string =>
    formatCheckpoint({ origin, size: leaves.length, root: rootOfLeafHashes(hashes()) });
  return {
    origin,
    publicKey: toHex(ed25519.getPublicKey(secretKey)),
    vkeys,
    leaves,
    log(data, time) {
      leaves.push(data);
      const text = head();
      const index = leaves.length - 1;
      const signatures = witnesses.map((witness) => cosign(text, witness, time));
      return {
        checkpoint: formatNote(text, [signNote(text, origin, secretKey), ...signatures]),
        inclusion: { index, proof: inclusionProof(hashes(), index).map((hash) => toHex(hash)) },
        timestamps: [],
        witnesses: vkeys,
      };
    },
    checkpoint: () => formatNote(head(), [signNote(head(), origin, secretKey)]),
    files() {
      const { tiles } = appendLeafHashes(EMPTY_EDGE, hashes());
      const files = new Map(tiles.map((tile) => [tilePath(tile), tile.bytes]));
      for (let start = 0; start < leaves.length; start += TILE_WIDTH) {
        const part = leaves.slice(start, start + TILE_WIDTH);
        files.set(entriesPath(start / TILE_WIDTH, part.length), encodeEntries(part));
      }
      return files.set('checkpoint', utf8(this.checkpoint()));
    },
  };
}
