import { listPatients, type PersonData } from '../identity/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db.ts';
import { Problem } from '../platform/problem.ts';
import { eraseVisitsFirst } from './errors.ts';
import {
  countsUntil,
  cutTraces,
  forgetDevices,
  forgetPriorities,
  hasOpenVisit,
  runningRestrictions,
  visitsForCopy,
} from './store-person.ts';

/** Days after a visit for which its device and payer are kept: long enough to look into a complaint. */
const trace_days = 180;

/**
 * What booking knows of a person. Visits stay without what leads to the person, because hospital and
 * log count them; restrictions and no-shows stay until they have run out.
 */
export function bookingPersonData(ctx: { db: Db; clock: Clock; fields: FieldCrypto }): PersonData {
  return {
    module: 'booking',
    read: ({ patient_id }) => visitsForCopy(ctx.db, patient_id),
    erase: async (tx, { patient_id, at }) => {
      if (await hasOpenVisit(tx, patient_id)) throw new Problem(eraseVisitsFirst);
      await cutTraces(tx, patient_id);
      return countsUntil(tx, patient_id, at);
    },
    decisions: async ({ account_id }) => {
      const ids = (await listPatients(ctx, account_id)).map((one) => one.patient_id);
      const rows = await runningRestrictions(ctx.db, ids, ctx.clock.now());
      return rows.map((row) => ({
        ...{ id: row.id, kind: 'restriction', patient_id: row.patient_id, appealed_at: null },
        ...{ at: row.starts_at, until: row.ends_at },
        title: '暂时不能在网上登记随机派号的门诊',
        reason:
          '系统按爽约或多次临时退号的记录自动得出，到期自动解除。窗口、急诊、复诊和转诊不受影响。如果记录不对，请告诉我们，工作人员会在一个工作日内查看。',
        title_en: 'No online registration for drawn clinics for now',
        reason_en:
          'Derived automatically from visits missed or given up late; it ends by itself. The window, emergency, follow-up and referral stay open. If the record is wrong, tell us: staff look within one working day.',
      }));
    },
    sweep: async (db, at) => ({
      device_traces: await forgetDevices(db, new Date(at.getTime() - trace_days * 86_400_000)),
      queue_priorities: await forgetPriorities(
        db,
        new Date(at.getTime() - trace_days * 86_400_000),
      ),
    }),
  };
}
