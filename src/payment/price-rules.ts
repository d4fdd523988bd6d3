import { createHash } from 'node:crypto';
import { shanghaiDate } from '../platform/clock.ts';
import { databaseError } from '../platform/db.ts';
import { newId } from '../platform/id.ts';
import { appendEvents } from '../platform/outbox.ts';
import { Problem } from '../platform/problem.ts';
import { forfeitNeedsDocument, ruleDates, scanInvalid } from './errors.ts';
import type { PaymentContext } from './model.ts';
import {
  findScan,
  insertPriceRule,
  insertScan,
  selectFeeItems,
  selectPriceRules,
  upsertFeeItem,
  type FeeItemRow,
  type PriceRuleRow,
} from './store-fees.ts';

type RuleContext = Pick<PaymentContext, 'db' | 'clock' | 'random'>;

const scan_bytes_max = 10 << 20;
const kinds: [string, number[]][] = [
  ['application/pdf', [0x25, 0x50, 0x44, 0x46]],
  ['image/png', [0x89, 0x50, 0x4e, 0x47]],
  ['image/jpeg', [0xff, 0xd8, 0xff]],
];

/**
 * Keeps the scan of a price document under its SHA-256.
 * @throws Problem payment/scan-invalid unless it is a PDF, PNG or JPEG of at most 10 MB.
 */
export async function keepScan(
  ctx: RuleContext,
  input: { hospital_id: string; bytes: Uint8Array; actor: string },
): Promise<{ scan_sha256: string }> {
  const { bytes } = input;
  const kind = kinds.find(([, magic]) => magic.every((byte, at) => bytes[at] === byte));
  if (!kind || bytes.length > scan_bytes_max) throw new Problem(scanInvalid);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const at = ctx.clock.now();
  await ctx.db.tx((tx) => insertScan(tx, { ...input, sha256, media_type: kind[0], at }));
  return { scan_sha256: sha256 };
}

/**
 * Writes the price rule of a hospital from a day on; the rule before it ends the day before. A rule
 * that keeps anything of a visit not begun needs the number and the scan of the local price document.
 * @throws Problem payment/forfeit-needs-document, rule-dates.
 */
export async function writePriceRule(
  ctx: RuleContext,
  rule: {
    hospital_id: string;
    kept_percent: number;
    minutes_before: number;
    document_number: string | null;
    scan_sha256: string | null;
    effective_from: string;
    actor: string;
  },
): Promise<void> {
  const id = newId(ctx);
  const at = ctx.clock.now();
  // Money already taken was taken under the rule of its day.
  if (rule.effective_from < shanghaiDate(at)) throw new Problem(ruleDates);
  try {
    await ctx.db.tx(async (tx) => {
      await insertPriceRule(tx, { ...rule, id, at });
      await appendEvents(tx, ctx, [
        {
          name: 'payment.price-rule.changed',
          hospital_id: rule.hospital_id,
          subject: `price-rule:${id}`,
          version: 1,
          actor: rule.actor,
          payload: { price_rule_id: id, kept_percent: rule.kept_percent },
        },
      ]);
    });
  } catch (error) {
    const { constraint } = databaseError(error) ?? {};
    if (constraint === 'price_rule_document' || constraint === 'price_rule_scan')
      throw new Problem(forfeitNeedsDocument);
    if (constraint?.startsWith('price_rule')) throw new Problem(ruleDates);
    throw error;
  }
}

/** The rules and fee items of a hospital, the newest first. */
export async function readPrices(
  ctx: Pick<PaymentContext, 'db'>,
  hospital_id: string,
): Promise<{ rules: PriceRuleRow[]; items: FeeItemRow[] }> {
  const [rules, items] = await Promise.all([
    selectPriceRules(ctx.db, hospital_id),
    selectFeeItems(ctx.db, hospital_id),
  ]);
  return { rules, items };
}

/** Writes what a clinic charges by the hospital's own list from a day on; visits opened before keep theirs. */
export async function writeFeeItem(
  ctx: RuleContext,
  item: Omit<FeeItemRow, 'id' | 'source'> & { hospital_id: string; actor: string },
): Promise<void> {
  const id = newId(ctx);
  await ctx.db.tx(async (tx) => {
    await upsertFeeItem(tx, { ...item, id, at: ctx.clock.now() });
    await appendEvents(tx, ctx, [
      {
        name: 'payment.fee-item.changed',
        hospital_id: item.hospital_id,
        subject: `fee-item:${id}`,
        version: 1,
        actor: item.actor,
        payload: { healthcare_service_id: item.healthcare_service_id, code: item.code },
      },
    ]);
  });
}

/** A scan of this hospital by its SHA-256. */
export function readScan(
  ctx: Pick<PaymentContext, 'db'>,
  scan: { hospital_id: string; sha256: string },
): Promise<{ media_type: string; bytes: Buffer } | undefined> {
  return findScan(ctx.db, scan);
}
