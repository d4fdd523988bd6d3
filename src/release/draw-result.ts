import { attendanceOf } from '../booking/index.ts';
import { getHospital, getServices } from '../schedule/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import { Problem } from '../platform/problem.ts';
import { drawUnknown } from './errors.ts';
import { returnLines } from './ledger-of.ts';
import type { Manifest, PoolLine } from './sealed-draw/index.ts';
import { getDraw, type DrawRow } from './store-draw.ts';
import { entriesOfDraw } from './store-entry.ts';
import { demandByService } from './store-plan.ts';
import { returnRanking, returnsOf } from './store-return.ts';

type ResultContext = { db: Db; clock: Clock };

/**
 * What is published of a draw that has run: registrations and places, the odds of each class, what
 * came of the returns, and after the clinic how many came. Counts only.
 * @throws Problem release/draw-unknown, also while it has not run.
 */
export async function drawResult(ctx: ResultContext, draw_id: string) {
  const draw = await getDraw(ctx.db, draw_id);
  if (!draw || !['drawn', 'closed'].includes(draw.state)) throw new Problem(drawUnknown);
  const manifest = JSON.parse(draw.manifest) as Manifest;
  const entries = (await entriesOfDraw(ctx.db, draw_id)).filter(
    (entry) => entry.withdrawn_at === null,
  );
  const classOf = (line: string): number => (JSON.parse(line) as PoolLine).c;
  const classes = manifest.classes.map(({ id }, c) => {
    const mine = entries.filter((entry) => classOf(entry.line) === c);
    return { id, entries: mine.length, places: mine.filter((one) => one.place !== null).length };
  });
  return {
    draw_id,
    code: draw.code,
    state: draw.state,
    places: manifest.slots.length,
    entries: entries.length,
    classes,
    returns: await returnResults(ctx, draw_id),
    attendance: await attendance(ctx, draw, manifest),
  };
}

async function returnResults(ctx: ResultContext, draw_id: string) {
  const results = [];
  for (const row of await returnsOf(ctx.db, draw_id)) {
    const ranked = row.state === 'drawn' ? await returnRanking(ctx.db, draw_id, row.n) : [];
    results.push({
      n: row.n,
      state: row.state,
      places: returnLines(row).length,
      given: ranked.filter((one) => one.place !== null).length,
    });
  }
  return results;
}

/** How many came, once the last session is over. */
async function attendance(ctx: ResultContext, draw: DrawRow, manifest: Manifest) {
  if (draw.state !== 'closed') return null;
  const rows = await attendanceOf(ctx.db, [...new Set(manifest.slots)]);
  const sum = (of: (row: (typeof rows)[number]) => number): number =>
    rows.reduce((total, row) => total + of(row), 0);
  return {
    given: sum((row) => row.given),
    attended: sum((row) => row.attended),
    no_show: sum((row) => row.no_show),
  };
}

/**
 * Demand by department and month only: a ranking of named doctors would be a price list for touts.
 */
export async function demand(ctx: ResultContext, hospital_id: string) {
  const draws = await demandByService(ctx.db, hospital_id);
  const services = await getServices(ctx.db, [
    ...new Set(draws.flatMap((one) => one.healthcare_service_ids)),
  ]);
  const departmentOf = new Map(services.map((one) => [one.id, one.department_id]));
  const { departments } = await getHospital(ctx, { hospital_id });
  const names = new Map(departments.map((one) => [one.id, one.name]));
  const months = new Map<
    string,
    { month: string; department_name: string; draws: number; places: number; entries: number }
  >();
  for (const one of draws) {
    const department = departmentOf.get(one.healthcare_service_ids[0] ?? '') ?? '';
    const key = `${one.month} ${department}`;
    const row = months.get(key) ?? {
      month: one.month,
      department_name: names.get(department) ?? '',
      draws: 0,
      places: 0,
      entries: 0,
    };
    row.draws++;
    row.places += one.places;
    row.entries += one.entries;
    months.set(key, row);
  }
  return [...months.values()];
}
