import { ed25519 } from '@noble/curves/ed25519.js';
import { concatBytes, fromBase64, readU32be, toBase64, u32be, utf8 } from './bytes.ts';
import { nobleHasher, type Hasher } from './hasher.ts';

// Signed notes and checkpoints: c2sp.org/signed-note, c2sp.org/tlog-checkpoint.

/** Signature type bytes of verifier keys: plain Ed25519, and the timestamped witness cosignature. */
export const ED25519_ALG = 0x01;
export const COSIGNATURE_V1_ALG = 0x04;

/** A verifier key: who signs, with which signature type and key. */
export type NoteKey = {
  name: string;
  alg: typeof ED25519_ALG | typeof COSIGNATURE_V1_ALG;
  /** The first four bytes of SHA-256(name ‖ 0x0A ‖ alg ‖ publicKey), as an unsigned integer. */
  id: number;
  /** 32 bytes. */
  publicKey: Uint8Array;
};

/** One signature line: `— name base64(id ‖ signature)`. */
export type NoteSignature = { name: string; id: number; signature: Uint8Array };

/** A parsed note: the signed text (with its final LF) and the signature lines, none verified yet. */
export type Note = { text: string; signatures: NoteSignature[] };

const NAME = /^[^\p{White_Space}+\p{Cc}]+$/u;
const SIGNATURE_LINE = /^— ([^ ]+) ([^ ]+)$/;
const SIGNATURES_MAX = 100;

/** Builds a verifier key; TypeError on a bad name or key length. */
export function noteKey(
  name: string,
  alg: NoteKey['alg'],
  publicKey: Uint8Array,
  hasher: Hasher = nobleHasher,
): NoteKey {
  if (!NAME.test(name)) throw new TypeError('key name is empty or holds a space or plus sign');
  if (publicKey.length !== 32) throw new TypeError('an Ed25519 key has 32 bytes');
  const digest = hasher.sha256(concatBytes(utf8(name), Uint8Array.of(0x0a, alg), publicKey));
  return { name, alg, id: readU32be(digest), publicKey };
}

/** The vkey text `name+id+base64(alg ‖ publicKey)`, id as eight hex digits. */
export function formatVkey(key: NoteKey): string {
  const id = key.id.toString(16).padStart(8, '0');
  return `${key.name}+${id}+${toBase64(concatBytes(Uint8Array.of(key.alg), key.publicKey))}`;
}

/** Parses a vkey of type 0x01 or 0x04; TypeError if malformed, of another type, or with a false id. */
export function parseVkey(text: string, hasher: Hasher = nobleHasher): NoteKey {
  const parts = text.split('+');
  const [name, id] = parts;
  const encoded = fromBase64(parts.slice(2).join('+'));
  const alg = encoded[0];
  if (name === undefined || id === undefined || !/^[0-9a-f]{8}$/.test(id)) {
    throw new TypeError('a verifier key reads name+id+key');
  }
  if (alg !== ED25519_ALG && alg !== COSIGNATURE_V1_ALG) {
    throw new TypeError('verifier key of an unknown signature type');
  }
  const key = noteKey(name, alg, encoded.subarray(1), hasher);
  if (key.id !== parseInt(id, 16)) throw new TypeError('verifier key with a false key id');
  return key;
}

/** Writes a note from its text (which must end in LF) and its signatures. */
export function formatNote(text: string, signatures: readonly NoteSignature[]): string {
  if (!text.endsWith('\n')) throw new TypeError('note text must end in a newline');
  return `${text}\n${signatures.map(signatureLine).join('')}`;
}

/** One signature line with its LF, to append to a note. */
export function signatureLine(signature: NoteSignature): string {
  const encoded = toBase64(concatBytes(u32be(signature.id), signature.signature));
  return `— ${signature.name} ${encoded}\n`;
}

/** Parses a note without verifying it; TypeError if malformed. */
export function parseNote(note: string): Note {
  const split = note.lastIndexOf('\n\n');
  if (split < 1 || !note.endsWith('\n') || !note.isWellFormed()) {
    throw new TypeError('a note is text, a blank line and signature lines');
  }
  if (hasControlCharacter(note)) throw new TypeError('control character in a note');
  const lines = note.slice(split + 2, -1).split('\n');
  if (lines.length > SIGNATURES_MAX) throw new TypeError('too many signatures in a note');
  return { text: note.slice(0, split + 1), signatures: lines.map(parseSignatureLine) };
}

function hasControlCharacter(text: string): boolean {
  return [...text].some((character) => character < ' ' && character !== '\n');
}

function parseSignatureLine(line: string): NoteSignature {
  const match = SIGNATURE_LINE.exec(line);
  const bytes = match?.[2] === undefined ? undefined : fromBase64(match[2]);
  if (match?.[1] === undefined || bytes === undefined || bytes.length < 5 || !NAME.test(match[1])) {
    throw new TypeError('malformed signature line in a note');
  }
  return { name: match[1], id: readU32be(bytes), signature: bytes.subarray(4) };
}

/** Signs note text with a plain Ed25519 key (32-byte secret seed) under the given name. */
export function signNote(text: string, name: string, secretKey: Uint8Array): NoteSignature {
  const key = noteKey(name, ED25519_ALG, ed25519.getPublicKey(secretKey));
  return { name, id: key.id, signature: ed25519.sign(utf8(text), secretKey) };
}

/** True when the note carries a valid plain Ed25519 signature by the key. */
export function verifyNote(note: Note, key: NoteKey): boolean {
  if (key.alg !== ED25519_ALG) return false;
  const mine = signaturesBy(note, key);
  // A line that claims this key and does not verify condemns the whole note.
  return mine.length > 0 && mine.every((one) => verifyEd25519(one.signature, utf8(note.text), key));
}

/** The note's signature lines that carry the key's name and id. */
export function signaturesBy(note: Note, key: NoteKey): NoteSignature[] {
  return note.signatures.filter(({ name, id }) => name === key.name && id === key.id);
}

function verifyEd25519(signature: Uint8Array, message: Uint8Array, key: NoteKey): boolean {
  try {
    return ed25519.verify(signature, message, key.publicKey, { zip215: false });
  } catch {
    return false; // wrong length or a point off the curve: simply not a signature
  }
}

/** The head of a log: whose, how many leaves, and the root (32 bytes) over them. */
export type Checkpoint = { origin: string; size: number; root: Uint8Array };

/** The checkpoint text `origin LF size LF base64(root) LF`, to be signed as a note. */
export function formatCheckpoint(checkpoint: Checkpoint): string {
  const { origin, size, root } = checkpoint;
  if (origin === '' || /[\n\r]/.test(origin)) throw new TypeError('bad checkpoint origin');
  if (!Number.isSafeInteger(size) || size < 0) throw new TypeError('bad checkpoint size');
  return `${origin}\n${size}\n${toBase64(root)}\n`;
}

/** Parses a checkpoint's text; extension lines are tolerated, as the format says. TypeError if malformed. */
export function parseCheckpoint(text: string): Checkpoint {
  const lines = text.split('\n');
  const [origin, size, root] = lines;
  if (lines.pop() !== '' || lines.length < 3 || lines.includes('')) {
    throw new TypeError('a checkpoint has an origin, a size and a root line');
  }
  if (origin === undefined || root === undefined || !/^(?:0|[1-9]\d{0,15})$/.test(size ?? '')) {
    throw new TypeError('bad checkpoint size');
  }
  const checkpoint = { origin, size: Number(size), root: fromBase64(root) };
  if (!Number.isSafeInteger(checkpoint.size) || checkpoint.root.length !== 32) {
    throw new TypeError('bad checkpoint size or root');
  }
  return checkpoint;
}
