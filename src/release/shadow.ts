import { holdersOf } from '../booking/index.ts';
import type { DrawContext } from './announce.ts';
import { preference_lines_max } from './preferences.ts';
import type { Manifest } from './sealed-draw/index.ts';
import { freshSecrets } from './slip.ts';
import { shareDraw, type DrawRow } from './store-draw.ts';
import { enteredPatients, entriesOfDraw } from './store-entry.ts';
import { writeEntries, type Entrant } from './write-entries.ts';

/**
 * Lets everyone who took a number in order be an entry of the shadow draw beside it; those whom speed
 * left without register on the page themselves. Nothing is given out; the pool is real.
 */
export async function enterShadows(ctx: DrawContext, draw: DrawRow): Promise<void> {
  await ctx.db.tx(async (tx) => {
    const open = await shareDraw(tx, draw.id);
    const now = ctx.clock.now();
    if (open?.state !== 'announced' || now >= open.closes_at) return;
    const { slots } = JSON.parse(open.manifest) as Manifest;
    const holders = await holdersOf(tx, [...new Set(slots)]);
    const known = await enteredPatients(tx, draw.id);
    const lists = new Map<string, { sessions: string[]; account_id: string | null }>();
    for (const { patient_id, session_id, account_id } of holders) {
      if (known.has(patient_id)) continue;
      const list = lists.get(patient_id) ?? { sessions: [], account_id };
      list.sessions.push(session_id);
      lists.set(patient_id, list);
    }
    const entrants = [...lists].map(([patient_id, { sessions, account_id }]): Entrant => {
      const { nonce, secret_hash } = freshSecrets(ctx.random);
      return {
        patient_id,
        preferences: [...new Set(sessions)].slice(0, preference_lines_max),
        nonce,
        secret_hash,
        channel: 'shadow',
        account_id,
        device_key_id: null,
        payer_reference: null,
        phone_index: null,
        is_family: false,
        wish_id: null,
        carried_from: null,
        notice_days: 0,
        actor: 'system:release',
      };
    });
    if (entrants.length > 0) await writeEntries(tx, ctx, open, entrants);
  });
}

export type ShadowReport = {
  entries: number;
  places: number;
  /** People in order who have a number now, and whom the shadow draw would have served. */
  served_in_order: number;
  served_by_draw: number;
  served_by_both: number;
  groups: { group: string; entries: number; in_order: number; by_draw: number }[];
};

/** Who would have been served beside who was, in counts; nobody is named. */
export async function shadowReport(
  ctx: Pick<DrawContext, 'db'>,
  draw: DrawRow,
): Promise<ShadowReport> {
  const { slots } = JSON.parse(draw.manifest) as Manifest;
  const entries = (await entriesOfDraw(ctx.db, draw.id)).filter(
    (entry) => entry.withdrawn_at === null,
  );
  const held = new Set(
    (await holdersOf(ctx.db, [...new Set(slots)])).map((holder) => holder.patient_id),
  );
  const byDraw = entries.filter((entry) => entry.place !== null);
  const groupOf = (entry: (typeof entries)[number]): string =>
    entry.channel === 'shadow' ? 'took-a-number' : 'registered-only';
  const groups = ['took-a-number', 'registered-only'].map((group) => {
    const mine = entries.filter((entry) => groupOf(entry) === group);
    return {
      group,
      entries: mine.length,
      in_order: mine.filter((entry) => held.has(entry.patient_id)).length,
      by_draw: mine.filter((entry) => entry.place !== null).length,
    };
  });
  return {
    entries: entries.length,
    places: slots.length,
    served_in_order: entries.filter((entry) => held.has(entry.patient_id)).length,
    served_by_draw: byDraw.length,
    served_by_both: byDraw.filter((entry) => held.has(entry.patient_id)).length,
    groups,
  };
}
