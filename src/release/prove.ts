import { proofFor } from '../evidence/index.ts';
import type { Clock } from '../platform/clock.ts';
import type { Db } from '../platform/db.ts';
import type { Random } from '../platform/random.ts';
import { canonicalText } from '../platform/tlog/index.ts';
import { burn } from './burn.ts';
import type { LogProof, Manifest, SealFile } from './sealed-draw/index.ts';
import { lockDraw, storeProof, type DrawRow } from './store-draw.ts';

/** The log's proof of one event in the form of published.json and closed.json. */
async function logProof(
  ctx: { db: Db },
  draw: DrawRow,
  event_id: string,
): Promise<LogProof | undefined> {
  const proof = await proofFor(ctx, event_id);
  return (
    proof && {
      checkpoint: proof.checkpoint,
      inclusion: { index: proof.index, proof: proof.proof },
      manifestHash: draw.manifest_hash,
      timestamps: [],
      witnesses: [],
    }
  );
}

/** Fetches the proofs a draw still lacks; a seal not proven before time(R) − margin burns the draw. */
export async function proveDraw(
  ctx: { db: Db; clock: Clock; random: Random },
  draw: DrawRow,
): Promise<void> {
  if (draw.published_json === null) {
    const proof = await logProof(ctx, draw, draw.announced_event_id);
    if (proof) await storeProof(ctx.db, draw.id, 'published_json', canonicalText(proof));
  }
  if (draw.closed_event_id !== null && draw.closed_json === null) {
    const proof = await logProof(ctx, draw, draw.closed_event_id);
    if (proof) await storeProof(ctx.db, draw.id, 'closed_json', canonicalText(proof));
  }
  if (draw.sealed_event_id !== null && draw.seal_json === null && draw.state === 'sealed')
    await proveSeal(ctx, draw, draw.sealed_event_id);
}

async function proveSeal(
  ctx: { db: Db; clock: Clock; random: Random },
  draw: DrawRow,
  event_id: string,
): Promise<void> {
  const manifest = JSON.parse(draw.manifest) as Manifest;
  const deadline = draw.round_at.getTime() - manifest.beacon.margin * 1000;
  const proof =
    ctx.clock.now().getTime() < deadline ? await logProof(ctx, draw, event_id) : undefined;
  if (proof) {
    const file: SealFile = {
      ...proof,
      entries: draw.entries as number,
      root: draw.root as string,
      seal: draw.seal as string,
      sealedAt: Math.floor((draw.sealed_at as Date).getTime() / 1000),
    };
    await storeProof(ctx.db, draw.id, 'seal_json', canonicalText(file));
  } else if (ctx.clock.now().getTime() >= deadline) {
    await ctx.db.tx(async (tx) => {
      const locked = await lockDraw(tx, draw.id);
      if (locked?.state === 'sealed' && locked.seal_json === null)
        await burn(tx, ctx, locked, 'seal not proven in time');
    });
  }
}
