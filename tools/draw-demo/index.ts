import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createContext, type Context } from '../../src/context.ts';
import { addDays, manualClock, shanghaiInstant } from '../../src/platform/clock.ts';
import { readConfig } from '../../src/platform/config.ts';
import { migrate } from '../../src/platform/migrate.ts';
import { seededRandom } from '../../src/platform/random.ts';
import { secretsFrom } from '../../src/platform/secrets.ts';
import { fixChance, refreshStatistics, startDemoDatabase } from './database.ts';
import { ahead_days, announce_time, first_day, openHospital, shapeOf } from './hospital.ts';
import { everyoneConfirms, liveDraw, liveOn, liveToTheEnd, type Life } from './life.ts';
import type { DemoOptions } from './options.ts';
import { makeEarlierPeople, makePeople } from './people.ts';
import { demoWitnesses } from './witnesses.ts';
import { writeBundle, writeLog, writeReceipt, type Left } from './write.ts';

export type DrawDemo = DemoOptions & {
  /** Ends the run early; what it made is cleared away first. */
  signal?: AbortSignal;
  tell(line: string): void;
};

/**
 * Runs a draw through the product from its announcement to its close, in a temporary database, with
 * time and chance of its own, and leaves what was asked for.
 */
export async function drawDemo(options: DrawDemo): Promise<Left[]> {
  const began = performance.now();
  const tell = (line: string): void => {
    const seconds = (performance.now() - began) / 1000;
    options.tell(`${seconds.toFixed(1).padStart(6)} s  ${line}`);
  };
  const { signal } = options;
  const folder = await mkdtemp(join(tmpdir(), 'zhenghao-draw-demo-'));
  try {
    const database = await startDemoDatabase(folder);
    // Without its database whatever is under way ends at its next statement.
    const end = (): void => void database.stop();
    signal?.addEventListener('abort', end);
    try {
      signal?.throwIfAborted();
      return await drawIn({ ...options, tell }, { folder, url: database.url });
    } finally {
      signal?.removeEventListener('abort', end);
      await database.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Place = { folder: string; url: string };

async function drawIn(options: DrawDemo, { folder, url }: Place): Promise<Left[]> {
  const { seed } = options;
  const clock = manualClock(shanghaiInstant(first_day, '09:00'));
  const witnesses = demoWitnesses(seed, join(folder, 'witnesses'));
  const config = readConfig({ DATA_DIR: folder, DEMO: '1', LOG_LEVEL: 'silent' });
  const ctx = createContext(config, {
    ...{ database_url: url, clock, network: witnesses.network },
    random: seededRandom(`draw demo ${seed}`),
    secrets: secretsFrom(new TextEncoder().encode(`draw demo ${seed}`)),
  });
  try {
    await fixChance(ctx.db);
    await migrate(ctx.db);
    await ctx.sequencer.drain();
    await witnesses.begin(ctx);
    return await drawWith(options, ctx, clock);
  } finally {
    await ctx.db.close();
  }
}

async function drawWith(options: DrawDemo, ctx: Context, clock: Life['clock']): Promise<Left[]> {
  const { entries, seed, tell } = options;
  const shape = shapeOf(entries, options.reserves);
  const { hospital_id, service_ids } = await openHospital(ctx, shape, options);
  tell(`${shape.places} places in ${shape.clinics} clinics`);
  const life: Life = { ctx, clock, hospital_id, tell };
  const place = { ctx, hospital_id, service_ids, shape };
  if (options.reserves) await makeEarlierPeople(place, seed);
  for (const day of shape.earlier_days) {
    await liveDraw(life, { announce: announceOf(day), leavers: [] });
    await everyoneConfirms(life);
  }
  const people = await makePeople(place, { entries, seed });
  tell(`${entries} persons registered, with their wishes`);
  await refreshStatistics(ctx.db);
  const { leavers } = people;
  const draw = await liveDraw(life, { announce: announceOf(shape.clinic_day), leavers });
  await refreshStatistics(ctx.db);
  await liveOn(life, draw);
  await liveToTheEnd(life, shape.clinic_day);
  tell(`${draw.code}: closed`);
  const left = [await writeBundle(ctx, draw.draw_id, options.out)];
  const holder = people.entrants[0]?.patient_id ?? '';
  if (options.receipt !== undefined) left.push(await writeReceipt(ctx, holder, options.receipt));
  if (options.log !== undefined) left.push(await writeLog(ctx, options.log));
  tell('written');
  return left;
}

function announceOf(clinic_day: string): Date {
  return shanghaiInstant(addDays(clinic_day, -ahead_days), announce_time);
}
