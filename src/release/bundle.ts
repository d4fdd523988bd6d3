import type { Queryable } from '../platform/db.ts';
import type { Secrets } from '../platform/secrets.ts';
import { finalOf } from './close.ts';
import { drawKeys } from './keys.ts';
import { mainAllocation, returnAllocation, returnLines } from './ledger-of.ts';
import {
  buildBundle,
  countEntries,
  signCounts,
  type BeaconFile,
  type BundleParts,
  type LogLine,
  type LogProof,
  type Manifest,
  type PoolLine,
  type RankingLine,
  type ReturnParts,
  type ReturnSealFile,
  type SealFile,
} from './sealed-draw/index.ts';
import { type DrawRow } from './store-draw.ts';
import { drawLog } from './store-draw-log.ts';
import { entriesOfDraw, type EntryRow } from './store-entry.ts';
import { returnsOf } from './store-return.ts';
import { verifierPage } from './verifier-page.ts';

/** Files that anyone may read; the rest is for entrants and witnesses unless the pool is public. */
export const public_files = new Set([
  'manifest.json',
  'published.json',
  'seal.json',
  'beacon.json',
  'counts.json',
  'closed.json',
  'verify.html',
]);

/**
 * D9: the bundle of a draw as far as it has come, by path. Before sealing it holds the manifest and
 * its proof only: a pool that still grows is nobody's to read.
 */
export async function drawBundle(
  ctx: { db: Queryable; secrets: Secrets },
  draw: DrawRow,
): Promise<Map<string, Uint8Array>> {
  const manifest = JSON.parse(draw.manifest) as Manifest;
  const parts: BundleParts = { manifest, verifier: verifierPage };
  if (draw.published_json) parts.published = JSON.parse(draw.published_json) as LogProof;
  if (draw.seal !== null) await addPool(ctx, draw, parts);
  if (draw.beacon_json) await addResult(ctx.db, draw, parts);
  if (draw.closed_json) parts.closed = JSON.parse(draw.closed_json) as LogProof;
  return buildBundle(parts);
}

async function addPool(
  ctx: { db: Queryable; secrets: Secrets },
  draw: DrawRow,
  parts: BundleParts,
): Promise<void> {
  const entries = await entriesOfDraw(ctx.db, draw.id);
  const standing = entries.filter((entry) => entry.withdrawn_at === null);
  const pool = standing.map((entry) => JSON.parse(entry.line) as PoolLine);
  parts.pool = pool;
  parts.void = entries
    .filter((entry): entry is EntryRow & { secret: string } => entry.secret !== null)
    .map((entry) => ({ e: entry.id, secret: entry.secret }));
  parts.counts = signCounts(
    { counts: countEntries(pool), draw: parts.manifest.draw },
    drawKeys(ctx.secrets).identity.sign,
  );
  if (draw.seal_json) parts.seal = JSON.parse(draw.seal_json) as SealFile;
}

async function addResult(db: Queryable, draw: DrawRow, parts: BundleParts): Promise<void> {
  const { manifest } = parts;
  parts.beacon = JSON.parse(draw.beacon_json as string) as BeaconFile;
  const entries = await entriesOfDraw(db, draw.id);
  const ranked = entries.filter((entry) => entry.rank !== null);
  ranked.sort((a, b) => (a.rank as number) - (b.rank as number));
  parts.ranking = ranked.map((entry): RankingLine => ({
    e: entry.id,
    key: entry.rank_key as string,
  }));
  parts.allocation = mainAllocation(manifest, entries);
  parts.returns = await returnParts(db, draw.id);
  parts.log = (await drawLog(db, draw.id)).map((row) => JSON.parse(row.line) as LogLine);
  if (draw.state === 'closed') parts.final = await finalOf(db, draw);
}

/** The returns that were drawn, and the sealed one that waits for its round. */
async function returnParts(db: Queryable, draw_id: string): Promise<ReturnParts[]> {
  const parts: ReturnParts[] = [];
  for (const row of await returnsOf(db, draw_id)) {
    if (row.state !== 'drawn' && (row.state !== 'sealed' || row.seal_json === null)) continue;
    const part: ReturnParts = { n: row.n, returns: returnLines(row) };
    if (row.seal_json) part.seal = JSON.parse(row.seal_json) as ReturnSealFile;
    if (row.state === 'drawn') {
      part.beacon = JSON.parse(row.beacon_json as string) as BeaconFile;
      const ranked = await returnAllocation(db, row);
      part.ranking = ranked.map(({ e, key }) => ({ e, key }));
      part.allocation = ranked.map(({ e, place, slot }) => ({ e, place, slot }));
    }
    parts.push(part);
  }
  return parts;
}
