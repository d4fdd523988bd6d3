import { slow_extra_s_max } from './rules.ts';
import type { RiskSignals } from './risk-signals.ts';
import type { Lane } from './types.ts';

/** The slow lane lags by this; one figure for all, so that it can be published with the marks. */
export const slow_lag_s = 45;

/**
 * The lane for these signals (R055): slower, never a refusal, and never by the network alone. A
 * companion who books for a family of five is no reason, nor is a document mistyped twice. A risk
 * engine will decide in its place.
 */
export function decideLane(signals: RiskSignals): { lane: Lane; extra_s: number } {
  const slow =
    signals.sustained ||
    signals.limit_refusals > 20 ||
    signals.patients_on_device > 8 ||
    signals.failed_documents > 5 ||
    signals.replayed_steps > 2 ||
    signals.skipped_steps > 2;
  return slow
    ? { lane: 'slow', extra_s: Math.min(slow_lag_s, slow_extra_s_max) }
    : { lane: 'normal', extra_s: 0 };
}
