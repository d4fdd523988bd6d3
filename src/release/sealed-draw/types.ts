import { hex, id, integer, list, nullable, object, oneOf, text, type Infer } from './shape.ts';

// Every file of a bundle, as the "Fields" section of the sealed-draw specification lists them. Times are
// Unix seconds, durations seconds, hashes and keys lower-case hex, a place an index into `slots`.

export const ALGORITHM = 'sealed-draw/v1';
export const BEACON_SCHEME = 'bls-unchained-g1-rfc9380';

const hash = hex(32);
const time = integer(0);

export const blsBeaconShape = object({
  chain: hash,
  genesis: time,
  kind: oneOf('city', 'drand', 'demo'),
  margin: integer(0),
  offset: integer(0),
  period: integer(1),
  publicKey: hex(96),
  round: integer(1),
  scheme: oneOf(BEACON_SCHEME),
});
export const diceBeaconShape = object({
  chain: oneOf('dice'),
  kind: oneOf('dice'),
  margin: integer(0),
  offset: integer(0),
});

/** The beacon part of a manifest for a round-based beacon. */
export type BlsBeacon = Infer<typeof blsBeaconShape>;
/** The beacon part of a manifest for dice thrown in the hall. */
export type DiceBeacon = Infer<typeof diceBeaconShape>;
export type ManifestBeacon = BlsBeacon | DiceBeacon;

export const manifestShape = object({
  alg: oneOf(ALGORITHM),
  beacon: (value, at): ManifestBeacon =>
    (value as { kind?: unknown } | null)?.kind === 'dice'
      ? diceBeaconShape(value, at)
      : blsBeaconShape(value, at),
  classes: list(object({ id, weight_max: integer(1) })),
  close: time,
  confirm_s: integer(1),
  draw: id,
  eligibility: oneOf('open', 'prior-visit', 'pre-review'),
  group: id,
  hospital: id,
  identityKey: hash,
  log: object({ origin: text, publicKey: hash }),
  number: integer(1),
  open: time,
  outage: oneOf('wait'),
  pool: oneOf('public', 'entrants-and-witnesses'),
  precedence: list(integer(0)),
  prev: hash,
  receiptKey: hash,
  reserves: list(object({ c: integer(0), place: integer(0) })),
  returns: object({ closes: list(time), later: integer(1), offset: integer(0) }),
  sealBy: time,
  slots: list(id),
  verifier: hash,
  weights: oneOf('equal', 'loss-1-6-8'),
  witnesses: list(text),
  witnesses_min: integer(0),
});
/** The rules of one draw, published before entries close. */
export type Manifest = Infer<typeof manifestShape>;

/** The few fields of the known-answer vector's manifest. */
export const vectorManifestShape = object({
  alg: oneOf(ALGORITHM),
  beacon: object({ chain: hash, round: integer(1) }),
  draw: id,
  slots: list(id),
});
export type VectorManifest = Infer<typeof vectorManifestShape>;

export const poolLineShape = object({ c: integer(0), e: hash, p: list(id), w: integer(1) });
/** One entry: class, entryId, ordered session ids, weight. */
export type PoolLine = Infer<typeof poolLineShape>;

export const voidLineShape = object({ e: hash, secret: hash });
/** One withdrawn entry with the secret its holder revealed. */
export type VoidLine = Infer<typeof voidLineShape>;

export const receiptShape = object({ draw: id, e: hash, leaf: hash, sig: hex(64), time, v: hash });
/** The patient's signed receipt. */
export type Receipt = Infer<typeof receiptShape>;

const inclusion = object({ index: integer(0), proof: list(hash) });
export const logProofShape = object({
  checkpoint: text,
  inclusion,
  manifestHash: hash,
  timestamps: list(text),
  witnesses: list(text),
});
/** published.json and closed.json: one log leaf, proven. */
export type LogProof = Infer<typeof logProofShape>;

export const sealFileShape = object({
  checkpoint: text,
  entries: integer(0),
  inclusion,
  manifestHash: hash,
  root: hash,
  seal: hash,
  sealedAt: time,
  timestamps: list(text),
  witnesses: list(text),
});
/** seal.json of the main draw. */
export type SealFile = Infer<typeof sealFileShape>;

export const returnSealFileShape = object({
  checkpoint: text,
  inclusion,
  manifestHash: hash,
  n: integer(1),
  returnsHash: hash,
  sealedAt: time,
  timestamps: list(text),
  witnesses: list(text),
});
/** seal.json of a return. */
export type ReturnSealFile = Infer<typeof returnSealFileShape>;

export const blsBeaconFileShape = object({
  chain: hash,
  publicKey: hex(96),
  randomness: hash,
  round: integer(1),
  seed: hash,
  signature: hex(48),
});
export const diceBeaconFileShape = object({
  chain: oneOf('dice'),
  randomness: hash,
  seed: hash,
  throws: text,
});
export type BlsBeaconFile = Infer<typeof blsBeaconFileShape>;
export type DiceBeaconFile = Infer<typeof diceBeaconFileShape>;
/** beacon.json of the main draw (seed) or of a return (seed′). */
export type BeaconFile = BlsBeaconFile | DiceBeaconFile;

export const rankingLineShape = object({ e: hash, key: hash });
/** One entry with its lowest ticket, in rank order. */
export type RankingLine = Infer<typeof rankingLineShape>;

export const allocationLineShape = object({
  e: hash,
  place: nullable(integer(0)),
  slot: nullable(id),
});
/** One entry's place and session, both null when unplaced, in rank order. */
export type AllocationLine = Infer<typeof allocationLineShape>;

const countLine = object({ c: integer(0), n: integer(0), w: integer(1) });
export const countsShape = object({ counts: list(countLine), draw: id, sig: hex(64) });
/** How many entries of each class and weight the identity module let in, signed by it. */
export type Counts = Infer<typeof countsShape>;

export const returnLineShape = object({
  place: integer(0),
  slot: id,
  why: oneOf('lapse', 'cancel', 'direct'),
  x: list(hash),
});
/** One place that came back, and the entries that must not get it. */
export type ReturnLine = Infer<typeof returnLineShape>;

export const logLineShape = object({
  at: time,
  e: nullable(hash),
  n: integer(1),
  place: nullable(integer(0)),
  prev: hash,
  t: oneOf('confirm', 'lapse', 'cancel', 'withdraw', 'promote', 'triage', 'add', 'stop', 'later'),
});
/** One event after the draw, chained to the one before. */
export type LogLine = Infer<typeof logLineShape>;
/** An event before it is chained. */
export type LogEvent = Omit<LogLine, 'n' | 'prev'>;

export const finalLineShape = object({
  e: nullable(hash),
  place: nullable(integer(0)),
  t: oneOf('draw', 'standby', 'direct', 'triage', 'add', 'free'),
});
/** Where a place (or 加号, place null) ended. */
export type FinalLine = Infer<typeof finalLineShape>;
