import {
  ed25519Signer,
  signReceipt,
  type BundleFiles,
} from '../../src/release/sealed-draw/index.ts';
import type {
  CheckId,
  FinalLine,
  LogCopy,
  PoolLine,
  Receipt,
} from '../../src/release/sealed-draw/index.ts';
import { makeSyntheticDraw, type SyntheticDraw, type SyntheticOptions } from './synthetic-draw.ts';
import type { Tamper } from './synthetic-stage.ts';

// One dishonest draw for each way of cheating. Whoever cheats recomputes every later file, so that one
// check alone can tell; each case comes with what an honest person would hold against it.

/** What a verifier is given: the bundle, a receipt, another copy; the log where a test wants it. */
export type Evidence = {
  files: BundleFiles;
  receipt: Receipt;
  other: BundleFiles;
  log: LogCopy;
};

export const HONEST: SyntheticOptions = { kind: 'city', reserves: true, weights: true };

const at = <T>(list: readonly T[], index: number): T => {
  const item = list[index];
  if (item === undefined) throw new RangeError(`nothing at ${index}`);
  return item;
};

/** A draw with what its honest participants hold: the third receipt, and a copy from the same hand. */
export function evidence(draw: SyntheticDraw, change: Partial<Evidence> = {}): Evidence {
  const { files, log } = draw;
  return { files, receipt: at(draw.receipts, 3), other: files, log, ...change };
}

function cheat(tamper: Tamper): SyntheticDraw {
  return makeSyntheticDraw({ ...HONEST, tamper });
}

const honest = (): SyntheticDraw => makeSyntheticDraw(HONEST);

/** An entry (not the one of the third receipt) with more than one wish. */
function victim(draw: SyntheticDraw): string {
  const own = at(draw.receipts, 3).e;
  const line = draw.parts.pool.find(({ e, p }) => e !== own && p.length > 1);
  if (!line) throw new Error('nobody has two wishes');
  return line.e;
}

const changed = (e: string, change: (line: PoolLine) => PoolLine) => (pool: PoolLine[]) =>
  pool.map((line) => (line.e === e ? change(line) : line));
const reversed = (line: PoolLine): PoolLine => ({ ...line, p: [...line.p].reverse() });
const receiptOf = (draw: SyntheticDraw, e: string): Receipt =>
  draw.receipts.find((one) => one.e === e) as Receipt;

/** Names the check that must fail, and makes the evidence. */
export type Case = { check: CheckId; make: () => Evidence };

/** The sixteen ways of the specification. */
export const CHEATS: Record<string, Case> = {
  'an entry is dropped': {
    check: 'V5',
    make() {
      const e = victim(honest());
      const drop = (pool: PoolLine[]) => pool.filter((line) => line.e !== e);
      const draw = cheat({ poolBeforeSeal: drop, countsFollow: true });
      return evidence(draw, { receipt: receiptOf(draw, e) });
    },
  },
  'an entry is added': {
    check: 'V10',
    make() {
      const ghost = { c: 0, e: '0f'.repeat(32), p: ['A'], w: 1 };
      return evidence(cheat({ poolBeforeSeal: (pool) => [...pool, ghost] }));
    },
  },
  'an entry is edited': {
    check: 'V5',
    make() {
      const e = victim(honest());
      const draw = cheat({ poolBeforeSeal: changed(e, reversed) });
      return evidence(draw, { receipt: receiptOf(draw, e) });
    },
  },
  'a weight is raised': {
    check: 'V10',
    make() {
      const e = victim(honest());
      return evidence(
        cheat({ poolBeforeSeal: changed(e, (line) => ({ ...line, w: line.w + 1 })) }),
      );
    },
  },
  'a slot is taken away': {
    check: 'V1',
    make: () =>
      evidence(
        cheat({
          manifest: (m) => ({
            ...m,
            slots: m.slots.filter((_, place) => place !== 7),
            precedence: m.precedence
              .filter((place) => place !== 7)
              .map((place) => (place > 7 ? place - 1 : place)),
          }),
        }),
      ),
  },
  'the order of slots is changed': {
    check: 'V1',
    make: () => evidence(cheat({ manifest: (m) => ({ ...m, slots: [...m.slots].reverse() }) })),
  },
  'another round is used': { check: 'V2', make: () => evidence(cheat({ roundDelay: 1 })) },
  'the seal comes late': { check: 'V3', make: () => evidence(cheat({ sealDelay: 400 })) },
  'the draw is run again': {
    check: 'V12',
    make() {
      const first = honest();
      const draw = cheat({
        firstRun: (pool) => pool,
        poolBeforeSeal: changed(victim(first), reversed),
      });
      return evidence(draw, { other: first.files });
    },
  },
  'others are shown another pool': {
    check: 'V12',
    make() {
      const shown = honest();
      const draw = cheat({ poolBeforeSeal: changed(victim(shown), reversed) });
      return evidence(draw, { other: shown.files });
    },
  },
  'precedence is swapped': {
    check: 'V9',
    make: () => evidence(cheat({ precedence: (places) => [...places].reverse() })),
  },
  'a number is added off the ledger': {
    check: 'V11',
    make() {
      const extra: FinalLine = { e: null, place: null, t: 'add' };
      return evidence(cheat({ final: (lines) => [...lines, extra] }));
    },
  },
  'a receipt is forged': {
    check: 'V5',
    make() {
      const draw = honest();
      const { sig: _, ...facts } = at(draw.receipts, 3);
      const receipt = signReceipt(facts, ed25519Signer(new Uint8Array(32).fill(0x66)));
      return evidence(draw, { receipt });
    },
  },
  'the log after the draw is altered': {
    check: 'V11',
    make: () =>
      evidence(cheat({ eventsAfterClose: (events) => events.filter(({ t }) => t !== 'add') })),
  },
  'a return draw is skipped': { check: 'V11', make: () => evidence(cheat({ skipReturn: 1 })) },
  'an exclusion is ignored': {
    check: 'V11',
    make: () => evidence(cheat({ ignoreExclusions: true })),
  },
};

/** Further ways, so that every check has one that it alone can tell. */
export const MORE_CHEATS: Record<string, Case> = {
  'the published pool is not the sealed one': {
    check: 'V4',
    make: () => evidence(cheat({ poolAfterSeal: changed(victim(honest()), reversed) })),
  },
  'the randomness has a false signature': {
    check: 'V6',
    make: () => evidence(cheat({ falseSignature: true })),
  },
  'the seed was chosen': { check: 'V7', make: () => evidence(cheat({ seed: '5a'.repeat(32) })) },
  'two ranks are exchanged': {
    check: 'V8',
    make: () => evidence(cheat({ ranking: ([a, b, ...rest]) => (a && b ? [b, a, ...rest] : []) })),
  },
};
