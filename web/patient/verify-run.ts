import { verifyBundle } from '../../src/release/sealed-draw/verify.ts';
import type { Check } from '../../src/release/sealed-draw/verify-report.ts';
import type { Receipt } from '../shared/types.ts';

export type { Check };

const FILES = [
  'manifest.json',
  'published.json',
  'seal.json',
  'pool.jsonl',
  'void.jsonl',
  'beacon.json',
  'counts.json',
  'ranking.jsonl',
  'allocation.jsonl',
  'log.jsonl',
  'final.jsonl',
  'closed.json',
  'verify.html',
] as const;

/**
 * Fetches the published files of a draw and recomputes it in this browser, with the same code as the
 * independent verifier. A file that is not published yet leaves its checks open.
 */
export async function verifyEntry(drawId: string, receipt: Receipt): Promise<Check[]> {
  const files = new Map<string, Uint8Array>();
  await Promise.all(
    FILES.map(async (path) => {
      const reply = await fetch(`/api/draws/${drawId}/bundle/${path}`);
      if (reply.ok) files.set(path, new Uint8Array(await reply.arrayBuffer()));
    }),
  );
  return verifyBundle(files, { receipt });
}
