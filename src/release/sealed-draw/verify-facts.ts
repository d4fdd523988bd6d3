import { returnFolder } from './bundle.ts';
import { readLines } from './files.ts';
import { allocationLines } from './quick-lines.ts';
import { shortCode } from './receipt.ts';
import type { Manifest } from './types.ts';
import type { Context } from './verify-context.ts';

/** What a bundle says of its draw, for a page to show; null where it does not say. */
export type DrawFacts = {
  draw: string | null;
  hospital: string | null;
  group: string | null;
  number: number | null;
  beacon: Manifest['beacon']['kind'] | null;
  round: number | null;
  /** Unix seconds. */
  close: number | null;
  places: number | null;
  entries: number | null;
  seal: string | null;
  mine: MyResult | null;
};

/** What a bundle says of the entry of a receipt. */
export type MyResult = {
  code: string;
  /** From 1. */
  rank: number | null;
  /** The session of the place that the draw gave; null without one. */
  slot: string | null;
  /** The return (from 1) and the session that it gave, if one did. */
  returned: { n: number; slot: string } | null;
};

/** Reads the facts; a file that is missing or unreadable leaves its facts out. */
export function drawFacts(context: Context): DrawFacts {
  const manifest = attempt(context.manifest);
  const rules = attempt(context.rules);
  return {
    draw: rules?.draw ?? null,
    hospital: manifest?.hospital ?? null,
    group: manifest?.group ?? null,
    number: manifest?.number ?? null,
    beacon: manifest?.beacon.kind ?? (context.vector ? 'drand' : null),
    round: roundOf(context, manifest),
    close: manifest?.close ?? null,
    places: rules?.slots.length ?? null,
    entries: attempt(context.pool)?.length ?? null,
    seal: attempt(context.seal)?.seal ?? null,
    mine: attempt(() => myResult(context, manifest)),
  };
}

function attempt<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null; // the check that owns the file tells
  }
}

function roundOf(context: Context, manifest: Manifest | null): number | null {
  if (context.vector) return context.vector.beacon.round;
  return manifest && manifest.beacon.kind !== 'dice' ? manifest.beacon.round : null;
}

function myResult(context: Context, manifest: Manifest | null): MyResult | null {
  const receipt = context.options.receipt as { draw?: unknown; e?: unknown } | undefined;
  const e = receipt?.e;
  if (typeof e !== 'string' || !/^[0-9a-f]{64}$/.test(e) || receipt?.draw !== manifest?.draw) {
    return null;
  }
  const rank = attempt(context.ranking)?.findIndex((line) => line.e === e) ?? -1;
  const slot = attempt(context.allocation)?.find((line) => line.e === e)?.slot ?? null;
  let returned: MyResult['returned'] = null;
  for (let n = 1; n <= (manifest?.returns.closes.length ?? 0); n++) {
    const path = `${returnFolder(n)}/allocation.jsonl`;
    const lines = attempt(() => readLines(context.files, path, allocationLines));
    const given = lines?.find((line) => line.e === e)?.slot;
    if (given != null) returned = { n, slot: given };
  }
  return { code: shortCode(e), rank: rank < 0 ? null : rank + 1, slot, returned };
}
