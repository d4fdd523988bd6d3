import {
  allocateReturn,
  applyEvent,
  closeReturn,
  drawReturn,
  dueAt,
  exclusions,
  openLedger,
  returnMoment,
  returnsHash,
  returnSeed,
  returnsLeaf,
  type AllocationLine,
  type Ledger,
  type LogEvent,
  type PoolLine,
  type ReturnLine,
  type ReturnOutcome,
  type ReturnParts,
} from '../../src/release/sealed-draw/index.ts';
import { beaconOutput, pick, type Stage } from './synthetic-stage.ts';

type Drawn = { pool: readonly PoolLine[]; seal: string; allocation: readonly AllocationLine[] };

/** The events, returns and ledger of a draw's later life, and how to replay other events over them. */
export type Life = {
  events: LogEvent[];
  returns: ReturnParts[];
  ledger: Ledger;
  closedAt: number;
  replay(ledger: Ledger, events: readonly LogEvent[]): Ledger;
};

/** Confirms, lapses, cancels, withdraws, returns, stops, adds and gives away on-site, reproducibly. */
export function lifeAfterDraw(stage: Stage, drawn: Drawn): Life {
  const { manifest } = stage;
  const ledger = openLedger(manifest, drawn.allocation);
  const events: LogEvent[] = [];
  const outcomes = new Map<number, ReturnOutcome>();
  const returns: ReturnParts[] = [];
  const tell = (event: LogEvent): void => {
    events.push(event);
    applyEvent(ledger, event);
  };
  let time = manifest.sealBy + 5_000;
  firstDay(ledger, time, tell);
  manifest.returns.closes.forEach((close, i) => {
    const n = i + 1;
    const outcome = stage.tamper.skipReturn === n ? null : runReturn(stage, drawn, ledger, n);
    if (outcome) {
      outcomes.set(n, outcome.outcome);
      returns.push(outcome.parts);
    }
    closeReturn(ledger, n, outcome?.outcome ?? null);
    time = close + 5_000;
    for (const { e, place } of outcome?.outcome.allocation ?? []) {
      if (place === null) continue;
      time += 2;
      tell({ at: time, e, place, t: 'promote' });
      // Some of those who moved up give the place back in turn.
      tell({ at: time + 1, e, place, t: pick(`${n} ${place}`, 2) ? 'confirm' : 'cancel' });
    }
  });
  lastDay(ledger, time + 30_000, tell);
  const replay = (fresh: Ledger, others: readonly LogEvent[]): Ledger => {
    for (const event of others) {
      passCloses(fresh, event.at, outcomes);
      applyEvent(fresh, event);
    }
    passCloses(fresh, Infinity, outcomes);
    return fresh;
  };
  return { events, returns, ledger, closedAt: time + 40_000, replay };
}

function passCloses(ledger: Ledger, time: number, outcomes: Map<number, ReturnOutcome>): void {
  while ((ledger.closes[ledger.next - 1] ?? Infinity) <= time) {
    closeReturn(ledger, ledger.next, outcomes.get(ledger.next) ?? null);
    if (ledger.next > ledger.closes.length) return;
  }
}

function firstDay(ledger: Ledger, at: number, tell: (event: LogEvent) => void): void {
  const held = [...ledger.holders].map(([place, { e }]) => ({ e, place }));
  held.forEach(({ e, place }, i) => {
    const session = ledger.slots[place];
    if (i === 0 || session === 'D') tell({ at: at + i, e, place, t: 'lapse' });
    else if (i === 1 || i === 2) tell({ at: at + i, e, place, t: 'cancel' });
    else if (i === 3) tell({ at: at + i, e, place, t: 'stop' });
    else tell({ at: at + i, e, place, t: 'confirm' });
  });
  const [tired] = ledger.standby;
  if (tired !== undefined) tell({ at: at + 50, e: tired, place: null, t: 'withdraw' });
  const [urgent] = ledger.standby;
  tell({ at: at + 51, e: urgent ?? null, place: null, t: 'add' });
  tell({ at: at + 52, e: null, place: null, t: 'add' });
}

function lastDay(ledger: Ledger, at: number, tell: (event: LogEvent) => void): void {
  ledger.slots.forEach((_, place) => {
    if (ledger.holders.has(place) || ledger.stopped.has(place) || ledger.due.has(place)) return;
    if (ledger.unwanted.has(place)) tell({ at, e: null, place, t: 'later' });
    tell({ at, e: null, place, t: 'triage' });
  });
}

function runReturn(
  { manifest, hash, log, tamper }: Stage,
  drawn: Drawn,
  ledger: Ledger,
  n: number,
): { outcome: ReturnOutcome; parts: ReturnParts } | null {
  const honest = dueAt(ledger, n).map(({ place, slot, why, by, x }): ReturnLine => ({
    place,
    slot,
    why,
    // The canceller and two on standby who share the canceller's phone.
    x: x ?? exclusions([...(by === null ? [] : [by]), ...[...ledger.standby].slice(0, 2)]),
  }));
  const lines = tamper.returnLines?.(honest, n) ?? honest;
  if (lines.length === 0) return null;
  const moment = returnMoment(manifest, n);
  const hashOfLines = returnsHash(lines);
  const sealedAt = (manifest.returns.closes[n - 1] ?? 0) + 1;
  const proof = log.log(returnsLeaf(manifest.draw, n, hashOfLines), sealedAt);
  const seal = { ...proof, manifestHash: hash, n, returnsHash: hashOfLines, sealedAt };
  const round = moment.round === null ? null : moment.round + (tamper.returnRoundDelay ?? 0);
  const beacon = beaconOutput(manifest, round, (randomness) =>
    returnSeed({ seal: drawn.seal, returnsHash: hashOfLines, randomness }),
  );
  const candidates = drawn.pool.filter(({ e }) => ledger.standby.has(e));
  const { ranking, allocation: fair } = drawReturn({ lines, candidates, seed: beacon.seed });
  const wishes = new Map(candidates.map(({ e, p }) => [e, p]));
  const allocation = tamper.ignoreExclusions
    ? allocateReturn(
        ranking.map(({ e }) => ({ e, p: wishes.get(e) ?? [] })),
        lines.map((line) => ({ ...line, x: [] })),
      )
    : fair;
  const parts = { n, returns: lines, seal, beacon, ranking, allocation };
  return { outcome: { lines, allocation, seed: beacon.seed }, parts };
}
