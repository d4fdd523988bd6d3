import { isRemote, restrictedAmong } from '../booking/index.ts';
import { getServices } from '../schedule/index.ts';
import { shanghaiDate } from '../platform/clock.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import { staffAsker } from './enter-at-window.ts';
import { wishUnclear } from './errors.ts';
import { planFor } from './store.ts';
import { insertWishes, type NewWish } from './store-wish.ts';
import { isClear, toRow, type WishInput, type WishInputContext } from './wish.ts';

/** One wish of a list, of a person who has no account here. */
export type ListedWish = Omit<WishInput, 'hospital_id' | 'draw_group' | 'asker'> & {
  /** Who pays, if the list tells; people behind one payer belong together (returns.jsonl, `x`). */
  payer_reference: string | null;
};

export type WishList = {
  hospital_id: string;
  draw_group: string;
  actor: string;
  channel: 'window' | 'phone';
  wishes: readonly ListedWish[];
};

/**
 * Makes many standing wishes at once, e.g. a waiting list that was kept on paper, in a few statements
 * and one transaction. Each wish is held to the rules of `makeWish`.
 * @returns what was made, with its secret for the slip; a person who is restricted or has a wish in
 *   the group already is missing. @throws Problem release/wish-unclear with detail.rows (places in
 *   `wishes`, at most 100) before anything is written.
 */
export async function makeWishes(
  ctx: WishInputContext,
  list: WishList,
): Promise<{ wish_id: string; patient_id: string; secret: string }[]> {
  const { hospital_id, draw_group, wishes } = list;
  await checkAll(ctx, list);
  const kept = await restrictedAmong(ctx.db, {
    hospital_id,
    patient_ids: wishes.map((wish) => wish.patient_id),
    at: ctx.clock.now(),
  });
  const secrets = new Map<string, string>();
  const rows = wishes.flatMap(({ payer_reference, ...wish }): NewWish[] => {
    if (isRemote(list.channel) && kept.has(wish.patient_id)) return [];
    const secret = Buffer.from(ctx.random.bytes(32)).toString('hex');
    const asker = { ...staffAsker(list.actor, list.channel), payer_reference };
    const row = toRow(ctx, { ...wish, hospital_id, draw_group, asker }, { secret, family: false });
    secrets.set(row.id, secret);
    return [row];
  });
  const stored = await ctx.db.tx(async (tx) => {
    const made = new Set(await insertWishes(tx, rows));
    const standing = rows.filter((row) => made.has(row.id));
    await appendEvents(
      tx,
      ctx,
      standing.map((row) => ({
        name: 'release.wish.made' as const,
        hospital_id,
        subject: `wish:${row.id}`,
        version: 1,
        person_id: row.patient_id,
        actor: list.actor,
        payload: { wish_id: row.id, draw_group },
      })),
    );
    return standing;
  });
  return stored.map(({ id, patient_id }) => ({
    wish_id: id,
    patient_id,
    secret: secrets.get(id) as string,
  }));
}

/** The clinics and their plans are read once each, however many wishes name them. */
async function checkAll(ctx: WishInputContext, list: WishList): Promise<void> {
  const { hospital_id, draw_group, wishes } = list;
  const today = shanghaiDate(ctx.clock.now());
  const ids = [...new Set(wishes.flatMap((wish) => wish.healthcare_service_ids))];
  const services = new Set((await getServices(ctx.db, ids)).map((service) => service.id));
  const judged = new Map<string, boolean>();
  const isDrawn = async (id: string, day: string): Promise<boolean> => {
    const key = `${id} ${day}`;
    const known = judged.get(key);
    if (known !== undefined) return known;
    const plan = await planFor(ctx.db, id, day);
    const drawn = plan?.draw_group === draw_group && plan.hospital_id === hospital_id;
    judged.set(key, drawn && services.has(id));
    return judged.get(key) as boolean;
  };
  const rows: number[] = [];
  for (const [at, wish] of wishes.entries()) {
    let clear = isClear(wish, today);
    for (const id of wish.healthcare_service_ids) clear &&= await isDrawn(id, wish.to_date);
    if (!clear) rows.push(at);
  }
  if (rows.length > 0) throw new Problem(wishUnclear, { rows: rows.slice(0, 100) });
}
