import { ed25519 } from '@noble/curves/ed25519.js';
import { concatBytes, readU64be, u64be, utf8 } from './bytes.ts';
import {
  COSIGNATURE_V1_ALG,
  noteKey,
  signaturesBy,
  type Note,
  type NoteKey,
  type NoteSignature,
} from './note.ts';

// Timestamped witness cosignatures: c2sp.org/tlog-cosignature, type cosignature/v1.

const TIMESTAMP_BYTES = 8;
const SIGNATURE_BYTES = 64;

/** What a witness signs: the header, its time in Unix seconds, and the checkpoint's text. */
export function cosignedMessage(text: string, time: number): Uint8Array {
  return utf8(`cosignature/v1\ntime ${time}\n${text}`);
}

/** A witness's signature over checkpoint text at a time (Unix seconds), ready for a signature line. */
export function cosign(
  text: string,
  witness: { name: string; secretKey: Uint8Array },
  time: number,
): NoteSignature {
  const key = noteKey(witness.name, COSIGNATURE_V1_ALG, ed25519.getPublicKey(witness.secretKey));
  const signature = ed25519.sign(cosignedMessage(text, time), witness.secretKey);
  return { name: key.name, id: key.id, signature: concatBytes(u64be(time), signature) };
}

/**
 * The time (Unix seconds) at which the witness countersigned the note; null when it did not or when
 * any line under its name and id is false. Of several valid lines the latest time counts.
 */
export function cosignatureTime(note: Note, witness: NoteKey): number | null {
  if (witness.alg !== COSIGNATURE_V1_ALG) return null;
  const times = signaturesBy(note, witness).map((line) => verifiedTime(note.text, line, witness));
  return times.reduce(
    (latest, time) => (latest === null || time === null ? null : Math.max(latest, time)),
    times[0] ?? null,
  );
}

function verifiedTime(text: string, line: NoteSignature, witness: NoteKey): number | null {
  if (line.signature.length !== TIMESTAMP_BYTES + SIGNATURE_BYTES) return null;
  try {
    const time = readU64be(line.signature);
    const signature = line.signature.subarray(TIMESTAMP_BYTES);
    const message = cosignedMessage(text, time);
    return ed25519.verify(signature, message, witness.publicKey, { zip215: false }) ? time : null;
  } catch {
    return null; // malformed bytes are simply not a cosignature
  }
}
