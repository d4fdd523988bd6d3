import { personFacts, personTags } from '../identity/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { FieldCrypto } from '../platform/crypto/index.ts';
import type { Tx } from '../platform/db.ts';
import type { Secrets } from '../platform/secrets.ts';
import { fromHex } from '../platform/tlog/index.ts';
import { lossWeight, traitsOf, type DrawRules } from './draw-rules.ts';
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
import type { DrawRow } from './store-draw.ts';
import { insertEntries, lossesOf, type NewEntry } from './store-entry.ts';

/** One person who enters, with what was checked before: the list, the right to enter, the right to act. */
export type Entrant = {
  patient_id: string;
  /** Session ids, the most wanted first, wildcards expanded. */
  preferences: string[];
  /** 32 random bytes, hex. */
  nonce: string;
  /** SHA-256 (hex) of the secret that withdraws the entry. */
  secret_hash: string;
  channel: string;
  account_id: string | null;
  device_key_id: string | null;
  payer_reference: string | null;
  phone_index: string | null;
  is_family: boolean;
  wish_id: string | null;
  carried_from: string | null;
  notice_days: number;
  actor: string;
};

export type Entered = { e: string; receipt: Receipt; short_code: string; entered_at: Date };

export type WriteContext = { clock: Clock; fields: FieldCrypto; secrets: Secrets };

/**
 * Writes entries into a draw that the caller holds open, with class and weight fixed and a receipt
 * for each (D2, D3). Any number in the same few statements.
 * @returns what was written, by patient; a person who has an entry already is missing.
 */
export async function writeEntries(
  tx: Tx,
  ctx: WriteContext,
  draw: DrawRow,
  entrants: readonly Entrant[],
): Promise<Map<string, Entered>> {
  const manifest = JSON.parse(draw.manifest) as Manifest;
  const at = ctx.clock.now();
  const people = await factsOf(tx, ctx, { draw, manifest, entrants });
  const sign = drawKeys(ctx.secrets).receipt.sign;
  const made = new Map<string, { patient_id: string; entered: Entered }>();
  const rows = entrants.flatMap((entrant): NewEntry[] => {
    const person = people.get(entrant.patient_id);
    if (!person) return [];
    const { tag, traits, losses } = person;
    const nonce = fromHex(entrant.nonce);
    const e = entryId({ manifestHash: draw.manifest_hash, personTag: tag, nonce });
    const line = { ...standing(manifest, person), e, p: entrant.preferences };
    const receipt = signReceipt(
      {
        draw: manifest.draw,
        e,
        leaf: poolLeaf(line),
        time: Math.floor(at.getTime() / 1000),
        v: entrant.secret_hash,
      },
      sign,
    );
    const entered = { e, receipt, short_code: shortCode(e), entered_at: at };
    made.set(e, { patient_id: entrant.patient_id, entered });
    const { preferences: _, nonce: __, actor, ...kept } = entrant;
    return [
      {
        ...kept,
        id: e,
        person_tag: Buffer.from(tag).toString('hex'),
        line: poolLineText(line),
        sealed_nonce: Buffer.from(ctx.fields.seal(entrant.nonce, 'release.entry.nonce')).toString(
          'hex',
        ),
        receipt: JSON.stringify(receipt),
        receipt_leaf: receipt.leaf,
        losses,
        traits,
        entered_by: actor,
      },
    ];
  });
  const written = await insertEntries(tx, draw, rows, at);
  return new Map(
    written.flatMap((id) => {
      const one = made.get(id);
      return one ? [[one.patient_id, one.entered] as const] : [];
    }),
  );
}

type Person = { tag: Uint8Array; traits: string[]; losses: number };

/** Class and weight as the manifest offers them: outside its offers everyone is general, weight 1. */
function standing(manifest: Manifest, { traits, losses }: Person): { c: number; w: number } {
  const found = manifest.classes.findIndex((one, c) => c > 0 && traits.includes(one.id));
  const c = Math.max(0, found);
  const most = manifest.classes[c]?.weight_max ?? 1;
  const w = manifest.weights === 'equal' ? 1 : Math.min(most, lossWeight(losses));
  return { c, w };
}

async function factsOf(
  tx: Tx,
  ctx: WriteContext,
  facts: { draw: DrawRow; manifest: Manifest; entrants: readonly Entrant[] },
): Promise<Map<string, Person>> {
  const { draw, manifest } = facts;
  const rules = draw.rules as DrawRules;
  const ids = facts.entrants.map((entrant) => entrant.patient_id);
  const tags = await personTags({ ...ctx, db: tx }, ids, {
    group: manifest.group,
    year: new Date(manifest.open * 1000).getUTCFullYear(),
  });
  const classes = rules.classes ?? [];
  const known =
    classes.length > 0 ? await personFacts({ ...ctx, db: tx }, ids) : new Map<string, never>();
  const lost =
    rules.weights === 'loss-1-6-8'
      ? await lossesOf(tx, { ...draw, patient_ids: ids })
      : new Map<string, number>();
  return new Map(
    [...tags].map(([id, tag]) => {
      const person = known.get(id);
      const traits = person ? traitsOf(person, classes) : [];
      return [id, { tag, traits, losses: lost.get(id) ?? 0 }];
    }),
  );
}
