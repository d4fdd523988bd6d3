/**
 * The door before the taking of numbers: it lets in at once as many as this process answers within
 * `answer_ms`, and asks everybody else to come back. A request that waits in a queue of a full server
 * is answered late and has cost as much; one that comes back was answered at once and cost nothing.
 *
 * Haste earns nothing at it. Who was asked to come back goes before whoever is new, and who comes back
 * too early is asked again without a new time.
 */
export type Door = {
  /**
   * 0 lets in, and `leave` must follow; else so many milliseconds to come back after. Who is new and has
   * waited `waited_ms` before the door already, too long to be answered in time, is asked to come back,
   * too; who was asked back is not sent away for that again, or a long line would keep everybody out.
   */
  enter(account_id: string, now_ms: number, waited_ms?: number): number;
  /** One that was let in at `entered_ms` is answered or gone. */
  leave(entered_ms: number, now_ms: number): void;
  inside(): number;
  /** So many were asked to come back and have not been let in yet. */
  waiting(): number;
  limit(): number;
};

/** An answer within this on the server leaves room for its way there and back. */
export const answer_ms = 65;
const limit_first = 128;
const limit_min = 64;
const limit_max = 4_096;
/** So many answers are looked at together. */
const answers_a_look = 64;
const late_share_max = 0.05;
/** Who has waited so long before the door would be answered late. */
const waited_ms_max = answer_ms / 2;
/** With a part kept for those who come back, the new fill no more than the rest. */
const full_share = 0.7;
/** Such a part of the door is kept for those whose time to come back has come. */
const kept_share = 0.5;
/** One is the least that `Retry-After` can say. */
const back_ms_min = 1_000;
const back_ms_max = 10_000;
/** After so long without anybody a crowd comes all at once, while nothing is under way: it opens narrower then. */
const quiet_ms = 1_000;
const quiet_share = 0.25;
/** Who does not come back within this of their time has gone. */
const given_up_ms = 5_000;
const waiting_max = 50_000;

/**
 * How many of the answers looked at came late, whether the door was as good as full meanwhile, and the
 * limit that was good before the last quiet.
 */
type Look = { answers: number; late: number; is_full: boolean; known: number };

/**
 * The next limit: a tenth less when too many answers came late, a few more when the door was full
 * though answers came in time, and up to what was good before in large steps.
 */
export function nextLimit(limit: number, { answers, late, is_full, known }: Look): number {
  if (late > answers * late_share_max) return Math.max(limit_min, limit * 0.9);
  if (!is_full) return limit;
  if (limit < known) return Math.min(known, limit * 1.25);
  return Math.min(limit_max, limit + Math.max(3, limit / 24));
}

/** How wide the door is, learned from how soon those who were inside had their answers. */
type Width = {
  limit(): number;
  /** Somebody comes after nobody has been inside for a while. */
  rest(now_ms: number): void;
  /** One more came in; `inside` counts them too. */
  enter(inside: number): void;
  answered(of: { entered_ms: number; now_ms: number; inside: number }): void;
};

function createWidth(): Width {
  let limit = limit_first;
  let known = limit_first;
  let answers = 0;
  let late = 0;
  let most_inside = 0;
  /** The answers of who came in before this say nothing of the width. */
  let judged_from = -Infinity;
  return {
    limit: () => limit,
    rest: (now_ms) => {
      limit = Math.max(limit_min, Math.floor(known * quiet_share));
      // The first of a rush are late because all come at once, which says nothing of the width.
      judged_from = now_ms + answer_ms;
    },
    enter: (inside) => (most_inside = Math.max(most_inside, inside)),
    answered: ({ entered_ms, now_ms, inside }) => {
      // All who were inside during one delay are late together: they narrow the door once.
      if (entered_ms < judged_from) return;
      answers++;
      if (now_ms - entered_ms > answer_ms) late++;
      if (answers < answers_a_look) return;
      const is_full = most_inside > limit * full_share;
      const next = nextLimit(limit, { answers, late, is_full, known });
      most_inside = inside;
      if (next < limit) judged_from = now_ms;
      // What was good before is forgotten when the door had to narrow, and raised when it widens beyond.
      known = next < limit || next > known ? next : known;
      limit = next;
      answers = late = 0;
    },
  };
}

/** Forgets who has not come back in time; those told first are first. */
function forgetGone(due: Map<string, number>, now_ms: number): void {
  for (const [account_id, at] of due) {
    if (at + given_up_ms > now_ms) return;
    due.delete(account_id);
  }
}

/** A door that stands wide enough for `limit_first` at once and learns from there. */
export function createDoor(): Door {
  const width = createWidth();
  let inside = 0;
  let left_at = -Infinity;
  let typical_ms = answer_ms;
  /** When the last who was asked back may come. */
  let next_at = -Infinity;
  /** When each account may come back; in the order in which they were told. */
  const due = new Map<string, number>();

  /**
   * They are asked back one after another, as many in a while as are kept places for, so that the door
   * is neither idle nor stormed while they wait.
   */
  const backAfter = (now_ms: number): number => {
    const in_turn = Math.max(
      next_at + typical_ms / (width.limit() * kept_share),
      now_ms + back_ms_min,
    );
    next_at = Math.min(in_turn, now_ms + back_ms_max);
    return Math.ceil(next_at - now_ms);
  };
  /** Who was asked back and is due before those inside have gone; counted up to `most`. */
  const dueSoon = (now_ms: number, most: number): number => {
    let found = 0;
    for (const at of due.values()) {
      if (at > now_ms + typical_ms || found >= most) break;
      found++;
    }
    return found;
  };
  const askBack = (account_id: string, now_ms: number): number => {
    const back_ms = backAfter(now_ms);
    due.delete(account_id);
    if (due.size < waiting_max) due.set(account_id, now_ms + back_ms);
    return back_ms;
  };

  return {
    enter: (account_id, now_ms, waited_ms = 0) => {
      forgetGone(due, now_ms);
      if (inside === 0 && now_ms - left_at > quiet_ms) width.rest(now_ms);
      const mine = due.get(account_id);
      if (mine !== undefined && now_ms < mine) return mine - now_ms;
      const limit = width.limit();
      // Part of it is kept for those whose time has come, so that the new cannot keep them out.
      const most = limit * kept_share;
      const isNew = mine === undefined;
      const kept = isNew && inside >= limit - most ? dueSoon(now_ms, most) : 0;
      const isLate = isNew && waited_ms > waited_ms_max;
      if (inside >= limit - kept || isLate) return askBack(account_id, now_ms);
      due.delete(account_id);
      width.enter(++inside);
      return 0;
    },
    leave: (entered_ms, now_ms) => {
      inside--;
      left_at = now_ms;
      typical_ms += (now_ms - entered_ms - typical_ms) / 50;
      width.answered({ entered_ms, now_ms, inside });
    },
    inside: () => inside,
    waiting: () => due.size,
    limit: () => Math.floor(width.limit()),
  };
}
