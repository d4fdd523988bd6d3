import { ed25519 } from '@noble/curves/ed25519.js';
import { toHex, utf8 } from '../../src/platform/tlog/index.ts';
import { nodeHasher } from '../../src/platform/tlog/node-hasher.ts';
import {
  allocate,
  announcedLeaf,
  beaconPublicKey,
  beaconSecretKey,
  buildBundle,
  chainEvents,
  chainHash,
  closedLeaf,
  countEntries,
  drawMoment,
  drawSeed,
  ed25519Signer,
  entryId,
  finalLines,
  linesBytes,
  logHead,
  manifestHash,
  openLedger,
  personTag,
  plainPrecedence,
  poolLeaf,
  poolLineText,
  poolRoot,
  randomnessOf,
  rankEntries,
  sealedLeaf,
  sealOf,
  secretHash,
  signCounts,
  signReceipt,
  signRound,
  sortPool,
  type AllocationLine,
  type BeaconFile,
  type BundleParts,
  type LogCopy,
  type Manifest,
  type PoolLine,
  type Receipt,
  type SealFile,
  type VoidLine,
} from '../../src/release/sealed-draw/index.ts';
import { openSyntheticLog, type SyntheticLog } from './synthetic-log.ts';
import { lifeAfterDraw } from './synthetic-after.ts';
import { BEACON_SECRET, beaconOutput, pick, type Stage, type Tamper } from './synthetic-stage.ts';

export type SyntheticOptions = {
  kind?: 'demo' | 'city' | 'dice';
  witnesses?: number;
  reserves?: boolean;
  weights?: boolean;
  returns?: boolean;
  entries?: number;
  /** Receipts are made for so many entries only; signing a hundred thousand takes minutes. */
  receipts?: number;
  /** Bytes of verify.html. */
  verifier?: Uint8Array;
  /** The number of the draw, and the hash of the manifest before it. */
  number?: number;
  prev?: string;
  tamper?: Tamper;
};

/** A complete draw with everything a test may want to look at. */
export type SyntheticDraw = {
  parts: BundleParts & { manifest: Manifest; pool: PoolLine[] };
  files: Map<string, Uint8Array>;
  receipts: Receipt[];
  /** A receipt whose entry was withdrawn before closing. */
  withdrawnReceipt: Receipt;
  log: LogCopy;
  logFiles: Map<string, Uint8Array>;
};

const OPEN = 1_760_000_000;
const RECEIPT_SECRET = new Uint8Array(32).fill(0x11);
const IDENTITY_SECRET = new Uint8Array(32).fill(0x12);
const TAG_KEY = new Uint8Array(32).fill(0x13);
const VERIFIER = utf8('<!doctype html><title>verifier</title>\n');

/** Builds a draw from announcement to close; without `tamper` every check passes on it. */
export function makeSyntheticDraw(options: SyntheticOptions = {}): SyntheticDraw {
  const tamper = options.tamper ?? {};
  const log = openSyntheticLog(options.witnesses ?? 2);
  const announced = makeManifest(options, log);
  const hash = manifestHash(announced);
  const publishedProof = log.log(announcedLeaf(announced.draw, hash), OPEN - 90_000);
  const published = { ...publishedProof, manifestHash: hash };
  const manifest = tamper.manifest?.(structuredClone(announced)) ?? announced;
  const stage: Stage = { manifest, hash: manifestHash(manifest), log, tamper };
  const entered = enter(options, stage);
  const sealed = sortPool(tamper.poolBeforeSeal?.(entered.pool) ?? entered.pool);
  const counted = tamper.countsFollow ? sealed : entered.pool;
  const counts = signCounts(
    { counts: countEntries(counted), draw: manifest.draw },
    ed25519Signer(IDENTITY_SECRET),
  );
  if (tamper.firstRun) sealPool(stage, sortPool(tamper.firstRun(entered.pool)));
  const seal = sealPool(stage, sealed);
  const pool = sortPool(tamper.poolAfterSeal?.(sealed) ?? sealed);
  const drawn = draw(stage, pool, seal.seal);
  const after = lifeAfterDraw(stage, { pool, seal: seal.seal, allocation: drawn.allocation });
  const parts = {
    manifest,
    published: tamper.manifest ? { ...published, manifestHash: stage.hash } : published,
    pool,
    void: entered.voids,
    seal,
    ...drawn,
    counts,
    ...closeDraw(stage, drawn.allocation, after),
    verifier: options.verifier ?? VERIFIER,
  };
  return {
    parts,
    files: buildBundle(parts),
    receipts: entered.receipts,
    withdrawnReceipt: entered.withdrawnReceipt,
    log: { checkpoint: log.checkpoint(), leaves: log.leaves },
    logFiles: log.files(),
  };
}

function makeManifest(options: SyntheticOptions, log: SyntheticLog): Manifest {
  const kind = options.kind ?? 'demo';
  const demo = kind === 'demo';
  const times = demo ? { margin: 10, offset: 20 } : { margin: 300, offset: 600 };
  const publicKey = beaconPublicKey(BEACON_SECRET);
  const rounds = { genesis: OPEN - 100_000, period: 3, publicKey };
  const close = OPEN + (demo ? 120 : 3600);
  const slots = ['A', 'B', 'A', 'C', 'B', 'C', 'A', 'C', 'D'];
  const base = {
    alg: 'sealed-draw/v1' as const,
    beacon: { chain: 'dice' as const, kind: 'dice' as const, ...times },
    classes: options.reserves
      ? [
          { id: 'general', weight_max: 8 },
          { id: 'far-away', weight_max: 8 },
        ]
      : [{ id: 'general', weight_max: 8 }],
    close,
    confirm_s: demo ? 60 : 10_800,
    draw: `synthetic-${String(options.number ?? 1).padStart(4, '0')}`,
    eligibility: 'open' as const,
    group: 'cardiology',
    hospital: 'h1',
    identityKey: toHex(ed25519.getPublicKey(IDENTITY_SECRET)),
    log: { origin: log.origin, publicKey: log.publicKey },
    number: options.number ?? 1,
    open: OPEN,
    outage: 'wait' as const,
    pool: 'public' as const,
    precedence: options.reserves ? [8, 6, 4, 2, 0, 1, 3, 5, 7] : plainPrecedence(slots),
    prev: options.prev ?? '0'.repeat(64),
    receiptKey: toHex(ed25519.getPublicKey(RECEIPT_SECRET)),
    reserves: options.reserves
      ? [
          { c: 1, place: 0 },
          { c: 1, place: 4 },
        ]
      : [],
    returns: {
      closes: options.returns === false ? [] : [close + 20_000, close + 40_000, close + 60_000],
      later: options.returns === false ? 1 : 2,
      offset: times.offset,
    },
    sealBy: close + 5,
    slots,
    verifier: toHex(nodeHasher.sha256(options.verifier ?? VERIFIER)),
    weights: options.weights ? ('loss-1-6-8' as const) : ('equal' as const),
    witnesses: log.vkeys,
    witnesses_min: log.vkeys.length,
  };
  if (kind === 'dice') return base;
  const chain = chainHash(rounds);
  const scheme = 'bls-unchained-g1-rfc9380' as const;
  const beacon = { chain, ...rounds, kind, ...times, round: 1, scheme };
  const { round } = drawMoment({ beacon, sealBy: base.sealBy });
  return { ...base, beacon: { ...beacon, round: round ?? 1 } };
}

const WISHES = [['A', 'B'], ['B'], ['C', 'A', 'B'], ['A'], ['B', 'C'], ['C', 'B', 'A']];

function enter(
  options: SyntheticOptions,
  { manifest, hash }: Stage,
): { pool: PoolLine[]; receipts: Receipt[]; withdrawnReceipt: Receipt; voids: VoidLine[] } {
  const sign = ed25519Signer(RECEIPT_SECRET);
  const receiptFor = (line: PoolLine, v: string): Receipt => {
    const time = manifest.open + 60;
    return signReceipt({ draw: manifest.draw, e: line.e, leaf: poolLeaf(line), time, v }, sign);
  };
  const one = (name: string): { line: PoolLine; secret: Uint8Array } => {
    const tag = personTag(TAG_KEY, manifest.group, name);
    const e = entryId({ manifestHash: hash, personTag: tag, nonce: nodeHasher.sha256(utf8(name)) });
    const line: PoolLine = {
      c: options.reserves ? pick(`class ${name}`, 2) : 0,
      e,
      p: name === 'person 0' ? ['D'] : (WISHES[pick(`wish ${name}`, WISHES.length)] ?? ['A']),
      w: options.weights ? 1 + pick(`weight ${name}`, 3) : 1,
    };
    return { line, secret: nodeHasher.sha256(utf8(`secret ${name}`)) };
  };
  const all = Array.from({ length: options.entries ?? 30 }, (_, i) => one(`person ${i}`));
  const gone = one('somebody who withdrew');
  return {
    pool: sortPool(all.map(({ line }) => line)),
    receipts: all
      .slice(0, options.receipts ?? all.length)
      .map(({ line, secret }) => receiptFor(line, secretHash(secret))),
    withdrawnReceipt: receiptFor(gone.line, secretHash(gone.secret)),
    voids: [{ e: gone.line.e, secret: toHex(gone.secret) }],
  };
}

function sealPool({ manifest, hash, log, tamper }: Stage, pool: readonly PoolLine[]): SealFile {
  const root = poolRoot(pool.map(poolLineText));
  const seal = sealOf({ manifestHash: hash, root, entries: pool.length });
  const sealedAt = manifest.close + 1;
  const proof = log.log(sealedLeaf(manifest.draw, hash, seal), sealedAt + (tamper.sealDelay ?? 0));
  return { ...proof, entries: pool.length, manifestHash: hash, root, seal, sealedAt };
}

function draw({ manifest, tamper }: Stage, pool: readonly PoolLine[], seal: string) {
  const moment = drawMoment(manifest);
  const round = moment.round === null ? null : moment.round + (tamper.roundDelay ?? 0);
  const honestBeacon = beaconOutput(manifest, round, (randomness) => drawSeed(seal, randomness));
  const beacon = tamperedBeacon(honestBeacon, seal, tamper);
  const honestRanking = rankEntries(beacon.seed, pool);
  const ranking = tamper.ranking?.(honestRanking) ?? honestRanking;
  const byId = new Map(pool.map((line) => [line.e, line]));
  const applicants = ranking.map(({ e }) => byId.get(e) as PoolLine);
  const precedence = tamper.precedence?.(manifest.precedence) ?? manifest.precedence;
  const honest = allocate(applicants, { ...manifest, precedence });
  return { beacon, ranking, allocation: tamper.allocation?.(honest, manifest) ?? honest };
}

function tamperedBeacon(beacon: BeaconFile, seal: string, tamper: Tamper): BeaconFile {
  if (tamper.seed) return { ...beacon, seed: tamper.seed };
  if (!tamper.falseSignature || !('signature' in beacon)) return beacon;
  const signature = signRound(beaconSecretKey(new Uint8Array(48).fill(0x43)), beacon.round);
  const randomness = randomnessOf(signature);
  return { ...beacon, signature, randomness, seed: drawSeed(seal, randomness) };
}

function closeDraw(
  { manifest, hash, log, tamper }: Stage,
  allocation: readonly AllocationLine[],
  after: ReturnType<typeof lifeAfterDraw>,
) {
  const honestFinal = finalLines(after.ledger);
  const final = tamper.final?.(honestFinal) ?? honestFinal;
  const lines = chainEvents(after.events);
  const finalHash = toHex(nodeHasher.sha256(linesBytes(final)));
  const proof = log.log(closedLeaf(manifest.draw, finalHash, logHead(lines)), after.closedAt);
  const closed = { ...proof, manifestHash: hash };
  const returns = after.returns;
  if (!tamper.eventsAfterClose) return { returns, log: lines, final, closed };
  const events = tamper.eventsAfterClose(structuredClone(after.events));
  const ledger = after.replay(openLedger(manifest, allocation), events);
  return { returns, log: chainEvents(events), final: finalLines(ledger), closed };
}
