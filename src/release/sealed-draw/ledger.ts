import type { Hasher } from '../../platform/tlog/index.ts';
import { laterDelay } from './returns.ts';
import { say, type Sentence } from './sentence.ts';
import type { AllocationLine, FinalLine, LogEvent, Manifest, ReturnLine } from './types.ts';

// The life of places after the draw, replayed from log.jsonl and the returns. The same rules serve the
// product (what is due at the next return, who may take part, the final list) and the verifier.

type Holder = { e: string | null; t: 'draw' | 'standby' | 'triage'; promoted: boolean };

/** A place on its way to a return: the earliest return, why it came back, and its exclusions once fixed. */
export type DuePlace = {
  place: number;
  slot: string;
  why: ReturnLine['why'];
  from: number;
  /** The entry that gave it up. */
  by: string | null;
  /** The exclusions it was already drawn with; null before its first return. */
  x: string[] | null;
};

/** The state of a draw's places; `problems` collects what the log should not contain. */
export type Ledger = {
  slots: string[];
  readonly placeCount: number;
  readonly closes: readonly number[];
  readonly later: number;
  holders: Map<number, Holder>;
  due: Map<number, DuePlace>;
  stopped: Set<number>;
  unwanted: Set<number>;
  /** Entries that may still take part in returns. */
  standby: Set<string>;
  added: (string | null)[];
  /** The next return, from 1, whose close has not been reached. */
  next: number;
  problems: Sentence[];
};

/** A ledger just after the main draw. */
export function openLedger(
  manifest: Pick<Manifest, 'slots' | 'returns'>,
  allocation: readonly AllocationLine[],
): Ledger {
  const holders = new Map<number, Holder>();
  const standby = new Set<string>();
  for (const { e, place } of allocation) {
    if (place === null) standby.add(e);
    else holders.set(place, { e, t: 'draw', promoted: true });
  }
  return {
    slots: [...manifest.slots],
    placeCount: manifest.slots.length,
    closes: manifest.returns.closes,
    later: manifest.returns.later,
    holders,
    due: new Map(),
    stopped: new Set(),
    unwanted: new Set(),
    standby,
    added: [],
    next: 1,
    problems: [],
  };
}

/**
 * Applies one event. An event dated at or after a return's close belongs behind that return, so the
 * caller closes returns first ({@link closeReturn}).
 */
export function applyEvent(ledger: Ledger, event: LogEvent): void {
  const { e, place, t } = event;
  if (t === 'add') {
    if (place !== null)
      blame(ledger, event, say('加号不占本次派号的号', 'an added number has no place of the draw'));
    ledger.added.push(e);
  } else if (t === 'withdraw') {
    if (place !== null || e === null || !ledger.standby.delete(e)) {
      blame(
        ledger,
        event,
        say('只有候补中的登记才能退出', 'only an entry on standby can withdraw'),
      );
    }
  } else if (place === null || place >= ledger.slots.length) {
    blame(ledger, event, say('它没有指明本次派号的号', 'it names no place of the draw'));
  } else if (t === 'triage') {
    giveOnSite(ledger, event, place);
  } else if (t === 'stop') {
    stopPlace(ledger, event, place);
  } else if (t === 'later') {
    if (e !== null || !ledger.unwanted.has(place)) {
      blame(ledger, event, say('没有哪次再派剩下这个号', 'no return left this place unwanted'));
    }
  } else {
    changeHolder(ledger, event, place);
  }
}

function blame(ledger: Ledger, event: LogEvent, reason: Sentence): void {
  const [zhWhere, where] =
    event.place === null ? ['', ''] : [`（号 ${event.place}）`, ` of place ${event.place}`];
  ledger.problems.push(
    say(
      `日志在 ${event.at} 的“${event.t}”${zhWhere}不合规则：${reason.zh}。`,
      `The log event "${event.t}"${where} at ${event.at} is not allowed: ${reason.en}.`,
    ),
  );
}

function changeHolder(ledger: Ledger, event: LogEvent, place: number): void {
  const holder = ledger.holders.get(place);
  if (holder === undefined || holder.e !== event.e) {
    blame(ledger, event, say('这条登记并不持有这个号', 'that entry does not hold the place'));
  } else if (event.t === 'promote') {
    if (holder.promoted)
      blame(
        ledger,
        event,
        say('没有哪次再派把这个号给了这条登记', 'no return gave this place to the entry'),
      );
    holder.promoted = true;
  } else if (!holder.promoted) {
    blame(
      ledger,
      event,
      say('再派所得者还没有转为持有人', 'the winner of the return was not promoted first'),
    );
  } else if (event.t === 'lapse' || event.t === 'cancel') {
    ledger.holders.delete(place);
    waitFor(ledger, ledger.next, { place, why: event.t, by: event.e, x: null });
  }
}

function waitFor(
  ledger: Ledger,
  from: number,
  back: Pick<DuePlace, 'place' | 'why' | 'by' | 'x'>,
): void {
  // Without a further return the place goes on-site.
  if (from > ledger.closes.length) return;
  ledger.due.set(back.place, { ...back, slot: ledger.slots[back.place] ?? '', from });
}

function giveOnSite(ledger: Ledger, event: LogEvent, place: number): void {
  if (ledger.holders.has(place)) blame(ledger, event, say('这个号有人持有', 'the place is taken'));
  if (ledger.stopped.has(place))
    blame(ledger, event, say('该场次已经停诊', 'the session was stopped'));
  const due = ledger.due.get(place);
  if (due)
    blame(
      ledger,
      event,
      say(`这个号还要参加第 ${due.from} 次再派`, `return ${due.from} had still to draw the place`),
    );
  ledger.due.delete(place);
  ledger.holders.set(place, { e: event.e, t: 'triage', promoted: true });
}

function stopPlace(ledger: Ledger, event: LogEvent, place: number): void {
  if ((ledger.holders.get(place)?.e ?? null) !== event.e) {
    blame(ledger, event, say('这条登记并不持有这个号', 'that entry does not hold the place'));
  }
  ledger.holders.delete(place);
  ledger.due.delete(place);
  ledger.stopped.add(place);
}

/** The places that return `n` must draw, by place (direct places join besides). */
export function dueAt(ledger: Ledger, n: number): DuePlace[] {
  return [...ledger.due.values()].filter(({ from }) => from <= n).sort((a, b) => a.place - b.place);
}

/** What came of one return. */
export type ReturnOutcome = {
  lines: readonly ReturnLine[];
  allocation: readonly AllocationLine[];
  /** seed′, hex. */
  seed: string;
};

/** Passes the close of return `n`; `outcome` is null when no place came back (nothing is drawn). */
export function closeReturn(
  ledger: Ledger,
  n: number,
  outcome: ReturnOutcome | null,
  hasher?: Hasher,
): void {
  ledger.next = n + 1;
  if (outcome === null) return;
  const winners = new Map<number, string>();
  for (const { e, place } of outcome.allocation) if (place !== null) winners.set(place, e);
  for (const { place, slot, why, x } of outcome.lines) {
    const by = ledger.due.get(place)?.by ?? null;
    ledger.slots[place] ??= slot;
    ledger.due.delete(place);
    const winner = winners.get(place);
    if (winner !== undefined) {
      ledger.holders.set(place, { e: winner, t: 'standby', promoted: false });
      ledger.standby.delete(winner);
      ledger.unwanted.delete(place);
      continue;
    }
    ledger.unwanted.add(place);
    const delay = laterDelay({ seed: outcome.seed, place, later: ledger.later }, hasher);
    waitFor(ledger, n + delay, { place, why, by, x });
  }
}

/** What is wrong with the lines of return `n` against the ledger, as sentences; call before closing it. */
export function returnLineProblems(
  ledger: Ledger,
  n: number,
  lines: readonly ReturnLine[],
): Sentence[] {
  const due = new Map(dueAt(ledger, n).map((place) => [place.place, place]));
  const told: Sentence[] = [];
  let joining = ledger.slots.length;
  for (const line of lines) {
    const { place, slot, why } = line;
    const back = due.get(place);
    due.delete(place);
    if (back) told.push(...backProblems(line, back));
    else if (why !== 'direct' || !isFreeForDirect(ledger, place, joining)) {
      told.push(
        say(
          `号 ${place} 没有退回，却出现在第 ${n} 次再派里。`,
          `Place ${place} is in return ${n} although it had not come back.`,
        ),
      );
    }
    if (place === joining) joining++;
    const known =
      place < ledger.placeCount ? ledger.slots[place] === slot : ledger.slots.includes(slot);
    if (known) continue;
    told.push(
      say(
        `号 ${place} 不是场次 ${slot} 的号。`,
        `Place ${place} is not a place of session ${slot}.`,
      ),
    );
  }
  for (const place of due.keys()) {
    told.push(
      say(
        `号 ${place} 已经退回，第 ${n} 次再派却没有列入。`,
        `Place ${place} came back but return ${n} left it out.`,
      ),
    );
  }
  return told;
}

function backProblems({ place, why, x }: ReturnLine, back: DuePlace): Sentence[] {
  const told: Sentence[] = [];
  if (why !== back.why) {
    told.push(
      say(
        `号 ${place} 退回的原因是 ${back.why}，不是 ${why}。`,
        `Place ${place} came back by ${back.why}, not ${why}.`,
      ),
    );
  }
  if (back.x !== null && back.x.join() !== x.join()) {
    told.push(
      say(
        `等待再派的号 ${place} 的排除名单被改过。`,
        `The exclusions of waiting place ${place} were changed.`,
      ),
    );
  }
  if (why === 'cancel' && back.by !== null && !x.includes(back.by)) {
    told.push(
      say(
        `号 ${place} 没有排除退掉它的那条登记。`,
        `Place ${place} does not exclude the entry that cancelled it.`,
      ),
    );
  }
  return told;
}

// A number of another pool that falls free joins under the next unused index, or under its own if it is
// a place that this draw left empty.
function isFreeForDirect(ledger: Ledger, place: number, joining: number): boolean {
  if (place >= ledger.slots.length) return place === joining;
  return !ledger.holders.has(place) && !ledger.due.has(place) && !ledger.stopped.has(place);
}

/** The final list: a line a place ascending, then a line an added number in log order. */
export function finalLines(ledger: Ledger): FinalLine[] {
  const places = ledger.slots.map((_, place): FinalLine => {
    const holder = ledger.holders.get(place);
    return holder ? { e: holder.e, place, t: holder.t } : { e: null, place, t: 'free' };
  });
  return [...places, ...ledger.added.map((e): FinalLine => ({ e, place: null, t: 'add' }))];
}

/** What is wrong with a final list, as sentences. */
export function finalProblems(ledger: Ledger, lines: readonly FinalLine[]): Sentence[] {
  const told: Sentence[] = [];
  for (const [place, { e, promoted }] of ledger.holders) {
    if (!promoted)
      told.push(
        say(
          `登记 ${e} 在再派中得到号 ${place}，日志却没有转为持有人。`,
          `Entry ${e} won place ${place} in a return but was never promoted.`,
        ),
      );
  }
  const given = lines.filter(({ place }) => place !== null);
  const added = lines.filter(({ place }) => place === null);
  if (lines.findIndex(({ place }) => place === null) < given.length && added.length > 0) {
    told.push(
      say(
        '最终名单必须先列各号，再列加号。',
        'The final list must name the places first and the added numbers last.',
      ),
    );
  }
  const expected = finalLines(ledger).slice(0, ledger.slots.length);
  if (given.length !== expected.length) {
    told.push(
      say(
        `最终名单有 ${given.length} 个号，应当是 ${expected.length} 个。`,
        `The final list has ${given.length} places instead of ${expected.length}.`,
      ),
    );
  }
  expected.forEach((line, i) => {
    const is = given[i];
    // A place that joined from another pool and found no taker may go back to it.
    const back = i >= ledger.placeCount && line.t === 'free' && is?.t === 'direct';
    if (is && (is.place !== line.place || is.e !== line.e || (is.t !== line.t && !back))) {
      told.push(
        say(
          `号 ${line.place} 最后应当是 ${line.t}（${line.e ?? '不属于登记'}），最终名单写的是 ${is.t}（${is.e ?? '不属于登记'}）。`,
          `Place ${line.place} must end as ${line.t} of ${line.e ?? 'nobody in the draw'}, ` +
            `the final list says ${is.t} of ${is.e ?? 'nobody in the draw'}.`,
        ),
      );
    }
  });
  return [...told, ...addedProblems(ledger.added, added)];
}

function addedProblems(
  logged: readonly (string | null)[],
  listed: readonly FinalLine[],
): Sentence[] {
  const told = listed
    .filter(({ t }) => t !== 'add')
    .map(({ t }) =>
      say(`最终名单有一行“${t}”没有号。`, `The final list has a line "${t}" without a place.`),
    );
  const name = (e: string | null): string => e ?? '';
  const fromLog = logged.map(name).sort().join();
  const fromList = listed
    .map(({ e }) => name(e))
    .sort()
    .join();
  if (logged.length !== listed.length || fromLog !== fromList) {
    told.push(
      say(
        `日志记了 ${logged.length} 个加号，最终名单列了 ${listed.length} 个，两者必须相同。`,
        `The log counts ${logged.length} added numbers (加号), the final list ${listed.length}; they must be the same.`,
      ),
    );
  }
  return told;
}
