import type { PersonData } from '../identity/index.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db.ts';
import {
  deleteContacts,
  deleteNoticesOf,
  deleteOldNotices,
  noticesForCopy,
} from './store-person.ts';
import { sealedAs } from './types.ts';

/** Days a notice can be read again. */
const notice_days = 365;

/** What notify knows of a person: what they were told, all of which goes with them. */
export function notifyPersonData(ctx: { db: Db; fields: FieldCrypto }): PersonData {
  return {
    module: 'notify',
    read: async ({ patient_id }) => ({
      notices: (await noticesForCopy(ctx.db, patient_id)).map((row) => ({
        kind: row.kind,
        at: row.created_at,
        title: ctx.fields.open(row.sealed_title, sealedAs.title),
        text: ctx.fields.open(row.sealed_text, sealedAs.text),
      })),
    }),
    erase: async (tx, { patient_id }) => {
      await deleteNoticesOf(tx, patient_id);
      return null;
    },
    closeAccount: (tx, { account_id }) => deleteContacts(tx, account_id),
    sweep: async (db, at) => ({
      notices: await deleteOldNotices(db, new Date(at.getTime() - notice_days * 86_400_000)),
    }),
  };
}
