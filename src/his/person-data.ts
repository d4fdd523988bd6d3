import { visitIdsOf } from '../booking/index.ts';
import type { PersonData } from '../identity/index.ts';
import type { Db } from '../platform/db.ts';
import { deleteOldOrders, ordersOfVisits } from './store-money.ts';

/** Days that an order the HIS confirmed is kept here: it is the HIS that keeps the visit. */
const order_days = 180;

/**
 * What the link knows of a person: under which numbers their visits stand in the hospital's own system.
 * It holds ids of visits only, and booking cuts those from the person. The hospital's system keeps its
 * own records by its own law; deletion there is asked of the hospital.
 */
export function hisPersonData(ctx: { db: Db }): PersonData {
  return {
    module: 'his',
    read: async ({ patient_id }) => ({
      told_to_hospital: await ordersOfVisits(ctx.db, await visitIdsOf(ctx.db, patient_id)),
    }),
    erase: () => Promise.resolve(null),
    sweep: (db, at) => deleteOldOrders(db, new Date(at.getTime() - order_days * 86_400_000)),
  };
}
