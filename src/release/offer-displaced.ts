import { grantPlaces, lockUnclaimed, remoteUntil } from '../booking/index.ts';
import { shanghaiDate, type Clock } from '../platform/clock.ts';
import type { Db, Tx } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { offerOver } from './errors.ts';
import {
  markOffered,
  nextUnannounced,
  settleDisplaced,
  waitingDisplaced,
  type DisplacedRow,
} from './store-displaced.ts';
import { entryById } from './store-entry.ts';

type OfferContext = { db: Db; clock: Clock; random: Random };

/** How long a displaced person has to take the number that is held for them. */
export const offer_hours = 48;
const people_a_round = 200;

/**
 * Sets direct numbers aside for displaced people in that doctor's next sessions (30 days), in rank
 * order, before those sessions' manifests are published. Whoever finds none keeps waiting for the
 * sessions that are still to be planned.
 * @returns how many were offered a number.
 */
export async function offerDisplaced(ctx: OfferContext): Promise<number> {
  return ctx.db.tx(async (tx) => {
    let offered = 0;
    for (const person of await waitingDisplaced(tx, people_a_round))
      if (await offerOne(tx, ctx, person)) offered++;
    return offered;
  });
}

async function offerOne(tx: Tx, ctx: OfferContext, person: DisplacedRow): Promise<boolean> {
  const now = ctx.clock.now();
  const next = await nextUnannounced(tx, {
    healthcare_service_id: person.healthcare_service_id,
    after: person.service_date,
    now,
  });
  for (const { session_id, starts_at } of next) {
    const [number] = await lockUnclaimed(tx, session_id, 1);
    if (!number) continue;
    const entry = await entryById(tx, person.entry_id);
    const until = new Date(now.getTime() + offer_hours * 3_600_000);
    const latest = remoteUntil(shanghaiDate(starts_at));
    const confirm_until = until < latest ? until : latest;
    if (confirm_until <= now) continue;
    const [made] = await grantPlaces(tx, {
      draw_id: null,
      grants: [
        {
          appointment_id: newId(ctx),
          slot_id: number.slot_id,
          patient_id: person.patient_id,
          account_id: entry?.account_id ?? null,
          device_key_id: entry?.device_key_id ?? null,
          payer_reference: entry?.payer_reference ?? null,
          phone_index: entry?.phone_index?.toString('hex') ?? null,
        },
      ],
      hold_until: confirm_until,
      at: now,
      actor: 'system:release',
    });
    if (!made) continue;
    await tellOffer(tx, ctx, person, { session_id, confirm_until, ...made });
    return true;
  }
  return false;
}

async function tellOffer(
  tx: Tx,
  ctx: OfferContext,
  person: DisplacedRow,
  offer: { session_id: string; appointment_id: string; confirm_until: Date },
): Promise<void> {
  const { session_id, appointment_id, confirm_until } = offer;
  const version = await markOffered(tx, person.id, offer);
  await appendEvents(tx, ctx, [
    {
      name: 'release.offer.made',
      hospital_id: person.hospital_id,
      subject: `displaced:${person.id}`,
      version,
      person_id: person.patient_id,
      actor: 'system:release',
      payload: {
        displaced_id: person.id,
        appointment_id,
        session_id,
        confirm_until: confirm_until.toISOString(),
      },
    },
  ]);
}

/**
 * The displaced person wants no other number: what was paid is paid back in full.
 * @throws Problem release/offer-over.
 */
export async function declineOffers(
  ctx: OfferContext,
  input: { id: string; actor: string },
): Promise<DisplacedRow> {
  return ctx.db.tx(async (tx) => {
    const row = await settleDisplaced(tx, {
      id: input.id,
      from: ['waiting', 'offered'],
      to: 'refunded',
    });
    if (!row) throw new Problem(offerOver);
    await appendEvents(tx, ctx, [
      {
        name: 'release.offer.declined',
        hospital_id: row.hospital_id,
        subject: `displaced:${row.id}`,
        version: row.version,
        person_id: row.patient_id,
        actor: input.actor,
        payload: { displaced_id: row.id, appointment_id: row.offered_appointment_id },
      },
    ]);
    return row;
  });
}
