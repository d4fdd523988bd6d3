import type { Db, Queryable, Tx } from '../platform/db.ts';
import { Problem } from '../platform/problem.ts';
import { eraseMoneyFirst } from './errors.ts';
import { cutTraces, forgetPayers, moneyForCopy, moneyMoves } from './store-person.ts';

/** Days for which it is kept who paid: long enough for complaints and for a price document's dispute. */
const payer_days = 180;

/**
 * What payment knows of a person. The ledger's amounts, dates and channel numbers stay, because the books
 * must be kept by law and must add up; nothing in them leads to the person any more.
 */
export function paymentPersonData(ctx: { db: Db }) {
  return {
    module: 'payment',
    read: async ({ patient_id }: { patient_id: string }) => moneyForCopy(ctx.db, patient_id),
    erase: async (tx: Tx, { patient_id }: { patient_id: string }): Promise<null> => {
      if (await moneyMoves(tx, patient_id)) throw new Problem(eraseMoneyFirst);
      await cutTraces(tx, patient_id);
      return null;
    },
    sweep: async (db: Queryable, at: Date) => ({
      payers: await forgetPayers(db, new Date(at.getTime() - payer_days * 86_400_000)),
    }),
  };
}
