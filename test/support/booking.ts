import { newId } from '../../src/platform/id.ts';
import { manualClock } from '../../src/platform/clock.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { createBookingHot } from '../../src/booking/hot.ts';
import { openStock, releaseNumbers, type StockSession } from '../../src/booking/store-stock.ts';
import type { Asker } from '../../src/booking/types.ts';
import { testDatabase } from './database.ts';

export const web: Asker = {
  actor: 'account:test',
  channel: 'web',
  account_id: null,
  device_key_id: null,
  payer_reference: null,
  phone_index: null,
};

/** A database with booking's hot path, a clock that stands at 2026-11-24 09:00 in Shanghai, and makers. */
export async function bookingWorld(seed: string) {
  const { db, url, stop } = await testDatabase();
  const clock = manualClock(new Date('2026-11-24T01:00:00Z'));
  const random = seededRandom(seed);
  const ctx = { db, clock, random, bookingHot: createBookingHot(db.hot, db.lane) };
  let keys = 0;
  return {
    ctx,
    url,
    stop,
    key: () => ({ scope: 'test', key: `key-${++keys}`, fingerprint: 'same' }),
    person: () => newId(ctx),
    /** A session on 2026-11-27, its numbers released unless told otherwise. */
    session: async (
      numbers: number,
      options: Partial<StockSession> & { released?: boolean } = {},
    ) => {
      const { released = true, ...changes } = options;
      const session: StockSession = {
        session_id: newId(ctx),
        hospital_id: newId(ctx),
        healthcare_service_id: newId(ctx),
        practitioner_id: newId(ctx),
        service_date: '2026-11-27',
        starts_at: new Date('2026-11-27T00:00:00Z'),
        ends_at: new Date('2026-11-27T04:00:00Z'),
        numbers,
        direct_pools: {},
        patient_bookings_max: 1,
        master: 'own',
        ...changes,
      };
      await db.tx(async (tx) => {
        await openStock(tx, [session], { at: clock.now(), actor: 'system' });
        if (released)
          await releaseNumbers(tx, {
            session_ids: [session.session_id],
            pools: ['online'],
            at: clock.now(),
            actor: 'system',
          });
      });
      return session;
    },
  };
}
