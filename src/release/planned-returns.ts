import { shanghaiDate } from '../platform/clock.ts';
import type { DrawInstants } from './rules.ts';
import { returnMoment, type Manifest } from './sealed-draw/index.ts';
import type { PlannedReturn } from './store-draw.ts';

/** The manifest's returns as the product keeps them, with their winners' time to confirm. */
export function plannedReturns(
  manifest: Manifest,
  instants: DrawInstants,
  service_date: string,
): PlannedReturn[] {
  return manifest.returns.closes.map((close, at) => {
    const n = at + 1;
    const moment = returnMoment(manifest, n);
    const round_at = new Date(moment.time * 1000);
    return {
      n,
      closes_at: new Date(close * 1000),
      round: moment.round,
      round_at,
      confirm_until: instants.returns[at]?.confirm_until ?? instants.confirm_until,
      notice_days: daysBetween(shanghaiDate(round_at), service_date),
    };
  });
}

function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000);
}
