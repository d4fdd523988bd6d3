import { restrictionsOf, type Asker } from '../booking/index.ts';
import { families, personStandings } from '../identity/index.ts';
import { getServices } from '../schedule/index.ts';
import { addDays, shanghaiDate, type Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import { endAs, leaveOtherDraws } from './end-wishes.ts';
import { hospitalName, refuseRestricted } from './refuse-restricted.ts';
import { refuseUnproven } from './refuse-unproven.ts';
import { wishExists, wishUnclear, wishUnknown } from './errors.ts';
import { planFor } from './store.ts';
import { insertWishes, moveWishes, wishById, type NewWish, type WishRow } from './store-wish.ts';

export type WishInputContext = { db: Db; clock: Clock; random: Random; fields: FieldCrypto };

export type WishInput = {
  hospital_id: string;
  draw_group: string;
  patient_id: string;
  /** Clinics (号别) in the patient's order; at most 10. */
  healthcare_service_ids: string[];
  /** Whether any other clinic of the group will do, after the named ones. */
  any_service: boolean;
  from_date: string;
  to_date: string;
  notice_days: number;
  asker: Asker;
};

/** A wish reaches half a year ahead at most. */
export const wish_days_max = 183;

/**
 * Makes a standing wish (长期登记): it enters each draw of its group by itself until it wins, is
 * withdrawn, or four draws have passed. The secret withdraws it and lets its holder recompute every
 * nonce: nonce = HMAC(secret, manifestHash).
 * @throws Problem release/wish-unclear, wish-exists, document-first, record-merged, restricted.
 */
export async function makeWish(
  ctx: WishInputContext,
  input: WishInput,
): Promise<{ wish_id: string; secret: string }> {
  const now = ctx.clock.now();
  await checkWish(ctx, input);
  const { hospital_id, patient_id, asker } = input;
  const patient_ids = [patient_id];
  const standings = await personStandings(ctx.db, patient_ids);
  refuseUnproven(standings.get(patient_id), asker);
  const restrictions = await restrictionsOf(ctx.db, { hospital_id, patient_ids, at: now });
  const name = await hospitalName(ctx.db, hospital_id);
  refuseRestricted(restrictions.get(patient_id), name, asker);
  const secret = Buffer.from(ctx.random.bytes(32)).toString('hex');
  const { account_id } = asker;
  const [family = false] =
    account_id === null ? [] : await families(ctx.db, [{ account_id, patient_id }]);
  const wish = toRow(ctx, input, { secret, family });
  await ctx.db.tx(async (tx) => {
    const [stored] = await insertWishes(tx, [wish]);
    if (!stored) throw new Problem(wishExists);
    await appendEvents(tx, ctx, [
      {
        name: 'release.wish.made',
        hospital_id,
        subject: `wish:${stored}`,
        version: 1,
        person_id: patient_id,
        actor: asker.actor,
        payload: { wish_id: stored, draw_group: input.draw_group },
      },
    ]);
  });
  return { wish_id: wish.id, secret };
}

/** A wish as it is stored, with its secret sealed. */
export function toRow(
  ctx: WishInputContext,
  input: WishInput,
  facts: { secret: string; family: boolean },
): NewWish {
  const { asker, ...kept } = input;
  return {
    ...kept,
    id: newId(ctx),
    sealed_secret: Buffer.from(ctx.fields.seal(facts.secret, 'release.wish.secret')).toString(
      'hex',
    ),
    channel: asker.channel,
    account_id: asker.account_id,
    device_key_id: asker.device_key_id,
    payer_reference: asker.payer_reference,
    phone_index: asker.phone_index,
    is_family: facts.family,
    entered_by: asker.actor,
    created_at: ctx.clock.now(),
  };
}

async function checkWish(ctx: WishInputContext, input: WishInput): Promise<void> {
  const { healthcare_service_ids: ids, to_date } = input;
  const services = await getServices(ctx.db, ids);
  const plans = await Promise.all(ids.map((id) => planFor(ctx.db, id, to_date)));
  const inGroup = plans.every(
    (plan) => plan?.draw_group === input.draw_group && plan.hospital_id === input.hospital_id,
  );
  const known = services.length === ids.length && inGroup;
  if (!known || !isClear(input, shanghaiDate(ctx.clock.now()))) throw new Problem(wishUnclear);
}

/** Whether a wish says what it wants within the limits; that its clinics exist is another question. */
export function isClear(
  wish: Pick<WishInput, 'healthcare_service_ids' | 'any_service' | 'from_date' | 'to_date'>,
  today: string,
): boolean {
  const { healthcare_service_ids: ids, from_date, to_date } = wish;
  return (
    (wish.any_service || ids.length > 0) &&
    ids.length <= 10 &&
    new Set(ids).size === ids.length &&
    from_date <= to_date &&
    to_date >= today &&
    to_date <= addDays(today, wish_days_max)
  );
}

/** The wish, if it may be changed by whoever asks: `mine` decides. @throws Problem release/wish-unknown. */
async function ownWish(
  ctx: { db: Db },
  input: { wish_id: string; mine: (wish: WishRow) => Promise<boolean> },
): Promise<WishRow> {
  const wish = await wishById(ctx.db, input.wish_id);
  if (!wish || !(await input.mine(wish))) throw new Problem(wishUnknown);
  return wish;
}

type OwnWish = { wish_id: string; actor: string; mine: (wish: WishRow) => Promise<boolean> };

/** Withdraws a wish and its entries in draws that are still open or on standby. */
export async function withdrawWish(ctx: WishInputContext, input: OwnWish): Promise<void> {
  const wish = await ownWish(ctx, input);
  await ctx.db.tx(async (tx) => {
    await endAs(tx, ctx, {
      ids: [wish.id],
      from: ['active', 'asked'],
      to: 'withdrawn',
      reason: 'withdrawn',
      actor: input.actor,
    });
    await leaveOtherDraws(tx, ctx, { wish_ids: [wish.id], not_draw: null });
  });
}

/** The patient, asked after four draws, wants to go on: four more. */
export async function renewWish(ctx: WishInputContext, input: OwnWish): Promise<void> {
  const wish = await ownWish(ctx, input);
  await ctx.db.tx(async (tx) => {
    const [moved] = await moveWishes(tx, {
      ids: [wish.id],
      from: ['asked', 'active'],
      to: 'active',
    });
    if (!moved) throw new Problem(wishUnknown);
    await appendEvents(tx, ctx, [
      {
        name: 'release.wish.renewed',
        hospital_id: moved.hospital_id,
        subject: `wish:${moved.id}`,
        version: moved.version,
        person_id: moved.patient_id,
        actor: input.actor,
        payload: { wish_id: moved.id },
      },
    ]);
  });
}
