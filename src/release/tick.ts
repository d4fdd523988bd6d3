import { coolToOnSite, remoteUntil, sessionsWithCooled } from '../booking/index.ts';
import { getHospital, getSessions } from '../schedule/index.ts';
import { shanghaiDate } from '../platform/clock.ts';
import { Problem } from '../platform/problem.ts';
import { announceDraw, type AnnounceInput, type DrawContext } from './announce.ts';
import { outputFor } from './beacon/output.ts';
import { closeDraw } from './close.ts';
import { logDueCancels } from './draw-log.ts';
import { endAs } from './end-wishes.ts';
import { enterWishes } from './enter-wishes.ts';
import { nothingToDraw, tooLateToDraw } from './errors.ts';
import { offerDisplaced } from './offer-displaced.ts';
import { proveDraw, proveReturn } from './prove.ts';
import { recommendMonthly } from './recommend.ts';
import { openEvening, releaseDue } from './release-due.ts';
import { default_rhythm, demo_rhythm, type DrawRhythm } from './rules.ts';
import { runDraw } from './run-draw.ts';
import { runReturn } from './run-return.ts';
import { sealDraw } from './seal.ts';
import { sealReturn } from './seal-return.ts';
import { drawMoment, returnMoment, type Manifest } from './sealed-draw/index.ts';
import { enterShadows } from './shadow.ts';
import { drawsDue, planFor, sessionReleases, shadowsDue } from './store.ts';
import { drawsToAdvance, drawsToClose, getDraw, type DrawRow } from './store-draw.ts';
import { destroyNonces } from './store-entry.ts';
import { returnsDue, sessionsWithReturns } from './store-return.ts';
import { expiredWishes } from './store-wish.ts';

/** Nonces are destroyed so many days after the clinic. */
const nonce_days = 90;

/**
 * Does everything of the release side whose hour has come, by the server's clock: releases pools,
 * announces, seals, proves, draws, returns and closes. Every step is safe to repeat, so a restart at
 * any point loses nothing and re-rolls nothing.
 */
export async function tickRelease(ctx: DrawContext): Promise<void> {
  const now = ctx.clock.now();
  await offerDisplaced(ctx);
  await releaseDue(ctx);
  await openEvening(ctx);
  await announceDue(ctx);
  await announceShadows(ctx);
  for (const draw of await drawsToAdvance(ctx.db)) await advance(ctx, draw);
  await ctx.db.tx((tx) => logDueCancels(tx, now));
  await advanceReturns(ctx);
  await batchCooled(ctx);
  for (const id of await drawsToClose(ctx.db, now)) await closeDraw(ctx, id);
  await endExpired(ctx);
  await recommendMonthly(ctx);
}

async function advance(ctx: DrawContext, draw: DrawRow): Promise<void> {
  const proven =
    draw.published_json !== null &&
    (draw.state !== 'sealed' || draw.seal_json !== null) &&
    (draw.state !== 'closed' || draw.closed_json !== null);
  if (!proven) await proveDraw(ctx, draw);
  // Proving may have burnt it; what is done below locks the draw and looks again.
  const now = ctx.clock.now();
  if (draw.state === 'announced' && now < draw.closes_at) {
    await (draw.kind === 'shadow' ? enterShadows(ctx, draw) : enterWishes(ctx, draw.id));
    return;
  }
  if (draw.state === 'announced') await sealDraw(ctx, draw.id);
  if (draw.state === 'sealed' && draw.seal_json !== null && now >= draw.round_at) {
    const manifest = JSON.parse(draw.manifest) as Manifest;
    const { beacon } = manifest;
    const output = await outputFor(ctx, {
      beacon,
      draw_id: draw.id,
      n: 0,
      moment: drawMoment(manifest),
    });
    if (output) await runDraw(ctx, draw.id, output);
  }
}

/** Seals, proves and draws returns, each draw's in order. */
async function advanceReturns(ctx: DrawContext): Promise<void> {
  for (const row of await returnsDue(ctx.db, ctx.clock.now())) {
    if (row.state === 'waiting') {
      await sealReturn(ctx, row.draw_id, row.n);
      continue;
    }
    const draw = await getDraw(ctx.db, row.draw_id);
    if (!draw) continue;
    if (row.seal_json === null) await proveReturn(ctx, draw, row);
    else if (ctx.clock.now() >= row.round_at) {
      const manifest = JSON.parse(draw.manifest) as Manifest;
      const { beacon } = manifest;
      const moment = returnMoment(manifest, row.n);
      const output = await outputFor(ctx, { beacon, draw_id: draw.id, n: row.n, moment });
      if (output) await runReturn(ctx, draw.id, row.n, output);
    }
  }
}

async function announceDue(ctx: DrawContext): Promise<void> {
  for (const due of await drawsDue(ctx.db, ctx.clock.now())) {
    const [first] = await sessionReleases(ctx.db, due.session_ids);
    const plan = first && (await planFor(ctx.db, first.healthcare_service_id, due.service_date));
    if (!plan?.draw_rhythm) continue;
    const { draw_rhythm: rhythm, draw_rules: rules } = plan;
    await tryAnnounce(ctx, { ...due, rhythm, rules, kind: 'first' });
  }
}

/** A shadow draw beside each group of sessions in order whose plan asks for one. */
async function announceShadows(ctx: DrawContext): Promise<void> {
  const groups = new Map<string, Due>();
  for (const session of await shadowsDue(ctx.db, ctx.clock.now())) {
    const plan = await planFor(ctx.db, session.healthcare_service_id, session.service_date);
    if (!plan?.draw_rhythm) continue;
    const draw_group = `shadow.${plan.draw_group}`;
    const key = `${session.hospital_id} ${draw_group} ${session.service_date}`;
    const group = groups.get(key) ?? {
      hospital_id: session.hospital_id,
      draw_group,
      service_date: session.service_date,
      session_ids: [],
      rhythm: plan.draw_rhythm,
      rules: {},
      kind: 'shadow' as const,
    };
    group.session_ids.push(session.session_id);
    groups.set(key, group);
  }
  for (const group of groups.values()) await tryAnnounce(ctx, group);
}

type Due = Pick<
  AnnounceInput,
  'hospital_id' | 'draw_group' | 'service_date' | 'session_ids' | 'rhythm' | 'rules' | 'kind'
>;

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
 * Returned numbers come back in a batch of their own, drawn like the first (R016), unless a return of
 * their session's draw will draw them; when too little time is left for one, they go to the people
 * who come in person.
 */
async function batchCooled(ctx: DrawContext): Promise<void> {
  const now = ctx.clock.now();
  const cooled = await sessionsWithCooled(ctx.db, now);
  if (cooled.length === 0) return;
  const returning = await sessionsWithReturns(ctx.db, cooled);
  const sessions = await getSessions(
    ctx,
    cooled.filter((id) => !returning.has(id)),
  );
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
      rules: {},
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
function batchRhythm(ctx: DrawContext, rhythm: DrawRhythm | null): DrawRhythm {
  if (rhythm?.kind === 'seconds') return rhythm;
  return ctx.config.demo ? demo_rhythm : default_rhythm;
}

/** Wishes whose dates are past end; nonces whose clinic is long past are destroyed. */
async function endExpired(ctx: DrawContext): Promise<void> {
  const now = ctx.clock.now();
  await ctx.db.tx(async (tx) => {
    const ids = await expiredWishes(tx, shanghaiDate(now));
    await endAs(tx, ctx, { ids, from: ['active', 'asked'], to: 'expired', reason: 'expired' });
  });
  await destroyNonces(ctx.db, new Date(now.getTime() - nonce_days * 86_400_000));
}
