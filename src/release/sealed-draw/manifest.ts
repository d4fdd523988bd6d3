import {
  canonicalBytes,
  COSIGNATURE_V1_ALG,
  nobleHasher,
  parseVkey,
  toHex,
  type Hasher,
} from '../../platform/tlog/index.ts';
import { chainHash, QUICKNET } from './beacon.ts';
import { DrawError } from './errors.ts';
import { joined, say, type Sentence } from './sentence.ts';
import { manifestShape, type BlsBeacon, type Manifest, type ManifestBeacon } from './types.ts';

const NO_MANIFEST = '0'.repeat(64);
const DAY_S = 86_400;
const WINDOW_MIN_S = 1_800;
const CONFIRM_MIN_S = 3 * 3_600;
const WEIGHT_MAX = 8;

/** SHA-256 (hex) of the manifest's canonical bytes. */
export function manifestHash(manifest: object, hasher: Hasher = nobleHasher): string {
  return toHex(hasher.sha256(canonicalBytes(manifest)));
}

/** The first round whose time is not before `earliest`: ⌈(earliest − genesis) / period⌉ + 1. */
export function roundAt(beacon: Pick<BlsBeacon, 'genesis' | 'period'>, earliest: number): number {
  return Math.ceil((earliest - beacon.genesis) / beacon.period) + 1;
}

/** The time (Unix seconds) of a round: genesis + (round − 1) · period. */
export function roundTime(beacon: Pick<BlsBeacon, 'genesis' | 'period'>, round: number): number {
  return beacon.genesis + (round - 1) * beacon.period;
}

/** When a draw's randomness exists; `round` is null for dice. */
export type DrawMoment = { round: number | null; time: number };

/** Round and time of the main draw by the formula (not from the manifest's own `round`). */
export function drawMoment(manifest: Pick<Manifest, 'beacon' | 'sealBy'>): DrawMoment {
  return momentAfter(manifest.beacon, manifest.sealBy + manifest.beacon.offset);
}

/** Round and time of return `n` (from 1); RangeError if the manifest has no such return. */
export function returnMoment(
  manifest: Pick<Manifest, 'beacon' | 'returns'>,
  n: number,
): DrawMoment {
  const close = manifest.returns.closes[n - 1];
  if (close === undefined) throw new RangeError(`the manifest has no return ${n}`);
  return momentAfter(manifest.beacon, close + manifest.returns.offset);
}

function momentAfter(beacon: ManifestBeacon, earliest: number): DrawMoment {
  if (beacon.kind === 'dice') return { round: null, time: earliest };
  const round = roundAt(beacon, earliest);
  return { round, time: roundTime(beacon, round) };
}

/** The latest second (exclusive for the demo beacon, inclusive else) at which a manifest may appear. */
export function publishDeadline(manifest: Pick<Manifest, 'beacon' | 'close'>): number {
  return manifest.beacon.kind === 'demo' ? manifest.close - 1 : manifest.close - DAY_S;
}

/** The default precedence: places in their own order. */
export function plainPrecedence(slots: readonly string[]): number[] {
  return slots.map((_, place) => place);
}

/** A manifest read from a parsed JSON value; DrawError 'shape' or 'manifest' if it breaks a rule. */
export function validateManifest(value: unknown): Manifest {
  const manifest = manifestShape(value, 'manifest');
  const problems = [...manifestProblems(manifest), ...roundProblems(manifest)];
  if (manifest.beacon.margin > manifest.beacon.offset) {
    problems.push(say('提前量不能大于间隔。', 'The margin must not exceed the offset.'));
  }
  if (problems.length > 0) throw new DrawError('manifest', joined(problems));
  return manifest;
}

/** Every broken rule of a well-shaped manifest as a sentence, the round formula apart. */
export function manifestProblems(manifest: Manifest): Sentence[] {
  return [
    ...timeProblems(manifest),
    ...beaconProblems(manifest.beacon),
    ...placeProblems(manifest),
    ...classProblems(manifest),
    ...returnsProblems(manifest),
    ...witnessProblems(manifest),
  ];
}

/** The broken parts of the round formula: the round itself and the least offset and margin. */
export function roundProblems(manifest: Manifest): Sentence[] {
  const { beacon } = manifest;
  const least = beacon.kind === 'demo' ? { offset: 20, margin: 10 } : { offset: 600, margin: 300 };
  const { round } = drawMoment(manifest);
  return told([
    [
      beacon.offset < least.offset,
      `封存到随机数的间隔至少 ${least.offset} 秒。`,
      `The offset must be at least ${least.offset} seconds.`,
    ],
    [
      beacon.margin < least.margin,
      `提前量至少 ${least.margin} 秒。`,
      `The margin must be at least ${least.margin} seconds.`,
    ],
    [
      manifest.returns.closes.length > 0 && manifest.returns.offset < least.offset,
      `退号再派的间隔至少 ${least.offset} 秒。`,
      `The offset of returns must be at least ${least.offset} seconds.`,
    ],
    [
      beacon.kind !== 'dice' && beacon.round !== round,
      `按公式应当用第 ${round} 轮：封存时限加间隔之后的第一轮。`,
      `The round must be ${round}, the first one at or after sealing time plus offset.`,
    ],
  ]);
}

function told(rules: readonly (readonly [broken: boolean, zh: string, en: string])[]): Sentence[] {
  return rules.filter(([broken]) => broken).map(([, zh, en]) => say(zh, en));
}

function timeProblems(manifest: Manifest): Sentence[] {
  const demo = manifest.beacon.kind === 'demo';
  const { open, close, sealBy, number, prev } = manifest;
  return told([
    [close <= open, '登记的截止必须晚于开始。', 'Entries must close after they open.'],
    [
      !demo && close - open < WINDOW_MIN_S,
      '登记时间至少 30 分钟。',
      'The entry window must last at least 30 minutes.',
    ],
    [
      sealBy < close,
      '封存时限不能早于登记截止。',
      'The sealing time must not lie before the close.',
    ],
    [
      !demo && manifest.confirm_s < CONFIRM_MIN_S,
      '确认时间至少三小时。',
      'The time to confirm must be at least three hours.',
    ],
    [
      (number === 1) !== (prev === NO_MANIFEST),
      '只有第 1 号的上一份规则写作 64 个 0。',
      'Number 1 (and only it) has 64 zeros as its previous manifest.',
    ],
  ]);
}

function beaconProblems(beacon: ManifestBeacon): Sentence[] {
  if (beacon.kind === 'dice') return [];
  if (beacon.kind === 'drand') {
    const pinned =
      beacon.chain === QUICKNET.chain &&
      beacon.genesis === QUICKNET.genesis &&
      beacon.period === QUICKNET.period &&
      beacon.publicKey === QUICKNET.publicKey;
    return told([
      [
        !pinned,
        'drand 信标必须是参数固定的 quicknet。',
        'A drand beacon must be quicknet with its pinned values.',
      ],
    ]);
  }
  const expected = chainHash(beacon);
  return told([
    [
      beacon.chain !== expected,
      '信标的链号与它的参数对不上。',
      'The beacon chain is not the hash of its parameters.',
    ],
  ]);
}

function placeProblems({ slots, precedence, reserves, classes }: Manifest): Sentence[] {
  const places = new Set(precedence);
  const reserved = new Set(reserves.map(({ place }) => place));
  return told([
    [slots.length === 0, '至少要有一个号。', 'A draw needs at least one place.'],
    [
      precedence.length !== slots.length ||
        places.size !== slots.length ||
        precedence.some((place) => place >= slots.length),
      '先后次序必须把每个号恰好列一次。',
      'Precedence must name every place exactly once.',
    ],
    [
      reserves.some(({ place }) => place >= slots.length),
      '保留名额指向不存在的号。',
      'A reserve names an unknown place.',
    ],
    [
      reserves.some(({ c }) => c >= classes.length),
      '保留名额指向不存在的类别。',
      'A reserve names an unknown class.',
    ],
    [
      reserved.size !== reserves.length,
      '一个号只能保留一次。',
      'A place can be reserved only once.',
    ],
  ]);
}

function classProblems({ classes, weights }: Manifest): Sentence[] {
  return told([
    [
      classes[0]?.id !== 'general',
      '第一个类别必须是 general。',
      'The first class must be "general".',
    ],
    [
      new Set(classes.map((one) => one.id)).size !== classes.length,
      '类别编号不能重复。',
      'Class ids must differ.',
    ],
    [
      weights === 'loss-1-6-8' && classes.some((one) => one.weight_max > WEIGHT_MAX),
      '任何类别的权重不能超过 8。',
      'No class may exceed weight 8.',
    ],
  ]);
}

function returnsProblems(manifest: Manifest): Sentence[] {
  const { closes } = manifest.returns;
  const { time } = drawMoment(manifest);
  return told([
    [
      closes.some((close, i) => close <= (closes[i - 1] ?? time)),
      '各次退号再派必须依次截止，第一次在派号之后。',
      'Returns must close one after another, the first after the draw.',
    ],
    [closes.length > 999, '退号再派最多 999 次。', 'There can be at most 999 returns.'],
  ]);
}

function witnessProblems({ witnesses, witnesses_min, log }: Manifest): Sentence[] {
  const keys = witnesses.map((vkey) => witnessKey(vkey));
  return told([
    [
      keys.includes(null),
      '有一个见证方的公钥不是 cosignature/v1 格式。',
      'A witness is not a cosignature/v1 verifier key.',
    ],
    [
      new Set(keys).size !== keys.length,
      '见证方的公钥不能相同。',
      'Witnesses must have different keys.',
    ],
    [keys.includes(log.publicKey), '日志不能给自己作见证。', 'The log cannot be its own witness.'],
    [
      witnesses_min > witnesses.length,
      '要求的见证方比列出的还多。',
      'More witnesses are required than named.',
    ],
    [
      log.origin === '' || /[\n\r]/.test(log.origin),
      '日志缺少名称。',
      'The log needs an origin line.',
    ],
  ]);
}

function witnessKey(vkey: string): string | null {
  try {
    const key = parseVkey(vkey);
    return key.alg === COSIGNATURE_V1_ALG ? toHex(key.publicKey) : null;
  } catch {
    return null; // told as a problem by the caller
  }
}
