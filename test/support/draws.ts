import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { sql } from '../../src/platform/sql.ts';
import { staffAt, type Visitor, type world } from './world.ts';

export type World = Awaited<ReturnType<typeof world>>;

export type OpenDraw = {
  draw_id: string;
  code: string;
  closes_at: string;
  round_at: string;
  confirm_until: string;
  manifest_hash: string;
  returns: { n: number; closes_at: string; round_at: string; confirm_until: string }[];
  sessions: string[];
  places: number;
};

type Shown = Omit<OpenDraw, 'sessions' | 'places'> & {
  state: string;
  group: string;
  kind: string;
  sessions: { session_id: string; service_date: string; places: number }[];
};

/** The open draw of a group for a clinic day. */
export async function openDraw(here: World, group: string, day: string): Promise<OpenDraw> {
  const someone = await staffAt(here.app, 'manager');
  const { draws } = (await someone.get('/api/staff/draws')) as { draws: Shown[] };
  const found = draws.find(
    (one) =>
      one.group === group &&
      one.state === 'open' &&
      one.sessions.some((session) => session.service_date === day),
  );
  assert.ok(found, `an open draw of ${group} on ${day}`);
  return {
    ...found,
    sessions: found.sessions.map((one) => one.session_id),
    places: found.sessions.reduce((sum, one) => sum + one.places, 0),
  };
}

/** Finds or registers a synthetic person at the window. */
export async function personAtWindow(here: World, clerk: Visitor, index: number): Promise<string> {
  const person = here.ctx.population.syntheticPerson(index);
  const { patient_id } = await clerk.post('/api/staff/patients', {
    name: person.name,
    document_type: 'resident_id',
    document_number: person.documentNumber,
  });
  return patient_id;
}

/** Registers a synthetic person at the window; the reply is the slip. */
export async function registerAtWindow(
  here: World,
  clerk: Visitor,
  draw_id: string,
  index: number,
  preferences: string[],
): Promise<any> {
  const patient_id = await personAtWindow(here, clerk, index);
  const body = { patient_id, preferences, notice_days: 0 };
  return clerk.post(`/api/staff/draws/${draw_id}/entries`, body);
}

/** What a browser sends to register, with the secret it keeps. */
export function entryBody(patient_id: string, preferences: string[], more: object = {}) {
  const secret = randomBytes(32);
  return {
    secret: secret.toString('hex'),
    body: {
      patient_id,
      preferences,
      nonce: randomBytes(32).toString('hex'),
      secret_hash: createHash('sha256').update(secret).digest('hex'),
      ...more,
    },
  };
}

/** Adds a synthetic person to an account. */
export async function addPerson(
  here: World,
  someone: Visitor,
  index: number,
  relation = 'other',
): Promise<string> {
  const person = here.ctx.population.syntheticPerson(index);
  const added = await someone.post('/api/patients', {
    name: person.name,
    document_type: 'resident_id',
    document_number: person.documentNumber,
    relation,
  });
  return added.patient_id;
}

/** Visits of a draw's entries that stand in this status. */
export function heldOf(
  here: World,
  draw_id: string,
  status = 'held',
): Promise<{ id: string; patient_id: string }[]> {
  return here.ctx.db.many(sql`
    select a.id, a.patient_id from booking.appointment a join release.entry e on e.appointment_id = a.id
    where e.draw_id = ${draw_id} and a.status = ${status} order by e.id`);
}

/** Goes to so many seconds after an instant. */
export function until(here: World, instant: string | Date, seconds: number): Promise<void> {
  return here.advance((new Date(instant).getTime() - here.clock.now().getTime()) / 1000 + seconds);
}
