import { grantPlaces, returnUnplaced, stoppedSessions, type Grant } from '../booking/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import type { Random } from '../platform/random.ts';
import { displace } from './displace.ts';
import { logDrawEvents } from './draw-log.ts';
import type { AllocationLine } from './sealed-draw/index.ts';
import { placesOf, type DrawPlace, type DrawRow } from './store-draw.ts';
import type { EntryRow } from './store-entry.ts';
import { raiseEntries } from './store-return.ts';

type Source = { clock: Clock; random: Random };

const actor = 'system:release';

/** Events of one statement: a draw of a hundred thousand tells a hundred thousand people. */
const events_a_statement = 5_000;

/**
 * Holds the numbers behind placed entries for them until `hold_until`. A place that cannot be given
 * is logged at once: `stop` when its session was stopped, whose people are then displaced, `cancel`
 * when the person has a booking there already or this is the second entry of one person.
 * @returns the visits that were made, by entry.
 */
export async function giveOut(
  tx: Tx,
  ctx: Source,
  draw: DrawRow,
  facts: { entries: readonly EntryRow[]; allocation: readonly AllocationLine[]; hold_until: Date },
): Promise<Map<string, string>> {
  const places = new Map((await placesOf(tx, draw.id)).map((place) => [place.place, place]));
  const grants = toGrants(ctx, { ...facts, places });
  const made = await grantPlaces(tx, {
    draw_id: draw.id,
    grants: [...grants.values()],
    hold_until: facts.hold_until,
    at: ctx.clock.now(),
    actor,
  });
  const given = new Set(made.map((one) => one.slot_id));
  const missed = facts.allocation.filter(
    ({ e, place }) => place !== null && !given.has(grants.get(e)?.slot_id ?? ''),
  );
  await tellMissed(tx, ctx, draw, { missed, places, entries: facts.entries });
  const visits = [...grants].filter(([, grant]) => given.has(grant.slot_id));
  return new Map(visits.map(([e, grant]) => [e, grant.appointment_id]));
}

function toGrants(
  source: Source,
  facts: {
    entries: readonly EntryRow[];
    allocation: readonly AllocationLine[];
    places: ReadonlyMap<number, DrawPlace>;
  },
): Map<string, Grant> {
  const entries = new Map(facts.entries.map((entry) => [entry.id, entry]));
  const grants = new Map<string, Grant>();
  for (const { e, place } of facts.allocation) {
    const entry = entries.get(e);
    const number = place === null ? undefined : facts.places.get(place);
    if (!entry || !number || entry.twin_of !== null) continue;
    grants.set(e, {
      appointment_id: newId(source),
      slot_id: number.slot_id,
      patient_id: entry.patient_id,
      account_id: entry.account_id,
      device_key_id: entry.device_key_id,
      payer_reference: entry.payer_reference,
      phone_index: entry.phone_index?.toString('hex') ?? null,
    });
  }
  return grants;
}

async function tellMissed(
  tx: Tx,
  ctx: Source,
  draw: DrawRow,
  facts: {
    missed: readonly AllocationLine[];
    places: ReadonlyMap<number, DrawPlace>;
    entries: readonly EntryRow[];
  },
): Promise<void> {
  const { missed, places } = facts;
  if (missed.length === 0) return;
  const sessionOf = (line: AllocationLine) => places.get(line.place as number)?.session_id ?? '';
  const stopped = await stoppedSessions(tx, [...new Set(missed.map(sessionOf))]);
  const at = ctx.clock.now();
  const lines = missed.map((line) => ({
    e: line.e,
    place: line.place,
    t: stopped.has(sessionOf(line)) ? ('stop' as const) : ('cancel' as const),
  }));
  await logDrawEvents(tx, draw.id, lines, at);
  for (const line of missed.filter((one) => stopped.has(sessionOf(one))))
    await displace(tx, ctx, {
      draw,
      entry_id: line.e,
      place: line.place as number,
      session_id: sessionOf(line),
    });
  await returnUnplaced(tx, {
    draw_id: draw.id,
    slot_ids: missed.flatMap((line) => places.get(line.place as number)?.slot_id ?? []),
    to: 'cooling',
    at,
    actor,
  });
}

/** Tells each winner the number, and the hour to confirm by. */
export async function tellPlaced(
  tx: Tx,
  ctx: Source,
  draw: DrawRow,
  facts: {
    n: number;
    confirm_until: Date;
    given: ReadonlyMap<string, string>;
    won: readonly AllocationLine[];
  },
): Promise<void> {
  const slots = new Map(facts.won.map((line) => [line.e, line.slot as string]));
  const raised = await raiseEntries(tx, draw.id, [...facts.given.keys()]);
  const events = [...raised].map(([entry_id, { version, patient_id }]) => ({
    name: 'release.entry.placed' as const,
    hospital_id: draw.hospital_id,
    subject: `entry:${entry_id}`,
    version,
    person_id: patient_id,
    actor,
    payload: {
      draw_id: draw.id,
      entry_id,
      appointment_id: facts.given.get(entry_id) as string,
      session_id: slots.get(entry_id) as string,
      confirm_until: facts.confirm_until.toISOString(),
      n: facts.n,
    },
  }));
  for (let at = 0; at < events.length; at += events_a_statement)
    await appendEvents(tx, ctx, events.slice(at, at + events_a_statement));
}

/** Tells those who got no place this time that they stay on standby. */
export async function tellUnplaced(
  tx: Tx,
  ctx: Source,
  draw: DrawRow,
  facts: { ids: readonly string[]; service_date: string },
): Promise<void> {
  for (let at = 0; at < facts.ids.length; at += events_a_statement) {
    const raised = await raiseEntries(tx, draw.id, facts.ids.slice(at, at + events_a_statement));
    await appendEvents(
      tx,
      ctx,
      [...raised].map(([entry_id, { version, patient_id }]) => ({
        name: 'release.entry.unplaced' as const,
        hospital_id: draw.hospital_id,
        subject: `entry:${entry_id}`,
        version,
        person_id: patient_id,
        actor,
        payload: { draw_id: draw.id, entry_id, service_date: facts.service_date },
      })),
    );
  }
}
