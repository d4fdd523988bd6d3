import type { Clock } from '../../platform/clock.ts';
import type { FieldCrypto } from '../../platform/crypto/index.ts';
import { appendEvents, type Subscription } from '../../platform/outbox.ts';
import type { Random } from '../../platform/random.ts';
import { followPeople } from '../follow-people.ts';
import { expiredEvent } from './decide.ts';
import { note_place } from './send.ts';
import { endReferrals, moveReferral, moveReferrals, notesOf } from './store.ts';

type Source = { clock: Clock; random: Random; fields: FieldCrypto };

/**
 * Follows identity: referrals go on under the kept record of two, with their notes under its key; of
 * an erased person nothing waits. A repeat finds nothing left to do.
 */
export function referralSubscriptions(ctx: Source): Subscription[] {
  return [
    followPeople('booking.referral', async (tx, { patient_id, kept }) => {
      const ended = await endReferrals(tx, { patient_id, kept, at: ctx.clock.now() });
      await appendEvents(tx, ctx, ended.map(expiredEvent));
      if (kept === null) return;
      for (const { id, sealed_note } of await notesOf(tx, patient_id)) {
        const note = ctx.fields.open(sealed_note, note_place);
        await moveReferral(tx, { id, sealed_note: ctx.fields.sealFor(kept, note, note_place) });
      }
      await moveReferrals(tx, patient_id, kept);
    }),
  ];
}
