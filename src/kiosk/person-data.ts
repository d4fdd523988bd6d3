import type { PersonData } from '../identity/index.ts';
import type { Db } from '../platform/db.ts';
import { deleteTurnsBefore, deleteTurnsOf, turnsForCopy } from './store-person.ts';

/** Days a turn at a kiosk can be looked into. */
const turn_days = 180;

/** What the kiosks know of a person: when they stood at one. */
export function kioskPersonData(ctx: { db: Db }): PersonData {
  return {
    module: 'kiosk',
    read: async ({ patient_id }) => ({ turns: await turnsForCopy(ctx.db, patient_id) }),
    erase: async (tx, { patient_id }) => {
      await deleteTurnsOf(tx, patient_id);
      return null;
    },
    sweep: async (db, at) => ({
      kiosk_turns: await deleteTurnsBefore(db, new Date(at.getTime() - turn_days * 86_400_000)),
    }),
  };
}
