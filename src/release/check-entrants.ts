import { hasVisited, restrictionsOf } from '../booking/index.ts';
import { families, personStandings } from '../identity/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Tx } from '../platform/db.ts';
import { Problem } from '../platform/problem.ts';
import type { DrawRules } from './draw-rules.ts';
import type { EnterInput } from './enter-input.ts';
import { justReturned, needsPriorVisit, needsReview } from './errors.ts';
import { offeredSessions, readPreferences } from './preferences.ts';
import { hospitalName, refuseRestricted } from './refuse-restricted.ts';
import { refuseUnproven } from './refuse-unproven.ts';
import type { Manifest } from './sealed-draw/index.ts';
import { returnersOf, type DrawRow } from './store-draw.ts';
import { hasAcceptedReview } from './store-review.ts';

/** What was found right about one who wants to enter: the list with wildcards expanded. */
export type Checked = { preferences: string[]; is_family: boolean };

/** A prior visit counts for so many days. */
const prior_visit_days = 3 * 365;

/**
 * Whether each of those who ask together may enter a draw: the list, the document, restrictions,
 * numbers just given back, what the manifest asks of whoever enters. A handful of statements for all;
 * whoever may not is a Problem in their place, and spoils nothing for the others.
 */
export async function checkEntrants(
  tx: Tx,
  ctx: { clock: Clock },
  draw: DrawRow,
  inputs: readonly EnterInput[],
): Promise<(Checked | Problem)[]> {
  const manifest = JSON.parse(draw.manifest) as Manifest;
  const { hospital_id } = draw;
  const patient_ids = inputs.map((input) => input.patient_id);
  const standings = await personStandings(tx, patient_ids);
  const at = ctx.clock.now();
  const restrictions = await restrictionsOf(tx, { hospital_id, patient_ids, at });
  const name = restrictions.size > 0 ? await hospitalName(tx, hospital_id) : '';
  const returners = await returnersOf(tx, draw.id);
  const family = await familiesOf(tx, inputs);
  const check = async (input: EnterInput, n: number): Promise<Checked> => {
    const { patient_id, asker } = input;
    const wildcards = (draw.rules as DrawRules).wildcards ?? false;
    const preferences = await readPreferences(tx, manifest, { ...input, wildcards });
    refuseUnproven(standings.get(patient_id), asker);
    refuseRestricted(restrictions.get(patient_id), name, asker);
    const returned = returners.some(
      (one) =>
        preferences.includes(one.session_id) &&
        (one.patient_id === patient_id ||
          (one.account_id !== null && one.account_id === asker.account_id)),
    );
    if (returned) throw new Problem(justReturned);
    if (manifest.eligibility !== 'open')
      await assertEligible(tx, { draw, manifest, patient_id, at });
    return { preferences, is_family: family[n] ?? false };
  };
  const checked: (Checked | Problem)[] = [];
  for (const [n, input] of inputs.entries())
    checked.push(
      await check(input, n).catch((error: unknown) => {
        if (error instanceof Problem) return error;
        throw error;
      }),
    );
  return checked;
}

/** Whether each asks for family; whoever has no account asks for nobody's. */
async function familiesOf(tx: Tx, inputs: readonly EnterInput[]): Promise<boolean[]> {
  const pairs = inputs.map(({ patient_id, asker }) => ({
    patient_id,
    account_id: asker.account_id,
  }));
  const asked = pairs.flatMap(({ account_id, patient_id }) =>
    account_id === null ? [] : [{ account_id, patient_id }],
  );
  const found = (asked.length > 0 ? await families(tx, asked) : []).values();
  return pairs.map(({ account_id }) => account_id !== null && found.next().value === true);
}

/** What the manifest asks of whoever enters: a visit before, or a record that was accepted (资料预审). */
async function assertEligible(
  tx: Tx,
  of: { draw: DrawRow; manifest: Manifest; patient_id: string; at: Date },
): Promise<void> {
  const { draw, manifest, patient_id, at } = of;
  const { hospital_id, draw_group } = draw;
  if (manifest.eligibility === 'pre-review') {
    if (!(await hasAcceptedReview(tx, { hospital_id, draw_group, patient_id, at })))
      throw new Problem(needsReview);
    return;
  }
  const offered = await offeredSessions(tx, manifest);
  const seen = await hasVisited(tx, {
    hospital_id,
    patient_id,
    healthcare_service_ids: [...new Set(offered.map((one) => one.healthcare_service_id))],
    since: new Date(at.getTime() - prior_visit_days * 86_400_000),
  });
  if (!seen) throw new Problem(needsPriorVisit);
}
