import type { PersonData } from '../identity/index.ts';
import type { Db } from '../platform/db.ts';
import { Problem } from '../platform/problem.ts';
import { eraseEntriesFirst } from './errors.ts';
import {
  cutTraces,
  entriesForCopy,
  forgetDevices,
  hasOpenEntry,
  lossesUntil,
} from './store-person.ts';

const trace_days = 180;

/**
 * What release knows of a person. Entries stay in their pools, where they are codes that prove the draw
 * fair; what leads from them to the person goes.
 */
export function releasePersonData(ctx: { db: Db }): PersonData {
  return {
    module: 'release',
    read: ({ patient_id }) => entriesForCopy(ctx.db, patient_id),
    erase: async (tx, { patient_id, at }) => {
      if (await hasOpenEntry(tx, patient_id)) throw new Problem(eraseEntriesFirst);
      await cutTraces(tx, patient_id);
      return lossesUntil(tx, patient_id, at);
    },
    sweep: async (db, at) => ({
      device_traces: await forgetDevices(db, new Date(at.getTime() - trace_days * 86_400_000)),
    }),
  };
}
