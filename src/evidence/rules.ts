import { hash } from 'node:crypto';
import type { StoredEvent } from '../platform/outbox.ts';
import { canonicalBytes, concatBytes, parseCanonical, utf8 } from '../platform/tlog/index.ts';

/** What of an event its leaf commits to: all of it but the database's transaction number. */
export type LoggedEvent = Omit<StoredEvent, 'tx'>;

export const LEAF_BYTES_MAX = 0xffff;

/** RFC 8785 bytes of an event: actor, hospital_id, id, name, occurred_at, payload, person_id, subject, version. */
export function canonicalEvent(event: LoggedEvent): Uint8Array {
  return canonicalBytes({
    actor: event.actor,
    hospital_id: event.hospital_id,
    id: event.id,
    name: event.name,
    occurred_at: event.occurred_at.toISOString(),
    payload: event.payload,
    person_id: event.person_id ?? null,
    subject: event.subject,
    version: event.version,
  });
}

/**
 * The data of an event's leaf. An event about nobody is its hash; one about a person is hashed
 * behind `salt` (16 bytes); a draw's leaf is the bytes the specification of the draw writes.
 * @throws RangeError when a person's event comes without a salt: its hash could be guessed.
 */
export function leafData(event: LoggedEvent, salt?: Uint8Array): Uint8Array {
  if (event.person_id) {
    if (salt?.length !== 16) throw new RangeError('the leaf of a person needs a salt of 16 bytes');
    return hashLeaf(concatBytes(salt, canonicalEvent(event)));
  }
  return drawLeaf(event) ?? hashLeaf(canonicalEvent(event));
}

/** The leaf that holds the hash of these bytes. */
export function hashLeaf(bytes: Uint8Array): Uint8Array {
  return utf8(`{"h":"${hash('sha256', bytes, 'hex')}","t":"event"}`);
}

/**
 * The leaf a draw's event carries, if it is one. Only canonical objects whose `t` begins with
 * `draw.` count, so that no payload can pass itself off as the hash of another event.
 */
export function drawLeaf(event: LoggedEvent): Uint8Array | undefined {
  const { leaf } = (event.payload ?? {}) as { leaf?: unknown };
  if (event.person_id || typeof leaf !== 'string') return undefined;
  try {
    const value = parseCanonical(leaf) as { t?: unknown } | null;
    const isDraw = typeof value?.t === 'string' && value.t.startsWith('draw.');
    const bytes = utf8(leaf);
    return isDraw && bytes.length <= LEAF_BYTES_MAX ? bytes : undefined;
  } catch {
    return undefined;
  }
}

/** What a round does with the events it read. */
export type Turn<E> = {
  /** To append, in this order. */
  appended: E[];
  /** Whose predecessor is not in the log yet. */
  waiting: E[];
  /** The subjects that moved, with their last version in the log. */
  versions: Map<string, number>;
};

type Versioned = { id: string; subject: string; version: number };

/**
 * Puts events into the log's order: by cursor, but each subject by version. An event whose
 * predecessor has not come waits and follows it directly. `logged` holds the last version of each
 * subject that is in the log, `early` the events that waited before. An event whose version the log
 * has already is left out: it is in the log, or somebody replaced it, which `log:verify` finds.
 */
export function inVersionOrder<E extends Versioned>(
  read: readonly E[],
  logged: ReadonlyMap<string, number>,
  early: readonly E[],
): Turn<E> {
  const versions = new Map<string, number>();
  const appended: E[] = [];
  const place = (event: Versioned) => `${event.version} ${event.subject}`;
  const parked = new Map(early.map((event) => [place(event), event]));
  const lastOf = (subject: string) => versions.get(subject) ?? logged.get(subject) ?? 0;
  for (const event of read) {
    let next: E | undefined = event;
    if (event.version > lastOf(event.subject) + 1) parked.set(place(event), event);
    if (event.version !== lastOf(event.subject) + 1) continue;
    while (next) {
      appended.push(next);
      versions.set(next.subject, next.version);
      const key = place({ ...next, version: next.version + 1 });
      next = parked.get(key);
      parked.delete(key);
    }
  }
  const known = new Set(early.map((event) => event.id));
  return { appended, versions, waiting: [...parked.values()].filter(({ id }) => !known.has(id)) };
}
