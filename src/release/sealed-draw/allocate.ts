import type { AllocationLine, Manifest } from './types.ts';

/** An entry as allocation sees it, in rank order: class and ordered session ids. */
export type Applicant = { e: string; c: number; p: readonly string[] };

/** The parts of a manifest that allocation needs. */
export type Places = Pick<Manifest, 'slots' | 'precedence' | 'reserves'>;

/** A place of one session: its index and the class it is reserved for (null: open to all). */
export type Place = { place: number; reservedFor: number | null };

/**
 * Allocates places to applicants given in rank order: patient-proposing deferred acceptance with that
 * single order. Without reserves this is serial dictatorship, the lowest place in precedence first; with
 * reserves each session fills its places by precedence, a reserved place preferring its class.
 */
export function allocate(applicants: readonly Applicant[], places: Places): AllocationLine[] {
  const sessions = placesBySession(places);
  const placed =
    places.reserves.length === 0
      ? serialDictatorship(applicants, sessions)
      : deferredAcceptance(applicants, sessions);
  return applicants.map(({ e }, rank) => {
    const place = placed[rank] ?? null;
    return { e, place, slot: place === null ? null : (places.slots[place] ?? null) };
  });
}

/** The places of every session, in precedence. */
export function placesBySession({ slots, precedence, reserves }: Places): Map<string, Place[]> {
  const reserved = new Map(reserves.map(({ c, place }) => [place, c]));
  const sessions = new Map<string, Place[]>();
  for (const place of precedence) {
    const session = slots[place];
    if (session === undefined) continue;
    const own = sessions.get(session) ?? [];
    own.push({ place, reservedFor: reserved.get(place) ?? null });
    sessions.set(session, own);
  }
  return sessions;
}

function serialDictatorship(
  applicants: readonly Applicant[],
  sessions: Map<string, Place[]>,
): (number | null)[] {
  const taken = new Map<string, number>();
  return applicants.map(({ p }) => {
    for (const session of p) {
      const used = taken.get(session) ?? 0;
      const next = sessions.get(session)?.[used];
      if (next === undefined) continue;
      taken.set(session, used + 1);
      return next.place;
    }
    return null;
  });
}

/** The general algorithm; exported so that tests can hold the fast path against it. */
export function deferredAcceptance(
  applicants: readonly Applicant[],
  sessions: Map<string, Place[]>,
): (number | null)[] {
  const placed: (number | null)[] = applicants.map(() => null);
  const proposals = applicants.map(() => 0);
  const held = new Map<string, number[]>();
  let proposing = applicants.map((_, rank) => rank);
  while (proposing.length > 0) {
    const arrivals = new Map<string, number[]>();
    for (const rank of proposing) {
      const session = applicants[rank]?.p[proposals[rank] ?? 0];
      if (session === undefined) continue; // the list is exhausted: unplaced
      const queue = arrivals.get(session);
      if (queue) queue.push(rank);
      else arrivals.set(session, [rank]);
    }
    proposing = [];
    for (const [session, ranks] of arrivals) {
      const contenders = [...(held.get(session) ?? []), ...ranks].sort((a, b) => a - b);
      const chosen = chooseFor(sessions.get(session) ?? [], contenders, applicants);
      for (const rank of contenders) placed[rank] = chosen.get(rank) ?? null;
      held.set(session, [...chosen.keys()]);
      for (const rank of contenders) {
        if (chosen.has(rank)) continue;
        proposals[rank] = (proposals[rank] ?? 0) + 1;
        proposing.push(rank);
      }
    }
  }
  return placed;
}

/** Which of the contenders (ascending ranks) a session takes, and for which place. */
function chooseFor(
  places: readonly Place[],
  contenders: readonly number[],
  applicants: readonly Applicant[],
): Map<number, number> {
  const chosen = new Map<number, number>();
  let firstFree = 0;
  for (const { place, reservedFor } of places) {
    while (firstFree < contenders.length && chosen.has(contenders[firstFree] as number))
      firstFree++;
    let winner = contenders[firstFree];
    if (winner === undefined) break;
    if (reservedFor !== null) {
      winner =
        contenders.find((rank) => !chosen.has(rank) && applicants[rank]?.c === reservedFor) ??
        winner;
    }
    chosen.set(winner, place);
  }
  return chosen;
}
