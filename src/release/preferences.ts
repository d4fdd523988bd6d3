import { getSessions } from '../schedule/index.ts';
import type { Queryable } from '../platform/db.ts';
import { Problem } from '../platform/problem.ts';
import { preferenceUnknown, wildcardsOff } from './errors.ts';
import type { Manifest } from './sealed-draw/index.ts';

/** The last line of a list: any chief physician's session of the draw, or any session. */
export type Wildcard = 'chief' | 'any';

/** A session of a draw, in manifest order, with what wishes and wildcards choose by. */
export type Offered = { session_id: string; healthcare_service_id: string; level: string };

export const preference_lines_max = 10;

/** The sessions of a manifest in its order. */
export async function offeredSessions(db: Queryable, manifest: Manifest): Promise<Offered[]> {
  const ids = [...new Set(manifest.slots)];
  const sessions = new Map((await getSessions({ db }, ids)).map((one) => [one.id, one]));
  return ids.flatMap((session_id) => {
    const session = sessions.get(session_id);
    if (!session) return [];
    return [
      { session_id, healthcare_service_id: session.healthcare_service_id, level: session.level },
    ];
  });
}

/** Explicit lines first, then what the wildcard adds, in manifest order, each session once. */
export function expand(
  explicit: readonly string[],
  wildcard: Wildcard | null,
  offered: readonly Offered[],
): string[] {
  if (wildcard === null) return [...explicit];
  const added = offered
    .filter((one) => wildcard === 'any' || one.level === 'chief')
    .map((one) => one.session_id);
  return [...new Set([...explicit, ...added])];
}

/**
 * A patient's list as it goes into the pool.
 * @throws Problem release/preference-unknown, wildcards-off.
 */
export async function readPreferences(
  db: Queryable,
  manifest: Manifest,
  input: { preferences: string[]; wildcard?: Wildcard | null | undefined; wildcards: boolean },
): Promise<string[]> {
  const { preferences, wildcard = null } = input;
  const known = new Set(manifest.slots);
  const lines = preferences.length + (wildcard === null ? 0 : 1);
  if (
    lines === 0 ||
    lines > preference_lines_max ||
    new Set(preferences).size !== preferences.length ||
    preferences.some((session) => !known.has(session))
  )
    throw new Problem(preferenceUnknown);
  if (wildcard === null) return preferences;
  if (!input.wildcards) throw new Problem(wildcardsOff);
  const list = expand(preferences, wildcard, await offeredSessions(db, manifest));
  if (list.length === 0) throw new Problem(preferenceUnknown);
  return list;
}
