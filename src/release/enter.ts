import { restrictedUntil, type Asker } from '../booking/index.ts';
import { personTags } from '../identity/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import { databaseError, type Db, type Tx } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { Problem } from '../platform/problem.ts';
import type { Random } from '../platform/random.ts';
import type { Secrets } from '../platform/secrets.ts';
import { fromHex } from '../platform/tlog/index.ts';
import {
  alreadyRegistered,
  drawNotOpen,
  drawUnknown,
  justReturned,
  notYourPatient,
  preferenceUnknown,
  restricted,
} from './errors.ts';
import { drawKeys } from './keys.ts';
import {
  entryId,
  poolLeaf,
  poolLineText,
  shortCode,
  signReceipt,
  type Manifest,
  type Receipt,
} from './sealed-draw/index.ts';
import { returnedBy, shareDraw, type DrawRow } from './store-draw.ts';
import { insertEntry } from './store-entry.ts';

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
  /** Session ids, the most wanted first; at most 10. */
  preferences: string[];
  /** 32 random bytes (hex) from the browser or the slip printer. */
  nonce: string;
  /** SHA-256 (hex) of the secret the patient keeps to withdraw. */
  secret_hash: string;
  asker: Asker;
};

export type Entered = { e: string; receipt: Receipt; short_code: string; entered_at: Date };

/**
 * D2 and D3: one entry per person per draw, and a signed receipt for it. The time of arrival within
 * the window is never used. The draw row is shared while the entry is written, so an entry is either
 * before the seal and in the pool, or refused.
 * @throws Problem release/draw-not-open, already-registered, preference-unknown, just-returned, restricted.
 */
export async function enterDraw(ctx: EnterContext, input: EnterInput): Promise<Entered> {
  return ctx.db
    .tx(async (tx) => {
      const draw = await shareDraw(tx, input.draw_id);
      if (!draw) throw new Problem(drawUnknown);
      const now = ctx.clock.now();
      if (draw.state !== 'announced' || now < draw.opens_at || now >= draw.closes_at)
        throw new Problem(drawNotOpen);
      checkPreferences(JSON.parse(draw.manifest) as Manifest, input.preferences);
      await checkPerson(tx, draw, input, now);
      return writeEntry(tx, ctx, draw, { ...input, at: now });
    })
    .catch((error: unknown) => {
      if (databaseError(error)?.constraint === 'entry_person') throw new Problem(alreadyRegistered);
      throw error;
    });
}

/** A restricted person, or one who just gave back a number of these sessions, may not enter. */
async function checkPerson(tx: Tx, draw: DrawRow, input: EnterInput, at: Date): Promise<void> {
  const { patient_id, asker } = input;
  const until = await restrictedUntil(tx, { hospital_id: draw.hospital_id, patient_id, at });
  if (until) throw new Problem(restricted, { until });
  const returned = await returnedBy(tx, {
    draw_id: draw.id,
    session_ids: input.preferences,
    patient_id,
    account_id: asker.account_id,
  });
  if (returned) throw new Problem(justReturned);
}

async function writeEntry(
  tx: Tx,
  ctx: EnterContext,
  draw: DrawRow,
  input: EnterInput & { at: Date },
): Promise<Entered> {
  const { asker, patient_id, at } = input;
  const manifest = JSON.parse(draw.manifest) as Manifest;
  const tags = await personTags({ ...ctx, db: tx }, [patient_id], {
    group: manifest.group,
    year: new Date(manifest.open * 1000).getUTCFullYear(),
  });
  const tag = tags.get(patient_id);
  if (!tag) throw new Problem(notYourPatient);
  const nonce = fromHex(input.nonce);
  const e = entryId({ manifestHash: draw.manifest_hash, personTag: tag, nonce });
  const line = { c: 0, e, p: input.preferences, w: 1 };
  const time = Math.floor(at.getTime() / 1000);
  const receipt = signReceipt(
    { draw: manifest.draw, e, leaf: poolLeaf(line), time, v: input.secret_hash },
    drawKeys(ctx.secrets).receipt.sign,
  );
  await insertEntry(
    tx,
    {
      draw_id: draw.id,
      id: e,
      patient_id,
      person_tag: tag,
      line: poolLineText(line),
      sealed_nonce: ctx.fields.seal(input.nonce, 'release.entry.nonce'),
      secret_hash: input.secret_hash,
      receipt: JSON.stringify(receipt),
      channel: asker.channel,
      account_id: asker.account_id,
      device_key_id: asker.device_key_id,
      payer_reference: asker.payer_reference,
      phone_index: asker.phone_index,
      entered_by: asker.actor,
      entered_at: at,
    },
    { id: newId(ctx), hospital_id: draw.hospital_id, leaf_of_receipt: receipt.leaf },
  );
  return { e, receipt, short_code: shortCode(e), entered_at: at };
}

function checkPreferences(manifest: Manifest, preferences: string[]): void {
  const offered = new Set(manifest.slots);
  const distinct = new Set(preferences);
  if (
    preferences.length === 0 ||
    preferences.length > 10 ||
    distinct.size !== preferences.length ||
    preferences.some((session) => !offered.has(session))
  )
    throw new Problem(preferenceUnknown);
}
