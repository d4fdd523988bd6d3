import { shanghaiDate, type Clock } from '../../platform/clock.ts';
import type { Tx } from '../../platform/db.ts';
import { newId } from '../../platform/id.ts';
import { appendEvents, type NewEvent } from '../../platform/outbox.ts';
import type { Random } from '../../platform/random.ts';
import { plain_rules } from '../limits/presets.ts';
import type { RuleSetVersion } from '../limits/rule-set.ts';
import { selectRuleSets } from '../limits/store.ts';
import { climb, type Reached } from './rules.ts';
import {
  hospitalsOfConduct,
  liftRestrictions,
  lockConduct,
  putRestriction,
  selectCounting,
  selectLadderRestrictions,
  type Who,
} from './store.ts';

export type RecountContext = { clock: Clock; random: Random };
export type Because = { actor: string; reason: string };

/**
 * Makes a person's restrictions in a hospital what their counting visits say, each by the rules in
 * force on its day: new ones are made, those no visit supports any more are lifted. What it finds
 * depends on the rows alone, so neither order nor repetition of news matters.
 * @returns the visits that cost only a message (`keyOf`).
 */
export async function recount(
  tx: Tx,
  ctx: RecountContext,
  who: Who,
  because: Because,
): Promise<Set<string>> {
  await lockConduct(tx, who.patient_id);
  const [rows, versions, known] = [
    await selectCounting(tx, who),
    await selectRuleSets(tx, who.hospital_id),
    await selectLadderRestrictions(tx, who),
  ];
  const { free, reached } = climb(
    rows.map((row) => ({ ...row, ladders: laddersOn(versions, row.happened_at) })),
  );
  const due = new Map(reached.map((one) => [`${one.kind} ${one.reached_by}`, one]));
  const gone = known.filter(
    (one) => one.lifted_at === null && !due.has(`${one.kind} ${one.reached_by}`),
  );
  for (const one of known) {
    const wanted = due.get(`${one.kind} ${one.reached_by}`);
    const same = wanted?.ends_at.getTime() === one.ends_at.getTime();
    if (same && one.lifted_at === null) due.delete(`${one.kind} ${one.reached_by}`);
  }
  await make(tx, ctx, who, [...due.values()]);
  await lift(tx, ctx, { ids: gone.map((one) => one.id), ...because });
  return free;
}

/** Counts a person afresh wherever something is noted, after two records became one. */
export async function recountEverywhere(
  tx: Tx,
  ctx: RecountContext,
  patient_id: string,
): Promise<void> {
  for (const hospital_id of await hospitalsOfConduct(tx, patient_id))
    await recount(tx, ctx, { hospital_id, patient_id }, { actor: 'system:booking', reason: 'merged' }); // prettier-ignore
}

function laddersOn(versions: readonly RuleSetVersion[], at: Date) {
  const day = shanghaiDate(at);
  const found = versions.find((one) => one.effective_from <= day);
  return (found?.rules ?? plain_rules).ladders;
}

async function make(tx: Tx, ctx: RecountContext, who: Who, due: readonly Reached[]): Promise<void> {
  const events: NewEvent[] = [];
  for (const one of due) {
    const { id, version } = await putRestriction(tx, { ...who, ...one, id: newId(ctx) });
    events.push({
      name: 'booking.restriction.made',
      hospital_id: who.hospital_id,
      subject: `restriction:${id}`,
      version,
      person_id: who.patient_id,
      actor: 'system:booking',
      payload: {
        restriction_id: id,
        kind: one.kind,
        scope: 'drawn_clinics_remote',
        starts_at: one.starts_at.toISOString(),
        until: one.ends_at.toISOString(),
        appointment_ids: one.counted,
      },
    });
  }
  await appendEvents(tx, ctx, events);
}

/** Lifts restrictions and tells it; those lifted before stay as they are. */
export async function lift(
  tx: Tx,
  ctx: RecountContext,
  input: Because & { ids: readonly string[] },
): Promise<number> {
  const lifted = await liftRestrictions(tx, { ...input, at: ctx.clock.now() });
  await appendEvents(
    tx,
    ctx,
    lifted.map((one) => ({
      name: 'booking.restriction.lifted',
      hospital_id: one.hospital_id,
      subject: `restriction:${one.id}`,
      version: one.version,
      person_id: one.patient_id,
      actor: input.actor,
      payload: { restriction_id: one.id, reason: input.reason },
    })),
  );
  return lifted.length;
}
