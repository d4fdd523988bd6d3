import type { BundleFiles } from './files.ts';
import { checkAfter } from './verify-after.ts';
import { openContext, type Context, type VerifyOptions } from './verify-context.ts';
import {
  checkAllocation,
  checkBeacon,
  checkPool,
  checkRanking,
  checkReceipt,
  checkRules,
  checkSeed,
} from './verify-draw.ts';
import { drawFacts, type DrawFacts } from './verify-facts.ts';
import { checkOneSeal } from './verify-log.ts';
import { runCheck, type Check, type CheckId, type Findings } from './verify-report.ts';
import { checkManifest, checkRound, checkSealed } from './verify-rules.ts';

const CHECKS: readonly (readonly [CheckId, (context: Context, findings: Findings) => void])[] = [
  ['V1', checkManifest],
  ['V2', checkRound],
  ['V3', checkSealed],
  ['V4', checkPool],
  ['V5', checkReceipt],
  ['V6', checkBeacon],
  ['V7', checkSeed],
  ['V8', checkRanking],
  ['V9', checkAllocation],
  ['V10', checkRules],
  ['V11', checkAfter],
  ['V12', checkOneSeal],
];

// The slow parts that a check begins with, as steps of their own, so that a page can draw in between.
const PREPARATIONS: Partial<Record<CheckId, readonly ((context: Context) => unknown)[]>> = {
  V4: [({ pool }) => pool(), ({ poolRoot }) => poolRoot()],
  V8: [({ expectedRanking }) => expectedRanking(), ({ ranking }) => ranking()],
  V9: [({ expectedAllocation }) => expectedAllocation(), ({ allocation }) => allocation()],
};

/**
 * Runs the twelve checks of the specification over the files of a bundle. Never throws on bad bundles:
 * a check fails, or is not checked and says what it needs. A check with an unchecked part has not passed.
 */
export function verifyBundle(files: BundleFiles, options: VerifyOptions = {}): Check[] {
  const context = openContext(files, options);
  return CHECKS.map(([id, check]) => runCheck(id, (findings) => check(context, findings)));
}

/** How far a run has come: the check at work, and the share of the steps that are done (0 to 1). */
export type Progress = { id: CheckId; done: number };

/** The checks of a bundle, and what it says of its draw. */
export type Verified = { checks: Check[]; facts: DrawFacts };

/**
 * {@link verifyBundle} in steps: `pause` is awaited before each with the progress so far, so that a page
 * can show it and stays responsive.
 */
export async function verifyInSteps(
  files: BundleFiles,
  options: VerifyOptions,
  pause: (progress: Progress) => Promise<void>,
): Promise<Verified> {
  const context = openContext(files, options);
  const total =
    CHECKS.length + Object.values(PREPARATIONS).reduce((sum, steps) => sum + steps.length, 0);
  const checks: Check[] = [];
  let done = 0;
  for (const [id, check] of CHECKS) {
    for (const prepare of PREPARATIONS[id] ?? []) {
      await pause({ id, done: done++ / total });
      try {
        prepare(context);
      } catch {
        // The check that owns the file meets the same error and tells it.
      }
    }
    await pause({ id, done: done++ / total });
    checks.push(runCheck(id, (findings) => check(context, findings)));
  }
  return { checks, facts: drawFacts(context) };
}
