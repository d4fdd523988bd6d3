import { proofFor, timestampFor } from '../evidence/index.ts';
import { canonicalText } from '../platform/tlog/index.ts';
import type { DrawContext } from './announce.ts';
import { burn } from './burn.ts';
import {
  announcedLeaf,
  closedLeaf,
  publishDeadline,
  returnsLeaf,
  sealedLeaf,
  type LogProof,
  type Manifest,
  type ReturnSealFile,
  type SealFile,
} from './sealed-draw/index.ts';
import { closedFacts } from './close.ts';
import { missReturn } from './miss-return.ts';
import { lockDraw, storeProof, type DrawRow } from './store-draw.ts';
import { lockReturn, storeReturnSeal, type ReturnRow } from './store-return.ts';

type ProveContext = Pick<DrawContext, 'db' | 'clock' | 'random' | 'config' | 'network'>;

/**
 * The log's proof of one event in the form of published.json and closed.json, countersigned as the
 * manifest demands; undefined while it is not there yet.
 */
async function logProof(
  ctx: ProveContext,
  draw: DrawRow,
  event_id: string,
  leaf: () => Uint8Array | Promise<Uint8Array>,
): Promise<LogProof | undefined> {
  const { witnesses, witnesses_min, log } = JSON.parse(draw.manifest) as Manifest;
  const want = { witnesses, witnesses_min, origin: log.origin };
  const proof = await proofFor(ctx, event_id, want);
  if (!proof) return undefined;
  return {
    checkpoint: proof.checkpoint,
    inclusion: { index: proof.index, proof: proof.proof },
    manifestHash: draw.manifest_hash,
    timestamps: ctx.config.evidence.tsa_url ? await timestampFor(ctx, await leaf()) : [],
    witnesses: proof.witnesses,
  };
}

/** Fetches the proofs a draw still lacks; a seal not proven before time(R) − margin burns the draw. */
export async function proveDraw(ctx: ProveContext, draw: DrawRow): Promise<void> {
  const { draw: code } = JSON.parse(draw.manifest) as Manifest;
  if (draw.published_json === null) {
    const proof = await logProof(ctx, draw, draw.announced_event_id, () =>
      announcedLeaf(code, draw.manifest_hash),
    );
    if (proof) await storeProof(ctx.db, draw.id, 'published_json', canonicalText(proof));
    else await burnUnpublished(ctx, draw);
  }
  if (draw.closed_event_id !== null && draw.closed_json === null) {
    const proof = await logProof(ctx, draw, draw.closed_event_id, async () => {
      const { final_hash, head } = await closedFacts(ctx.db, draw);
      return closedLeaf(code, final_hash, head);
    });
    if (proof) await storeProof(ctx.db, draw.id, 'closed_json', canonicalText(proof));
  }
  if (draw.sealed_event_id !== null && draw.seal_json === null && draw.state === 'sealed')
    await proveSeal(ctx, draw, draw.sealed_event_id);
}

/** Rules that were not countersigned in time are not public in time: nobody is drawn under them. */
async function burnUnpublished(ctx: ProveContext, draw: DrawRow): Promise<void> {
  const deadline = publishDeadline(JSON.parse(draw.manifest) as Manifest);
  if (ctx.clock.now().getTime() <= deadline * 1000) return;
  await ctx.db.tx(async (tx) => {
    const locked = await lockDraw(tx, draw.id);
    if (locked?.state === 'announced' && locked.published_json === null)
      await burn(tx, ctx, locked, 'rules not proven public in time');
  });
}

async function proveSeal(ctx: ProveContext, draw: DrawRow, event_id: string): Promise<void> {
  const manifest = JSON.parse(draw.manifest) as Manifest;
  const deadline = draw.round_at.getTime() - manifest.beacon.margin * 1000;
  const inTime = (): boolean => ctx.clock.now().getTime() < deadline;
  const leaf = () => sealedLeaf(manifest.draw, draw.manifest_hash, draw.seal as string);
  const proof = inTime() ? await logProof(ctx, draw, event_id, leaf) : undefined;
  if (proof) {
    const file: SealFile = {
      ...proof,
      entries: draw.entries as number,
      root: draw.root as string,
      seal: draw.seal as string,
      sealedAt: Math.floor((draw.sealed_at as Date).getTime() / 1000),
    };
    await storeProof(ctx.db, draw.id, 'seal_json', canonicalText(file));
  } else if (!inTime()) {
    await ctx.db.tx(async (tx) => {
      const locked = await lockDraw(tx, draw.id);
      if (locked?.state === 'sealed' && locked.seal_json === null)
        await burn(tx, ctx, locked, 'seal not proven in time');
    });
  }
}

/** Fetches the proof of a return's seal; one not proven before time(R′) − margin is missed. */
export async function proveReturn(ctx: ProveContext, draw: DrawRow, row: ReturnRow): Promise<void> {
  const manifest = JSON.parse(draw.manifest) as Manifest;
  const deadline = row.round_at.getTime() - manifest.beacon.margin * 1000;
  const inTime = ctx.clock.now().getTime() < deadline;
  const hash = row.returns_hash as string;
  const leaf = () => returnsLeaf(manifest.draw, row.n, hash);
  const proof = inTime ? await logProof(ctx, draw, row.sealed_event_id as string, leaf) : undefined;
  if (proof) {
    const file: ReturnSealFile = {
      ...proof,
      n: row.n,
      returnsHash: hash,
      sealedAt: Math.floor((row.sealed_at as Date).getTime() / 1000),
    };
    await storeReturnSeal(ctx.db, draw.id, row.n, canonicalText(file));
  } else if (!inTime) {
    await ctx.db.tx(async (tx) => {
      const locked = await lockReturn(tx, draw.id, row.n);
      if (locked?.state === 'sealed' && locked.seal_json === null)
        await missReturn(tx, ctx, { draw, n: row.n, reason: 'seal not proven in time' });
    });
  }
}
