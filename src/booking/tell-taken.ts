import type { Db } from '../platform/db.ts';
import { sharedBatcher } from '../platform/batch.ts';
import { keptPatient, maskedPatients, type MaskedPatient } from '../identity/index.ts';
import { getSessions, type SessionView } from '../schedule/index.ts';
import { readTaken } from './read-taken.ts';
import { selectSessionTerms, type VisitRow } from './store-visits.ts';
import type { Taken } from './take.ts';
import type { Channel } from './types.ts';
import { toVisit, type ReadVisitContext, type Visit } from './visits.ts';

type TellContext = Omit<ReadVisitContext, 'db'> & { db: Db };
type Place = { session: SessionView; terms: Pick<VisitRow, 'level' | 'cancel_deadlines'> };

/** A crowd at one session reads its names every five seconds, not once a person. */
const place_ms = 5000;

type Places = Map<string, { until: number; place: Promise<Place | undefined> }>;
const kept_places = new WeakMap<Db, Places>();
const reader = sharedBatcher<string, Place | undefined>();
const patients = sharedBatcher<string, MaskedPatient | undefined>();

/** Begins to read what the reply will say of the session, while its number is being taken. */
export function beginTelling(ctx: TellContext, session_id: string): void {
  // Whoever needs the answer hears of a failure.
  placeOf(ctx, session_id).catch(() => undefined);
}

/**
 * The visit that was just made, for its reply: told from the answer of the hot write, so that a
 * booking is not read back from four tables. One that repeats an earlier request is read as it is now.
 * @throws Problem booking/visit-unknown.
 */
export async function tellTaken(
  ctx: TellContext,
  of: {
    taken: Taken;
    session_id: string;
    patient_id: string;
    /** As the guard has just read it; null when nothing was read. */
    patient_version: number | null;
    channel: Channel;
  },
): Promise<Visit> {
  const { taken, session_id } = of;
  const { times, ...made } = taken;
  if (!times) return readTaken(ctx, made.appointment_id);
  const [place, patient] = await Promise.all([placeOf(ctx, session_id), patientOf(ctx, of)]);
  if (!place) throw new Error('a visit names a session that exists');
  if (!patient) throw new Error('a visit names a person that exists');
  const { session, terms } = place;
  const row = {
    ...made,
    ...times,
    ...terms,
    session_id,
    service_date: session.service_date,
    channel: of.channel,
    cancelled_at: null,
    previous_order_number: null,
    slot_free: false,
    draw_id: null,
    queue: null,
  };
  return toVisit(row, session, patient, ctx.clock.now());
}

/** Whoever books has just been shown who is to be seen, and nothing need be read again while that stands. */
function patientOf(
  ctx: TellContext,
  { patient_id, patient_version }: { patient_id: string; patient_version: number | null },
): MaskedPatient | undefined | Promise<MaskedPatient | undefined> {
  const shown =
    patient_version === null ? undefined : keptPatient(ctx, patient_id, patient_version);
  return shown ?? patients(ctx.db, (ids) => maskedInOrder(ctx, ids)).submit(patient_id);
}

async function maskedInOrder(
  ctx: TellContext,
  ids: string[],
): Promise<(MaskedPatient | undefined)[]> {
  const found = await maskedPatients({ ...ctx, db: ctx.db.hot }, ids);
  return ids.map((id) => found.get(id));
}

function placeOf(ctx: TellContext, id: string): Promise<Place | undefined> {
  let places = kept_places.get(ctx.db);
  if (!places) kept_places.set(ctx.db, (places = new Map()));
  const mine = places;
  const now = performance.now();
  const known = places.get(id);
  if (known && now < known.until) return known.place;
  for (const [other, { until }] of places) if (until <= now) places.delete(other);
  const place = reader(ctx.db, (ids) => readPlaces(ctx, ids)).submit(id);
  places.set(id, { until: now + place_ms, place });
  const forget = (): void => void mine.delete(id);
  place.then((found) => found ?? forget(), forget);
  return place;
}

/** The places of sessions in the order asked; two statements, also when a crowd asks at many doctors. */
async function readPlaces(ctx: TellContext, ids: string[]): Promise<(Place | undefined)[]> {
  const [sessions, all] = await Promise.all([
    getSessions(ctx, ids),
    selectSessionTerms(ctx.db, ids, ctx.clock.now()),
  ]);
  const terms = new Map(all.map(({ session_id, ...one }) => [session_id, one]));
  const found = new Map(sessions.map((session) => [session.id, session]));
  return ids.map((id) => {
    const place = { session: found.get(id), terms: terms.get(id) };
    return place.session && place.terms ? (place as Place) : undefined;
  });
}
