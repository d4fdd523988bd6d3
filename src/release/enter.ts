import { hasVisited, type Asker } from '../booking/index.ts';
import { isFamily } from '../identity/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Db, Tx } from '../platform/db.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import type { Secrets } from '../platform/secrets.ts';
import type { DrawRules } from './draw-rules.ts';
import { refuseRestricted } from './refuse-restricted.ts';
import {
  alreadyRegistered,
  drawNotOpen,
  drawUnknown,
  justReturned,
  needsPriorVisit,
  needsReview,
} from './errors.ts';
import { readPreferences, offeredSessions, type Wildcard } from './preferences.ts';
import type { Manifest } from './sealed-draw/index.ts';
import { returnedBy, shareDraw, type DrawRow } from './store-draw.ts';
import { returnsOf } from './store-return.ts';
import { hasAcceptedReview } from './store-review.ts';
import { writeEntries, type Entered, type Entrant } from './write-entries.ts';

export type EnterContext = {
  db: Db;
  clock: Clock;
  random: Random;
  secrets: Secrets;
  fields: FieldCrypto;
};

export type EnterInput = {
  draw_id: string;
  patient_id: string;
  /** Session ids, the most wanted first; at most 10 lines with the wildcard. */
  preferences: string[];
  wildcard?: Wildcard | null | undefined;
  /** 32 random bytes (hex) from the browser or the slip printer. */
  nonce: string;
  /** SHA-256 (hex) of the secret the patient keeps to withdraw. */
  secret_hash: string;
  /** Days of notice the person needs at least before the clinic day. */
  notice_days?: number | undefined;
  asker: Asker;
};

export const default_notice_days = 2;
/** A prior visit counts for so many days. */
const prior_visit_days = 3 * 365;

/**
 * D2 and D3: one entry per person per draw, and a signed receipt for it. The time of arrival within
 * the window is never used. The draw row is shared while the entry is written, so an entry is either
 * before the seal and in the pool, or refused.
 * @throws Problem release/draw-not-open, already-registered, preference-unknown, just-returned,
 * restricted, needs-prior-visit, needs-review.
 */
export async function enterDraw(ctx: EnterContext, input: EnterInput): Promise<Entered> {
  return ctx.db.tx(async (tx) => {
    const draw = await openDraw(tx, ctx, input.draw_id);
    return enterOpenDraw(tx, ctx, draw, input);
  });
}

/** The draw, shared, if entries to it are open at this moment. */
export async function openDraw(tx: Tx, ctx: { clock: Clock }, draw_id: string): Promise<DrawRow> {
  const draw = await shareDraw(tx, draw_id);
  if (!draw) throw new Problem(drawUnknown);
  const now = ctx.clock.now();
  if (draw.state !== 'announced' || now < draw.opens_at || now >= draw.closes_at)
    throw new Problem(drawNotOpen);
  return draw;
}

/** Checks and writes one entry into a draw that the caller holds open. Throws as `enterDraw`. */
export async function enterOpenDraw(
  tx: Tx,
  ctx: EnterContext,
  draw: DrawRow,
  input: EnterInput,
): Promise<Entered> {
  const { patient_id, asker } = input;
  const manifest = JSON.parse(draw.manifest) as Manifest;
  const preferences = await readPreferences(tx, manifest, {
    ...input,
    wildcards: (draw.rules as DrawRules).wildcards ?? false,
  });
  await checkPerson(tx, ctx, draw, { patient_id, preferences, asker });
  await checkEligible(tx, ctx, draw, patient_id);
  const family = asker.account_id !== null && (await isFamilyOf(tx, asker, patient_id));
  const entrant: Entrant = {
    patient_id,
    preferences,
    nonce: input.nonce,
    secret_hash: input.secret_hash,
    channel: asker.channel,
    account_id: asker.account_id,
    device_key_id: asker.device_key_id,
    payer_reference: asker.payer_reference,
    phone_index: asker.phone_index,
    is_family: family,
    wish_id: null,
    carried_from: null,
    notice_days: input.notice_days ?? (await defaultNotice(tx, draw.id)),
    actor: asker.actor,
  };
  const entered = (await writeEntries(tx, ctx, draw, [entrant])).get(patient_id);
  if (!entered) throw new Problem(alreadyRegistered);
  return entered;
}

/** Two days unless said otherwise; where the result itself comes later, the notice its returns give. */
async function defaultNotice(tx: Tx, draw_id: string): Promise<number> {
  const [first] = await returnsOf(tx, draw_id);
  return Math.min(default_notice_days, first?.notice_days ?? default_notice_days);
}

function isFamilyOf(tx: Tx, asker: Asker, patient_id: string): Promise<boolean> {
  return isFamily(tx, asker.account_id as string, patient_id);
}

/** A restricted person who asks from afar, or one who just gave back a number of these sessions, may not enter. */
async function checkPerson(
  tx: Tx,
  ctx: { clock: Clock },
  draw: DrawRow,
  input: { patient_id: string; preferences: string[]; asker: Asker },
): Promise<void> {
  const { patient_id, asker } = input;
  const { hospital_id } = draw;
  await refuseRestricted(tx, { hospital_id, patient_id, at: ctx.clock.now(), asker });
  const returned = await returnedBy(tx, {
    draw_id: draw.id,
    session_ids: input.preferences,
    patient_id,
    account_id: asker.account_id,
  });
  if (returned) throw new Problem(justReturned);
}

/** What the manifest asks of whoever enters: a visit before, or a record that was accepted (资料预审). */
async function checkEligible(
  tx: Tx,
  ctx: { clock: Clock },
  draw: DrawRow,
  patient_id: string,
): Promise<void> {
  const manifest = JSON.parse(draw.manifest) as Manifest;
  if (manifest.eligibility === 'open') return;
  const at = ctx.clock.now();
  if (manifest.eligibility === 'pre-review') {
    const facts = { hospital_id: draw.hospital_id, draw_group: draw.draw_group, patient_id, at };
    if (!(await hasAcceptedReview(tx, facts))) throw new Problem(needsReview);
    return;
  }
  const offered = await offeredSessions(tx, manifest);
  const seen = await hasVisited(tx, {
    hospital_id: draw.hospital_id,
    patient_id,
    healthcare_service_ids: [...new Set(offered.map((one) => one.healthcare_service_id))],
    since: new Date(at.getTime() - prior_visit_days * 86_400_000),
  });
  if (!seen) throw new Problem(needsPriorVisit);
}
