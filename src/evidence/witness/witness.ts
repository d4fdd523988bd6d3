import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../platform/clock.ts';
import type { Random } from '../../platform/random.ts';
import {
  cosign,
  formatNote,
  parseNote,
  parseVkey,
  signatureLine,
  signaturesBy,
} from '../../platform/tlog/index.ts';
import { beginState, logKey, type Start } from './begin.ts';
import { hasWitnessed, originHash, writeDurably, writeState, type State } from './disk.ts';
import { openKey, type WitnessKey } from './key.ts';
import { parseAddCheckpoint, plain, refusal, type AddCheckpoint, type Answer } from './request.ts';

export type WitnessOptions = {
  /** The verifier key of the log it watches. */
  log: string;
  /** Its own name, a schema-less address such as `witness.example/w1`. */
  name: string;
  /** Its folder: state, marker and, unless `key_file` is given, the key. */
  dir: string;
  key_file?: string;
  start?: Start;
  clock: Clock;
  random: Random;
};

export type Witness = {
  name: string;
  vkey: string;
  /** One plain line: who it is and what it witnesses. */
  about(): string;
  /** Answers a body of C2SP tlog-witness `add-checkpoint`. */
  addCheckpoint(body: string): Answer;
  /** The last checkpoint it signed, by the hash of the log's origin (lower-case hex). */
  lastCheckpoint(hash: string): Answer;
};

/**
 * A witness of one log (C2SP tlog-witness, cosignature/v1). It signs a checkpoint only when that
 * extends the last one, and only when the checkpoint is on its disk. Everything happens in one turn
 * of the event loop, so that two requests can never be judged against the same state.
 * @throws Error in words when it may not start.
 */
export function createWitness(options: WitnessOptions): Witness {
  const { dir, clock, random } = options;
  const log = logKey(options.log);
  mkdirSync(dir, { recursive: true, mode: 0o700 });
  const make = hasWitnessed(dir) ? undefined : () => random.bytes(32);
  const key = openKey(options.key_file ?? join(dir, 'key'), options.name, make);
  // For people who tell others which key to trust, also while it refuses to start.
  writeDurably(dir, join(dir, 'vkey'), `${key.vkey}\n`);
  let state = beginState(dir, log, options.start, parseVkey(key.vkey));
  let signed: string | undefined;
  const signNow = (): string => {
    signed = signedNote(state, key, clock);
    return signed;
  };
  return {
    name: key.name,
    vkey: key.vkey,
    about: () => `Witness ${key.vkey} of the log ${options.log}, seen to ${state.size} entries.\n`,
    addCheckpoint: (body) => {
      let request: AddCheckpoint;
      try {
        request = parseAddCheckpoint(body);
      } catch (error) {
        return plain(400, `Malformed: ${(error as Error).message}.`);
      }
      const refused = refusal(request, log, state);
      if (refused) return refused;
      const lines = signaturesBy(request.note, log);
      const next = { ...request.checkpoint, checkpoint: formatNote(request.note.text, lines) };
      // On the disk before it is signed: after a power cut nobody may hold what we forgot.
      writeState(dir, next);
      state = next;
      const own = signaturesBy(parseNote(signNow()), parseVkey(key.vkey));
      return {
        status: 200,
        type: 'text/plain; charset=utf-8',
        body: own.map(signatureLine).join(''),
      };
    },
    lastCheckpoint: (hash) => {
      if (hash !== originHash(log.name) || state.checkpoint === undefined)
        return plain(404, 'This witness has signed no checkpoint of that log.');
      return { status: 200, type: 'text/plain; charset=utf-8', body: signed ?? signNow() };
    },
  };
}

/** The state's checkpoint under the log's signature and the witness's of now. */
function signedNote(state: State, key: WitnessKey, clock: Clock): string {
  const note = parseNote(state.checkpoint ?? '');
  const time = Math.floor(clock.now().getTime() / 1000);
  return formatNote(note.text, [...note.signatures, cosign(note.text, key, time)]);
}
