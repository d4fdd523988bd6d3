import { shanghaiDate, type Clock } from '../../platform/clock.ts';
import type { Db } from '../../platform/db.ts';
import { plain_rules } from './presets.ts';
import { rulesOn } from './read-rules.ts';
import { hospitalOfSession } from './store.ts';

/** So long the answer for a hospital is believed; a new version never begins within a day of its writing. */
const believed_ms = 5_000;
const sessions_max = 20_000;

type Kept = {
  /** Where a session is never changes. */
  hospitals: Map<string, Promise<string | undefined>>;
  minutes: Map<string, { day: string; at: number; value: Promise<number> }>;
};

const kept = new WeakMap<object, Kept>();

function keptOf(db: Db): Kept {
  let found = kept.get(db);
  if (!found) kept.set(db, (found = { hospitals: new Map(), minutes: new Map() }));
  return found;
}

/**
 * For how many minutes a number of a session is held (占号), by its hospital's rules in force today.
 * Two look-ups a session and hospital at first, then none: a crowd asks once.
 */
export async function holdMinutes(
  ctx: { db: Db; clock: Clock },
  session_id: string,
): Promise<number> {
  const { hospitals } = keptOf(ctx.db);
  let hospital = hospitals.get(session_id);
  if (!hospital) {
    if (hospitals.size >= sessions_max) hospitals.clear();
    hospital = hospitalOfSession(ctx.db, session_id);
    hospitals.set(session_id, hospital);
    // What is not known is asked again, for it may be on its way.
    void hospital.then((found) => found ?? hospitals.delete(session_id)).catch(() => hospitals.delete(session_id)); // prettier-ignore
  }
  const hospital_id = await hospital;
  return hospital_id === undefined ? plain_rules.hold_minutes : minutesOf(ctx, hospital_id);
}

function minutesOf(ctx: { db: Db; clock: Clock }, hospital_id: string): Promise<number> {
  const { minutes } = keptOf(ctx.db);
  const now = ctx.clock.now();
  const [day, at] = [shanghaiDate(now), now.getTime()];
  const known = minutes.get(hospital_id);
  if (known?.day === day && Math.abs(at - known.at) < believed_ms) return known.value;
  const value = rulesOn(ctx, { hospital_id, day }).then((rules) => rules.hold_minutes);
  minutes.set(hospital_id, { day, at, value });
  void value.catch(() => minutes.delete(hospital_id));
  return value;
}

/** A hospital's first rules may begin at once: what was believed of it is asked again. */
export function forgetHoldMinutes(db: Db, hospital_id: string): void {
  keptOf(db).minutes.delete(hospital_id);
}
