import { createHash } from 'node:crypto';
import { claimCooled, claimForDraw, type CooledNumber } from '../booking/index.ts';
import { logIdentity } from '../evidence/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Config } from '../platform/config.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import type { Secrets } from '../platform/secrets.ts';
import { canonicalText, utf8Text } from '../platform/tlog/index.ts';
import { nothingToDraw, tooLateToDraw } from './errors.ts';
import { beaconSetting, drawKeys } from './keys.ts';
import { drawInstants, type DrawRhythm } from './rules.ts';
import {
  announcedLeaf,
  drawMoment,
  manifestHash,
  plainPrecedence,
  roundAt,
  validateManifest,
  type Manifest,
} from './sealed-draw/index.ts';
import { insertDraw, lockDrawNumbers, markAnnounced, type DrawRow } from './store-draw.ts';
import { verifierPage } from './verifier-page.ts';

export type DrawContext = {
  db: Db;
  clock: Clock;
  random: Random;
  config: Config;
  secrets: Secrets;
};

/** What the routes need besides. */
export type ReleaseContext = DrawContext & { fields: FieldCrypto };

export type AnnounceInput = {
  hospital_id: string;
  hospital_code: string;
  draw_group: string;
  service_date: string;
  session_ids: string[];
  rhythm: DrawRhythm;
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
    const { number, prev } = await lockDrawNumbers(tx, input.hospital_id);
    const claim = { draw_id: id, session_ids: input.session_ids, at: now, actor: input.actor };
    const claimed: (
      CooledNumber | Omit<CooledNumber, 'excluded_account_id' | 'excluded_patient_id'>
    )[] = input.kind === 'first' ? await claimForDraw(tx, claim) : await claimCooled(tx, claim);
    if (claimed.length === 0) throw new Problem(nothingToDraw);
    const manifest = buildManifest(ctx, {
      ...input,
      number,
      prev,
      slots: claimed.map((one) => one.session_id),
      instants,
      beacon,
      log,
    });
    const hash = manifestHash(manifest);
    const [event_id] = await appendEvents(tx, ctx, [
      {
        name: 'release.draw.announced',
        hospital_id: input.hospital_id,
        subject: `draw:${id}`,
        version: 1,
        actor: input.actor,
        payload: { draw_id: id, leaf: utf8Text(announcedLeaf(manifest.draw, hash)) },
      },
    ]);
    await insertDraw(
      tx,
      {
        ...rowOf(manifest),
        id,
        hospital_id: input.hospital_id,
        number,
        draw_group: input.draw_group,
        kind: input.kind,
        confirm_until: instants.confirm_until,
        announced_event_id: event_id as string,
      },
      claimed.map((one, place) => ({
        place,
        slot_id: one.slot_id,
        session_id: one.session_id,
        excluded_account_id: 'excluded_account_id' in one ? one.excluded_account_id : null,
        excluded_patient_id: 'excluded_patient_id' in one ? one.excluded_patient_id : null,
      })),
    );
    await markAnnounced(tx, input.session_ids, now);
  });
  return id;
}

/** What the manifest itself says of the draw's row. */
function rowOf(manifest: Manifest) {
  const moment = drawMoment(manifest);
  return {
    code: manifest.draw,
    opens_at: new Date(manifest.open * 1000),
    closes_at: new Date(manifest.close * 1000),
    seal_by: new Date(manifest.sealBy * 1000),
    round: moment.round,
    round_at: new Date(moment.time * 1000),
    manifest: canonicalText(manifest),
    manifest_hash: manifestHash(manifest),
  };
}

type ManifestFacts = AnnounceInput & {
  number: number;
  prev: string;
  slots: string[];
  instants: ReturnType<typeof drawInstants>;
  beacon: Awaited<ReturnType<typeof beaconSetting>>;
  log: { origin: string; publicKey: string };
};

function buildManifest(ctx: DrawContext, facts: ManifestFacts): Manifest {
  const keys = drawKeys(ctx.secrets);
  const { rhythm, instants } = facts;
  const sealBy = seconds(instants.seal_by);
  return validateManifest({
    alg: 'sealed-draw/v1',
    beacon: {
      ...facts.beacon,
      margin: rhythm.margin_s,
      offset: rhythm.offset_s,
      round: roundAt(facts.beacon, sealBy + rhythm.offset_s),
    },
    classes: [{ id: 'general', weight_max: 1 }],
    close: seconds(instants.close),
    confirm_s: seconds(instants.confirm_until) - sealBy - rhythm.offset_s,
    draw: `${facts.hospital_code}-${facts.number}`,
    eligibility: 'open',
    group: facts.draw_group,
    hospital: facts.hospital_code,
    identityKey: keys.identity.publicKey,
    log: facts.log,
    number: facts.number,
    open: seconds(instants.open),
    outage: 'wait',
    pool: 'entrants-and-witnesses',
    precedence: plainPrecedence(facts.slots),
    prev: facts.prev,
    receiptKey: keys.receipt.publicKey,
    reserves: [],
    returns: { closes: [], later: 1, offset: rhythm.offset_s },
    sealBy,
    slots: facts.slots,
    verifier: createHash('sha256').update(verifierPage).digest('hex'),
    weights: 'equal',
    witnesses: [],
    witnesses_min: 0,
  });
}
