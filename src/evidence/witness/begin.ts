import {
  cosignatureTime,
  emptyRoot,
  equalBytes,
  parseCheckpoint,
  parseNote,
  parseVkey,
  verifyNote,
  type NoteKey,
} from '../../platform/tlog/index.ts';
import { hasWitnessed, readState, writeMarker, writeState, type State } from './disk.ts';

/**
 * How a witness starts with a log: `first` for a log nobody has signed for yet, from its first entry;
 * a checkpoint that a person vouches for; or on from what it has on the disk.
 */
export type Start = { first: true } | { checkpoint: string } | undefined;

/**
 * The state from which a witness may sign. It never guesses: without a state it needs a person's word,
 * and `first` only ever begins an empty folder, for a witness that forgot what it signed would sign a
 * second history. @throws Error telling what the person has to do.
 */
export function beginState(dir: string, log: NoteKey, start: Start, witness: NoteKey): State {
  const kept = readState(dir, log.name);
  const state = chooseState(dir, log, { start, kept, witness });
  if (state !== kept) writeState(dir, state);
  writeMarker(dir, log.name);
  return state;
}

type Choice = { start: Start; kept: State | undefined; witness: NoteKey };

function chooseState(dir: string, log: NoteKey, { start, kept, witness }: Choice): State {
  if (start && 'first' in start) {
    if (kept ?? hasWitnessed(dir))
      throw new Error(
        `--first is for a new witness, but ${dir} has witnessed a log. Leave it out to go on; if the log goes on under a new origin or the state was lost, give --checkpoint FILE.`,
      );
    return { origin: log.name, size: 0, root: emptyRoot(), checkpoint: undefined };
  }
  if (start) return fromCheckpoint(start.checkpoint, log, { kept, witness });
  if (kept) return kept;
  throw new Error(
    hasWitnessed(dir, log.name)
      ? `The state of ${log.name} is lost from ${dir}. This witness signs nothing until a person gives the last checkpoint it may have signed: --checkpoint FILE.`
      : `${dir} holds nothing about ${log.name}: give --first if nobody has seen this log yet, else --checkpoint FILE.`,
  );
}

function fromCheckpoint(
  text: string,
  log: NoteKey,
  { kept, witness }: { kept: State | undefined; witness: NoteKey },
): State {
  const note = parseNote(text);
  const { origin, size, root } = parseCheckpoint(note.text);
  if (origin !== log.name) throw new Error(`The checkpoint is of the log ${origin}.`);
  if (!verifyNote(note, log)) throw new Error('The checkpoint is not signed by the log’s key.');
  if (!kept) return { origin, size, root, checkpoint: text };
  if (kept.size === size && !equalBytes(kept.root, root))
    throw new Error(
      `The checkpoint is of another history: at ${size} entries this witness saw another root. Keep both: together they prove that the log was forked.`,
    );
  if (kept.size >= size) return kept;
  // Its own signature shows that the state was put back, e.g. from a backup of the folder.
  if (cosignatureTime(note, witness) !== null) return { origin, size, root, checkpoint: text };
  throw new Error(
    `This witness has the state of ${log.name} at ${kept.size} entries and goes on from there with proofs: leave --checkpoint out.`,
  );
}

/** The log's key. @throws Error unless it is a vkey of type 0x01. */
export function logKey(vkey: string): NoteKey {
  try {
    const key = parseVkey(vkey);
    if (key.alg === 1) return key;
  } catch (error) {
    throw new Error(`--log must be the log's verifier key: ${(error as Error).message}.`, {
      cause: error,
    });
  }
  throw new Error('--log must be the verifier key of a log, not of a witness.');
}
