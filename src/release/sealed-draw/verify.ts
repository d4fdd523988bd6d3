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

/**
 * Runs the twelve checks of the specification over the files of a bundle. Never throws on bad bundles:
 * a check fails, or is not checked and says what it needs. A check with an unchecked part has not passed.
 */
export function verifyBundle(files: BundleFiles, options: VerifyOptions = {}): Check[] {
  const context = openContext(files, options);
  return CHECKS.map(([id, check]) => runCheck(id, (findings) => check(context, findings)));
}
