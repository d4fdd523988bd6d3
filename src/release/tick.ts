import { remoteUntil, coolToOnSite, sessionsWithCooled } from '../booking/index.ts';
import { getSessions, getHospital } from '../schedule/index.ts';
import { Problem } from '../platform/problem.ts';
import { announceDraw, type DrawContext } from './announce.ts';
import { closeDraw } from './close.ts';
import { logDueCancels } from './draw-log.ts';
import { nothingToDraw, tooLateToDraw } from './errors.ts';
import { beaconSetting, demoRound } from './keys.ts';
import { proveDraw } from './prove.ts';
import { openEvening, releaseDue } from './release-due.ts';
import { default_rhythm, demo_rhythm } from './rules.ts';
import { runDraw } from './run-draw.ts';
import { sealDraw } from './seal.ts';
import { drawsDue, planFor, sessionReleases } from './store.ts';
import { drawsInState, drawsToClose, findRound, storeRound, type DrawRow } from './store-draw.ts';

/**
 * Does everything of the release side whose hour has come, by the server's clock: releases pools,
 * announces, seals, proves, draws and closes. Every step is safe to repeat, so a restart at any point
 * loses nothing and re-rolls nothing.
 */
export async function tickRelease(ctx: DrawContext): Promise<void> {
  await releaseDue(ctx);
  await openEvening(ctx);
  await announceDue(ctx);
  for (const draw of await drawsInState(ctx.db, ['announced', 'sealed', 'drawn', 'closed']))
    await advance(ctx, draw);
  await ctx.db.tx((tx) => logDueCancels(tx, ctx.clock.now()));
  await batchCooled(ctx);
  for (const id of await drawsToClose(ctx.db, ctx.clock.now())) await closeDraw(ctx, id);
}

async function advance(ctx: DrawContext, draw: DrawRow): Promise<void> {
  const proven =
    draw.published_json !== null &&
    (draw.state !== 'sealed' || draw.seal_json !== null) &&
    (draw.state !== 'closed' || draw.closed_json !== null);
  if (!proven) await proveDraw(ctx, draw);
  const now = ctx.clock.now();
  if (draw.state === 'announced' && now >= draw.closes_at) await sealDraw(ctx, draw.id);
  if (draw.state === 'sealed' && draw.seal_json !== null && now >= draw.round_at) {
    const signature = await roundOf(ctx, draw);
    if (signature) await runDraw(ctx, draw.id, signature);
  }
}

/** The signature of the draw's round: made here by the demo beacon, else received by file or paste. */
async function roundOf(ctx: DrawContext, draw: DrawRow): Promise<string | undefined> {
  const { beacon } = JSON.parse(draw.manifest) as { beacon: { chain: string; kind: string } };
  const round = draw.round as number;
  const received = await findRound(ctx.db, beacon.chain, round);
  if (received || beacon.kind !== 'demo') return received;
  const setting = await beaconSetting(ctx);
  const signature = setting.chain === beacon.chain ? demoRound(ctx, setting, round) : undefined;
  if (signature)
    await storeRound(ctx.db, {
      chain: beacon.chain,
      round,
      signature,
      source: 'demo beacon (not independent)',
      at: ctx.clock.now(),
    });
  return signature;
}

async function announceDue(ctx: DrawContext): Promise<void> {
  for (const due of await drawsDue(ctx.db, ctx.clock.now())) {
    const [first] = await sessionReleases(ctx.db, due.session_ids);
    const plan = first && (await planFor(ctx.db, first.healthcare_service_id, due.service_date));
    if (!plan?.draw_rhythm) continue;
    await tryAnnounce(ctx, { ...due, rhythm: plan.draw_rhythm, kind: 'first' });
  }
}

type Due = {
  hospital_id: string;
  draw_group: string;
  service_date: string;
  session_ids: string[];
  rhythm: typeof default_rhythm;
  kind: DrawRow['kind'];
};

/** Announces a draw; false when it is too late for one or nothing is left to draw. */
async function tryAnnounce(ctx: DrawContext, due: Due): Promise<boolean> {
  const hospital = await getHospital(ctx, { hospital_id: due.hospital_id });
  try {
    await announceDraw(ctx, {
      ...due,
      hospital_code: hospital.code,
      latest_confirm: remoteUntil(due.service_date),
      actor: 'system:release',
    });
    return true;
  } catch (error) {
    const kind = error instanceof Problem ? error.kind : undefined;
    if (kind === nothingToDraw || kind === tooLateToDraw) return false;
    throw error;
  }
}

/**
 * Returned numbers of drawn and sold-out sessions come back in a batch of their own, drawn like the
 * first (R016); when too little time is left for one, they go to the people who come in person.
 */
async function batchCooled(ctx: DrawContext): Promise<void> {
  const now = ctx.clock.now();
  const ids = await sessionsWithCooled(ctx.db, now);
  if (ids.length === 0) return;
  const sessions = await getSessions(ctx, ids);
  const groups = new Map<string, Due>();
  for (const session of sessions) {
    const plan = await planFor(ctx.db, session.healthcare_service_id, session.service_date);
    const draw_group = plan?.draw_group ?? 'returned';
    const key = `${session.hospital_id} ${draw_group} ${session.service_date}`;
    const group = groups.get(key) ?? {
      hospital_id: session.hospital_id,
      draw_group,
      service_date: session.service_date,
      session_ids: [],
      rhythm: batchRhythm(ctx, plan?.draw_rhythm ?? null),
      kind: 'batch' as const,
    };
    group.session_ids.push(session.id);
    groups.set(key, group);
  }
  for (const group of groups.values()) {
    if (await tryAnnounce(ctx, group)) continue;
    if (now < remoteUntil(group.service_date)) continue; // the evening before, not earlier
    await ctx.db.tx(async (tx) => {
      for (const session_id of group.session_ids)
        await coolToOnSite(tx, { session_id, at: now, actor: 'system:release' });
    });
  }
}

/** Batches of returns keep the clinic's rhythm when it is in seconds (demo), else the default's days. */
function batchRhythm(ctx: DrawContext, rhythm: Due['rhythm'] | null): Due['rhythm'] {
  if (rhythm?.kind === 'seconds') return rhythm;
  return ctx.config.demo ? demo_rhythm : default_rhythm;
}
