import { createHash } from 'node:crypto';
import { claimCooled, claimForDraw, onlineNumbers, type BookingHot } from '../booking/index.ts';
import { logIdentity, witnessQuorum, type WitnessSetting } from '../evidence/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db, Tx } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import type { Secrets } from '../platform/secrets.ts';
import { canonicalText, utf8Text } from '../platform/tlog/index.ts';
import { beaconSetting } from './beacon/setting.ts';
import type { RoundSource } from './beacon/round-source.ts';
import { buildManifest } from './build-manifest.ts';
import type { DrawRules } from './draw-rules.ts';
import { nothingToDraw, tooLateToDraw } from './errors.ts';
import { plannedReturns } from './planned-returns.ts';
import { drawInstants, type DrawInstants, type DrawRhythm } from './rules.ts';
import { announcedLeaf, drawMoment, manifestHash, type Manifest } from './sealed-draw/index.ts';
import {
  insertDraw,
  lockDrawNumbers,
  markAnnounced,
  type DrawPlace,
  type DrawRow,
} from './store-draw.ts';
import { crowdsOf } from './store-entry.ts';
import { verifierPage } from './verifier-page.ts';

/** What announcing and everything after it takes. */
export type DrawContext = {
  db: Db;
  clock: Clock;
  random: Random;
  config: Config;
  secrets: Secrets;
  fields: FieldCrypto;
  network: typeof fetch;
  witnesses: readonly WitnessSetting[];
  roundSource: RoundSource;
};

/** What the routes need besides. */
export type ReleaseContext = DrawContext & { bookingHot: BookingHot };

export type AnnounceInput = {
  hospital_id: string;
  hospital_code: string;
  draw_group: string;
  service_date: string;
  session_ids: string[];
  rhythm: DrawRhythm;
  rules: DrawRules;
  kind: DrawRow['kind'];
  /** When people must have confirmed at the latest: before the numbers go on-site. */
  latest_confirm: Date;
  actor: string;
};

const seconds = (instant: Date): number => Math.floor(instant.getTime() / 1000);

/**
 * D1: fixes the rules of a draw and publishes them before anyone can enter. The numbers are set
 * aside, the manifest gets the hospital's next number and is logged, all in one transaction.
 * @throws Problem release/nothing-to-draw, release/too-late-to-draw.
 */
export async function announceDraw(ctx: DrawContext, input: AnnounceInput): Promise<DrawRow['id']> {
  const now = ctx.clock.now();
  const instants = drawInstants(input.rhythm, input.service_date, now);
  if (input.rhythm.kind === 'days' && seconds(instants.close) - seconds(now) < 86_400)
    throw new Problem(tooLateToDraw);
  if (instants.confirm_until > input.latest_confirm) throw new Problem(tooLateToDraw);
  const beacon = await beaconSetting(ctx);
  const log = await logIdentity(ctx);
  const id = newId(ctx);
  await ctx.db.tx(async (tx) => {
    const numbered = await lockDrawNumbers(tx, input.hospital_id);
    const places = await claim(tx, input, { id, now });
    const manifest = buildManifest(ctx.secrets, {
      ...input,
      ...numbered,
      slots: places.map((one) => one.session_id),
      instants: withReturns(input, instants),
      beacon,
      log,
      quorum: witnessQuorum(ctx),
      crowds: await crowdsOf(tx, input),
      verifier: createHash('sha256').update(verifierPage).digest('hex'),
    });
    await store(tx, ctx, {
      ...input,
      id,
      now,
      number: numbered.number,
      instants,
      manifest,
      places,
    });
  });
  return id;
}

/** The numbers of the draw as its places, in manifest order. A shadow draw looks and takes nothing. */
async function claim(
  tx: Tx,
  input: AnnounceInput,
  { id, now }: { id: string; now: Date },
): Promise<DrawPlace[]> {
  const { session_ids, actor } = input;
  const claiming = { draw_id: id, session_ids, at: now, actor };
  const none = { excluded_account_id: null, excluded_patient_id: null };
  const numbers =
    input.kind === 'batch'
      ? await claimCooled(tx, claiming)
      : input.kind === 'first'
        ? await claimForDraw(tx, claiming)
        : await onlineNumbers(tx, session_ids);
  if (numbers.length === 0) throw new Problem(nothingToDraw);
  return numbers.map((one, place) => ({ ...none, ...one, place }));
}

/** Returns that leave their winners time to confirm; batches and shadows have none. */
function withReturns(input: AnnounceInput, instants: DrawInstants): DrawInstants {
  const returns = instants.returns.filter((one) => one.confirm_until <= input.latest_confirm);
  return { ...instants, returns: input.kind === 'first' ? returns : [] };
}

async function store(
  tx: Tx,
  ctx: DrawContext,
  draw: AnnounceInput & {
    id: string;
    now: Date;
    number: number;
    instants: DrawInstants;
    manifest: Manifest;
    places: DrawPlace[];
  },
): Promise<void> {
  const { id, hospital_id, manifest, places } = draw;
  const hash = manifestHash(manifest);
  const moment = drawMoment(manifest);
  const [event_id] = await appendEvents(tx, ctx, [
    {
      name: 'release.draw.announced',
      hospital_id,
      subject: `draw:${id}`,
      version: 1,
      actor: draw.actor,
      payload: { draw_id: id, leaf: utf8Text(announcedLeaf(manifest.draw, hash)) },
    },
  ]);
  const row = {
    id,
    hospital_id,
    code: manifest.draw,
    number: draw.number,
    draw_group: draw.draw_group,
    kind: draw.kind,
    opens_at: new Date(manifest.open * 1000),
    closes_at: new Date(manifest.close * 1000),
    seal_by: new Date(manifest.sealBy * 1000),
    round: moment.round,
    round_at: new Date(moment.time * 1000),
    confirm_until: draw.instants.confirm_until,
    manifest: canonicalText(manifest),
    manifest_hash: hash,
    rules: draw.rules,
    announced_event_id: event_id as string,
  };
  const instants = withReturns(draw, draw.instants);
  await insertDraw(tx, row, places, plannedReturns(manifest, instants, draw.service_date));
  if (draw.kind !== 'shadow') await markAnnounced(tx, draw.session_ids, draw.now);
}
