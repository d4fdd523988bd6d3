import { sharedBatcher } from '../platform/batch.ts';
import type { Db } from '../platform/db.ts';
import { nextLate, type Room } from './room.ts';
import { keepLatePlaces, readLatePlaces } from './store.ts';

type Asked = { room: Room; patient_id: string };

const asker = sharedBatcher<Asked, number>();

/**
 * The place of a patient who came after the opening, or the one the patient already has: a browser
 * that forgot its ticket, a computer instead of the phone and another account of the family find the
 * same. Who ask together share two statements.
 */
export function latePlace(db: Db, room: Room, patient_id: string): Promise<number> {
  return asker(db, (asked) => placesOf(db, asked)).submit({ room, patient_id });
}

async function placesOf(db: Db, asked: Asked[]): Promise<number[]> {
  const places = new Map<string, Map<string, number>>();
  for (const room of new Set(asked.map((one) => one.room))) {
    const mine = asked.filter((one) => one.room === room).map((one) => one.patient_id);
    places.set(room.row.id, await placesIn(db, room, [...new Set(mine)]));
  }
  return asked.map(({ room, patient_id }) => places.get(room.row.id)?.get(patient_id) as number);
}

async function placesIn(db: Db, room: Room, patient_ids: string[]): Promise<Map<string, number>> {
  const known = await readLatePlaces(db, room.row.id, patient_ids);
  const fresh: { patient_id: string; number: number }[] = [];
  for (const patient_id of patient_ids)
    if (!known.has(patient_id)) fresh.push({ patient_id, number: await nextLate(db, room) });
  if (fresh.length === 0) return known;
  return new Map([...known, ...(await keepLatePlaces(db, room.row.id, fresh))]);
}
