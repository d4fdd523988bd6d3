import { unzip } from '../../src/release/sealed-draw/unzip.ts';
import { verifyInSteps } from '../../src/release/sealed-draw/verify.ts';
import type { Check } from '../../src/release/sealed-draw/verify-report.ts';
import type { Receipt } from '../shared/types.ts';

export type { Check };

const PUBLIC_FILES = [
  'manifest.json',
  'published.json',
  'seal.json',
  'beacon.json',
  'counts.json',
  'closed.json',
  'verify.html',
] as const;

/**
 * Fetches the published bundle of a draw and recomputes it in this browser, with the same code as the
 * independent verifier. A file that is not published yet leaves its checks open.
 */
export async function verifyEntry(drawId: string, receipt: Receipt): Promise<Check[]> {
  const zip = await fetch(`/api/draws/${drawId}/bundle.zip`);
  const files = zip.ok
    ? await unzip(new Uint8Array(await zip.arrayBuffer()))
    : await publicFiles(drawId);
  const pause = () => new Promise<void>((resolve) => setTimeout(resolve));
  const { checks } = await verifyInSteps(files, { receipt, partial: !zip.ok }, pause);
  return checks;
}

/** What anyone may read where the pool is for entrants and witnesses only. */
async function publicFiles(drawId: string): Promise<Map<string, Uint8Array>> {
  const files = new Map<string, Uint8Array>();
  await Promise.all(
    PUBLIC_FILES.map(async (path) => {
      const reply = await fetch(`/api/draws/${drawId}/bundle/${path}`);
      if (reply.ok) files.set(path, new Uint8Array(await reply.arrayBuffer()));
    }),
  );
  return files;
}
