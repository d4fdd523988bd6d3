import {
  equalBytes,
  emptyRoot,
  fromBase64,
  parseCheckpoint,
  parseNote,
  verifyConsistency,
  verifyNote,
  type Checkpoint,
  type Note,
  type NoteKey,
} from '../../platform/tlog/index.ts';

/** A request of C2SP tlog-witness to `add-checkpoint`, read but not judged. */
export type AddCheckpoint = {
  old: number;
  proof: Uint8Array[];
  note: Note;
  checkpoint: Checkpoint;
};

/** What a witness has of a log: how many leaves, and the root over them. */
export type Seen = { size: number; root: Uint8Array };

/** What a witness answers: a status, a content type and a body. */
export type Answer = { status: number; type: string; body: string };

const PROOF_LINES_MAX = 63;

/** Reads a request's body. @throws TypeError when it is malformed. */
export function parseAddCheckpoint(body: string): AddCheckpoint {
  const split = body.indexOf('\n\n');
  if (split < 0) throw new TypeError('a request is proof lines, an empty line and a checkpoint');
  const [first = '', ...lines] = body.slice(0, split).split('\n');
  const size = /^old (0|[1-9]\d{0,15})$/.exec(first)?.[1];
  if (size === undefined || !Number.isSafeInteger(Number(size)))
    throw new TypeError('the first line must read "old" and a size');
  if (lines.length > PROOF_LINES_MAX) throw new TypeError('a proof of more than 63 lines');
  const proof = lines.map(fromBase64);
  if (proof.some((hash) => hash.length !== 32))
    throw new TypeError('a hash of other than 32 bytes');
  const note = parseNote(body.slice(split + 2));
  return { old: Number(size), proof, note, checkpoint: parseCheckpoint(note.text) };
}

/**
 * Judges a request as C2SP tlog-witness orders it. @returns undefined when the checkpoint may be
 * signed, else the refusal.
 */
export function refusal(request: AddCheckpoint, log: NoteKey, seen: Seen): Answer | undefined {
  const { old, proof, note, checkpoint } = request;
  if (checkpoint.origin !== log.name) return plain(404, 'This witness does not know that log.');
  if (!verifyNote(note, log)) return plain(403, 'The log did not sign this checkpoint.');
  if (old > checkpoint.size) return plain(400, 'The old size is above the checkpoint’s.');
  if (old !== seen.size) return { status: 409, type: 'text/x.tlog.size', body: `${seen.size}\n` };
  if (checkpoint.size === 0 && !equalBytes(checkpoint.root, emptyRoot()))
    return plain(422, 'A log without entries has another root.');
  const claim = {
    oldSize: old,
    oldRoot: seen.root,
    newSize: checkpoint.size,
    newRoot: checkpoint.root,
    proof,
  };
  // Covers a second root at one size too: the proof is then empty and the roots must be the same.
  return verifyConsistency(claim)
    ? undefined
    : plain(422, 'The checkpoint does not extend what this witness has seen.');
}

/** A plain sentence as an answer. */
export function plain(status: number, sentence: string): Answer {
  return { status, type: 'text/plain; charset=utf-8', body: `${sentence}\n` };
}
