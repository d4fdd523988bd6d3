import type { Context } from '../../src/context.ts';
import { addDays } from '../../src/platform/clock.ts';
import { changePlan, type PlanDraft } from '../../src/release/index.ts';
import { createHospital, getHospital, runImport, type KindName } from '../../src/schedule/index.ts';

/** The day on which the hospital is set up; everything else is counted from it. */
export const first_day = '2026-11-23';
/** A manifest is published so many days before its clinic day, at this hour. */
export const ahead_days = 4;
export const announce_time = '08:00';
export const draw_group = 'EYE';

export type Shape = {
  places: number;
  clinics: number;
  /** Numbers of the clinics, in order. */
  numbers: number[];
  /** The clinic day of the draw, and those of the small draws before it, if any. */
  clinic_day: string;
  earlier_days: string[];
};

/** Places of a draw of so many entries: one for thirty, at least four, in two to eight clinics. */
export function shapeOf(entries: number, reserves: boolean): Shape {
  const places = Math.max(4, Math.ceil(entries / 30));
  const clinics = Math.min(8, Math.floor(places / 2));
  const numbers = Array.from(
    { length: clinics },
    (_, at) => Math.floor(places / clinics) + (at < places % clinics ? 1 : 0),
  );
  const earlier = reserves ? [5, 6, 7] : [];
  return {
    ...{ places, clinics, numbers },
    clinic_day: addDays(first_day, 8),
    earlier_days: earlier.map((days) => addDays(first_day, days)),
  };
}

/** Numbers of each of the small draws before. */
export const earlier_places = 4;

/** Half an hour to enter and three hours to confirm, for the draw and for each return. */
function planOf(shape: Shape, options: { reserves: boolean; returns: boolean }): PlanDraft {
  const confirm_s = 3 * 3600;
  const round = { entry_s: 1800, seal_s: 60, offset_s: 60, margin_s: 30, confirm_s };
  const returns = [1, 2].map((n) => ({ wait_s: n * (confirm_s + 600) - 300, confirm_s }));
  const reserved = Math.max(1, Math.floor(Math.min(...shape.numbers) / 5));
  return {
    method: 'draw',
    effective_from: first_day,
    advance_days: ahead_days,
    release_time: announce_time,
    same_day_share: 0,
    same_day_time: '07:00',
    on_site_share: 0,
    on_site_time: '07:00',
    on_site_zero_reason: '演示：全部号源参加派号',
    draw_group,
    draw_rhythm: { kind: 'seconds', ...round, returns: options.returns ? returns : [] },
    draw_rules: options.reserves ? { classes: [{ id: 'age-60', rule: 'age-60', reserved }] } : {},
  };
}

const code = (clinic: number): string => `EYE-${clinic + 1}`;

/**
 * Sets up a fictional hospital through the product's own import: drawn eye clinics, and an ordinary
 * one beside them, without which no clinic may be drawn.
 * @returns the clinics in order, as wishes name them.
 */
export async function openHospital(
  ctx: Context,
  shape: Shape,
  options: { reserves: boolean; returns: boolean },
): Promise<{ hospital_id: string; service_ids: string[] }> {
  const { hospital_id } = await createHospital(ctx, {
    code: 'demo',
    name: '江州市第一人民医院（演示）',
    actor: 'demo',
  });
  const load = (kind: KindName, rows: string[]) => importRows(ctx, hospital_id, kind, rows);
  await load('departments', [
    '科室代码,科室名称,院区代码,院区名称,诊疗科目代码,位置',
    'EYE,眼科,E,东院区,10,3楼',
  ]);
  await load('doctors', [
    '医生工号,姓名,职称,科室代码,擅长,门诊代码,门诊名称,号别,挂号费,诊疗费,时限性',
    ...shape.numbers.map(
      (_, at) =>
        `D${at + 1},演示医生${at + 1},主任医师,EYE,眼病,${code(at)},眼科专家门诊${at + 1},主任,0,100,`,
    ),
    'D99,演示医生99,主治医师,EYE,常见病,EYE-O,眼科普通门诊,普通,0,50,',
  ]);
  await load('sessions', [
    '门诊代码,出诊日期,午别,开始时间,结束时间,号源总数',
    `EYE-O,${addDays(first_day, 2)},上午,08:00,12:00,30`,
    ...shape.earlier_days.map((day) => `${code(0)},${day},上午,08:00,12:00,${earlier_places}`),
    ...shape.numbers.map((n, at) => `${code(at)},${shape.clinic_day},上午,08:00,12:00,${n}`),
  ]);
  // The numbers come from the news of the sessions, the plan from the news of the numbers.
  await ctx.outbox.drain();
  const { services } = await getHospital(ctx, { hospital_id });
  const ids = new Map(services.map((service) => [service.code, service.id]));
  const service_ids = shape.numbers.map((_, at) => ids.get(code(at)) as string);
  const draft = planOf(shape, options);
  for (const healthcare_service_id of service_ids)
    await changePlan(ctx, { hospital_id, healthcare_service_id, draft, actor: 'demo' });
  return { hospital_id, service_ids };
}

async function importRows(
  ctx: Context,
  hospital_id: string,
  kind: KindName,
  rows: string[],
): Promise<void> {
  const report = await runImport(ctx, {
    ...{ hospital_id, kind, file_name: `demo-${kind}.csv`, file: Buffer.from(rows.join('\n')) },
    ...{ dry_run: false, staff_id: null },
  });
  if (!report.committed) throw new Error(`The demo's ${kind}: ${JSON.stringify(report.errors)}`);
}
