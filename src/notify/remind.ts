import { createHash } from 'node:crypto';
import { bookedBetween, type VisitMoment } from '../booking/index.ts';
import { addDays, shanghaiDate, shanghaiInstant, shanghaiTime } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import type { News } from './news.ts';
import { reachedBy, noteReached } from './store-runs.ts';
import { tellNews, type TellContext } from './tell.ts';

/** 前一日提醒 goes out at this wall time. */
export const eve_at = '18:00';
/** 签到提醒 comes so long before the number's time. */
export const check_in_minutes = 60;
const chunk = 300;
/** The clock is looked at every second; the numbers need not be. */
const pause_ms = 60_000;

type RemindContext = TellContext & { db: Db };

/**
 * What the clock tells: the evening before a visit, and when to check in. Each visit once: the matter
 * of a notice is its visit and day, and how far the work has come is noted with it.
 * @returns how many notices were new.
 */
export async function remindPatients(ctx: RemindContext): Promise<number> {
  return (await remindOfTomorrow(ctx)) + (await remindToCheckIn(ctx));
}

async function remindOfTomorrow(ctx: RemindContext): Promise<number> {
  const now = ctx.clock.now();
  if (shanghaiTime(now) < eve_at) return 0;
  const day = addDays(shanghaiDate(now), 1);
  const after = shanghaiInstant(day, '00:00');
  const until = shanghaiInstant(addDays(day, 1), '00:00');
  return sweep(ctx, { job: 'eve', kind: 'eve', service_date: day, after, until });
}

/** The first time nobody is told of numbers whose hour to check in has passed before. */
async function remindToCheckIn(ctx: RemindContext): Promise<number> {
  const now = ctx.clock.now();
  const until = new Date(now.getTime() + check_in_minutes * 60_000);
  return sweep(ctx, {
    job: 'check-in',
    kind: 'check_in',
    service_date: shanghaiDate(now),
    after: now,
    until,
  });
}

type Sweep = {
  job: string;
  kind: 'eve' | 'check_in';
  service_date: string;
  after: Date;
  until: Date;
};

/** Tells visits whose number's time lies between what was reached and `until`, chunk by chunk. */
async function sweep(ctx: RemindContext, input: Sweep): Promise<number> {
  const { job, kind, service_date, until } = input;
  const reached = await reachedBy(ctx.db, job);
  if (reached !== undefined && until.getTime() - reached.getTime() < pause_ms) return 0;
  const after = reached !== undefined && reached > input.after ? reached : input.after;
  let told = 0;
  let above: string | null = null;
  for (;;) {
    const visits: VisitMoment[] = await bookedBetween(ctx.db, {
      service_date,
      after,
      until,
      above,
      limit: chunk,
    });
    const isLast = visits.length < chunk;
    told += await ctx.db.tx(async (tx) => {
      const made = await tellNews(
        tx,
        ctx,
        visits.map((visit) => newsOf(visit, kind, service_date)),
      );
      if (isLast) await noteReached(tx, job, until);
      return made;
    });
    if (isLast) return told;
    above = visits.at(-1)?.appointment_id ?? null;
  }
}

function newsOf(visit: VisitMoment, kind: Sweep['kind'], service_date: string): News {
  const { appointment_id, session_id, hospital_id, patient_id } = visit;
  const matter = `${kind} ${appointment_id} ${service_date}`;
  const link = `/visits/${appointment_id}`;
  const event_id = idOf(matter);
  return { event_id, hospital_id, patient_id, kind, matter, link, session_id, appointment_id };
}

/** The same id for the same matter, as if an event had told it. */
function idOf(matter: string): string {
  const bytes = createHash('sha256').update(matter).digest().subarray(0, 16);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x80, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const hex = bytes.toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-'); // prettier-ignore
}
